/** One exchange beside the model: its request, and the answer or the error. */
import type { Exchange } from '../../../lab/services/http/exchanges.ts';
import { judgeAnswer } from './answers.ts';
import { judgeError } from './errors.ts';
import { Findings } from './findings.ts';
import type { Model, ModelOperation } from './model.ts';
import { judgeS3Request, s3Operation } from './s3-request.ts';
import { Walk } from './walk.ts';
import { formWire, jsonWire, readForm } from './wires.ts';

export interface Judgement {
  /** `undefined` for a request that names no operation of the model. */
  readonly operation: string | undefined;
  readonly request: Findings;
  readonly answer: Findings;
}

export function judge(model: Model, exchange: Exchange): Judgement {
  const operation = operationOf(model, exchange.request);
  const request = new Findings();
  const answer = new Findings();
  attempt(request, () => judgeRequest(model, operation, exchange, request));
  const { answer: given } = exchange;
  if (given) attempt(answer, () => judgeGiven(model, operation, { ...exchange, answer: given }, answer));
  return { operation: operation?.name, request: given && given.status >= 400 ? refused(request) : request, answer };
}

/** What cannot even be read is a finding. */
function attempt(findings: Findings, read: () => undefined): undefined {
  try {
    read();
  } catch (error) {
    findings.check(false, 'body', 'can be read', (error as Error).message);
  }
}

function operationOf(model: Model, { headers, body, ...request }: Exchange['request']): ModelOperation | undefined {
  switch (model.metadata.protocol) {
    case 'rest-xml':
      return s3Operation(model, { headers, body, ...request });
    case 'json': {
      // CloudTrail's prefix has dots of its own.
      const [, prefix, name = ''] = /^(.+)\.([^.]+)$/.exec(headers['x-amz-target'] ?? '') ?? [];
      return prefix === model.metadata.targetPrefix ? model.operations[name] : undefined;
    }
    default:
      return model.operations[new URLSearchParams(body).get('Action') ?? ''];
  }
}

function judgeRequest(
  model: Model,
  operation: ModelOperation | undefined,
  exchange: Exchange,
  findings: Findings,
): undefined {
  const { request } = exchange;
  findings.check(operation !== undefined, 'operation', 'one of the model', exchange.operation);
  if (operation === undefined) return;
  const { protocol, apiVersion } = model.metadata;
  if (protocol === 'rest-xml') return judgeS3Request(model, operation, exchange, findings);
  if (protocol === 'json') {
    findings.check(
      request.headers['content-type'] === 'application/x-amz-json-1.1',
      'content-type',
      'JSON 1.1',
      request.headers['content-type'],
    );
    const value: unknown = request.body === '' ? {} : JSON.parse(request.body);
    if (operation.input) new Walk(model, jsonWire, findings).value(operation.input, value, '');
    return;
  }
  const form = readForm(request.body);
  findings.check(form.get('Version') === apiVersion, 'Version', apiVersion, form.get('Version'));
  form.delete('Action');
  form.delete('Version');
  if (operation.input) new Walk(model, formWire(protocol), findings).value(operation.input, form, '');
}

function judgeGiven(
  model: Model,
  operation: ModelOperation | undefined,
  exchange: Exchange & { answer: NonNullable<Exchange['answer']> },
  findings: Findings,
): undefined {
  const { answer } = exchange;
  // S3 may refuse what it has begun to answer: CompleteMultipartUpload documents errors with status 200.
  const late = model.service === 's3' && /^(<\?xml[^>]*>\s*)?<Error>/.test(answer.body);
  if (answer.status >= 300 || (late && answer.status !== 200)) return judgeError(model, operation, exchange, findings);
  if (operation) return judgeAnswer(model, operation, exchange, findings);
  return findings.check(false, 'answer', 'an error: the model has no such operation', answer.status);
}

/** A wrong request that was refused shows that the lab refuses it. */
function refused(findings: Findings): Findings {
  const right = new Findings();
  right.right = findings.right + (findings.wrong.length > 0 ? 1 : 0);
  return right;
}
