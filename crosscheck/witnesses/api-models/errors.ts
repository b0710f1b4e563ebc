/** Errors: a code that the operation declares in the model, or that AWS documents for the service and such a request, in the service's form. */
import { readFileSync } from 'node:fs';
import type { Exchange } from '../../../lab/services/http/exchanges.ts';
import { commonErrors } from './common-errors.ts';
import { belongs } from './ec2-codes.ts';
import type { Findings } from './findings.ts';
import { type Model, type ModelOperation, shapeOf } from './model.ts';
import { elementsIn, readXml } from './wires.ts';

type Answer = NonNullable<Exchange['answer']>;

interface Worded {
  readonly code: string;
  /** Elements or members beside the code, by name. */
  readonly others: ReadonlyMap<string, unknown>;
}

/** @param operation undefined when the request names none that the model has */
export function judgeError(
  model: Model,
  operation: ModelOperation | undefined,
  exchange: Exchange & { answer: Answer },
  findings: Findings,
): undefined {
  const { answer, request } = exchange;
  // What a HEAD refuses, its status says alone (HeadObject, HeadBucket: 400, 403 or 404; 304 and 412 answer conditions).
  if (request.method === 'HEAD') return findings.check(answer.body === '', 'error', 'no body after HEAD', answer.body);
  const worded = read(model, answer, findings);
  const allowed = statusesOf(model, operation, worded.code);
  if (allowed === undefined) return findings.check(false, 'error', 'a declared or documented code', worded.code);
  const isKnown = allowed.some((one) => one === answer.status || one === Math.floor(answer.status / 100));
  findings.check(isKnown, `error ${worded.code}`, `status ${allowed.join(' or ')}`, answer.status);
  if (model.service === 'ec2' && !declaredShape(model, operation, worded.code))
    findings.check(
      belongs(worded.code, request.body) === true,
      `error ${worded.code}`,
      'a request that it is about',
      'another',
    );
  if (model.metadata.protocol === 'json') return judgeMembers(model, operation, worded, findings);
  return undefined;
}

function read(model: Model, answer: Answer, findings: Findings): Worded {
  const { protocol } = model.metadata;
  if (protocol === 'json') {
    const { __type: type, ...others } = JSON.parse(answer.body) as Record<string, unknown>;
    return { code: String(type), others: new Map(Object.entries(others)) };
  }
  const { root, value } = readXml(answer.body);
  const outer = { ec2: 'Response', query: 'ErrorResponse', 'rest-xml': 'Error' }[protocol];
  findings.check(root === outer, 'error root', outer, root);
  const top = elementsIn(value) ?? new Map<string, unknown>();
  const path = { ec2: ['Errors', 'Error'], query: ['Error'], 'rest-xml': [] }[protocol];
  const error = path.reduce((at, name) => elementsIn(at.get(name)) ?? new Map<string, unknown>(), top);
  const id = protocol === 'ec2' ? 'RequestID' : 'RequestId';
  findings.check(typeof top.get(id) === 'string', `error ${id}`, 'required', top.get(id));
  findings.check(typeof error.get('Message') === 'string', 'error Message', 'required', error.get('Message'));
  if (protocol === 'query') {
    const type = answer.status < 500 ? 'Sender' : 'Receiver';
    findings.check(error.get('Type') === type, 'error Type', type, error.get('Type'));
  }
  return { code: String(error.get('Code')), others: error };
}

/** The statuses, whole or by their first digit, with which the code may come; undefined for a code that nothing names. */
function statusesOf(model: Model, operation: ModelOperation | undefined, code: string): readonly number[] | undefined {
  const declared = declaredShape(model, operation, code);
  const { error, fault } = declared === undefined ? {} : shapeOf(model, { shape: declared });
  if (declared) return [error?.httpStatusCode ?? (fault ? 5 : 4)];
  if (model.service === 's3') return documentedByS3(model).get(code) ?? commonErrors.s3?.[code];
  if (model.service === 'ec2' && ec2.client.includes(code)) return [4];
  // EC2 documents that server errors have a status of the 500 series.
  if (model.service === 'ec2' && ec2.server.includes(code)) return [5];
  return commonErrors[model.service]?.[code];
}

function declaredShape(model: Model, operation: ModelOperation | undefined, code: string): string | undefined {
  return operation?.errors?.find(({ shape }) => (shapeOf(model, { shape }).error?.code ?? shape) === code)?.shape;
}

/** An error of JSON has the members of its shape, which differ even in the case of `message`. */
function judgeMembers(
  model: Model,
  operation: ModelOperation | undefined,
  { code, others }: Worded,
  findings: Findings,
): undefined {
  const declared = declaredShape(model, operation, code);
  const members = declared ? Object.keys(model.shapes[declared]?.members ?? {}) : ['message', 'Message'];
  for (const name of others.keys())
    findings.check(members.includes(name), `error ${code}.${name}`, members.join(', '), name);
}

const ec2 = JSON.parse(readFileSync(new URL('ec2-errors.json', import.meta.url), 'utf8')) as {
  readonly client: readonly string[];
  readonly server: readonly string[];
};

const s3Codes = new WeakMap<Model, ReadonlyMap<string, readonly number[]>>();

/** S3's model lists the codes, each with its status, in what it says of the member `Code`. */
function documentedByS3(model: Model): ReadonlyMap<string, readonly number[]> {
  const known = s3Codes.get(model);
  if (known) return known;
  const text = model.shapes.Error?.members?.Code?.documentation ?? '';
  const codes = new Map<string, readonly number[]>();
  for (const [, code = '', rest = ''] of text.matchAll(/<i>Code:<\/i>\s*(\w+)(.*?)(?=<i>Code:|$)/gs)) {
    const status = /<i>HTTP Status Code:<\/i>\s*(\d{3})/.exec(rest)?.[1];
    codes.set(code, status === undefined ? [3, 4, 5] : [Number(status)]);
  }
  s3Codes.set(model, codes);
  return codes;
}
