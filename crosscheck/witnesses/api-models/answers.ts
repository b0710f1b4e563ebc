/** Answers that are no errors: what the model says of them, in the service's protocol. */
import type { Exchange } from '../../../lab/services/http/exchanges.ts';
import type { Findings } from './findings.ts';
import { type Model, type ModelOperation, type Shape, shapeOf } from './model.ts';
import { judgeText } from './values.ts';
import { Walk } from './walk.ts';
import { elementsIn, jsonWire, readXml, xmlWire } from './wires.ts';

type Answer = NonNullable<Exchange['answer']>;

/** Headers of every answer of S3: https://docs.aws.amazon.com/AmazonS3/latest/API/RESTCommonResponseHeaders.html */
const common = /^x-amz-(request-id|id-2)$/;

export function judgeAnswer(
  model: Model,
  operation: ModelOperation,
  { request, answer }: Exchange & { answer: Answer },
  findings: Findings,
): undefined {
  const usual = operation.http.responseCode ?? 200;
  const expected = request.headers.range === undefined ? usual : 206;
  findings.check(answer.status === expected, 'status', String(expected), answer.status);
  switch (model.metadata.protocol) {
    case 'json':
      return judgeJsonAnswer(model, operation, answer.body, findings);
    case 'rest-xml':
      return judgeS3Answer(model, operation, answer, findings);
    default:
      return judgeQueryAnswer(model, operation, answer.body, findings);
  }
}

function judgeJsonAnswer(model: Model, { output }: ModelOperation, body: string, findings: Findings): undefined {
  if (output) new Walk(model, jsonWire, findings).value(output, body === '' ? {} : JSON.parse(body), '');
}

/** `<NameResponse>` with the members (EC2), or with `<NameResult>` and `<ResponseMetadata>`. */
function judgeQueryAnswer(model: Model, { name, output }: ModelOperation, body: string, findings: Findings): undefined {
  const { protocol, xmlNamespace = '' } = model.metadata;
  const { root, value, namespace } = readXml(body);
  findings.check(root === `${name}Response`, 'root', `${name}Response`, root);
  findings.check(plain(namespace) === plain(xmlNamespace), 'xmlns', xmlNamespace, namespace);
  const elements = elementsIn(value) ?? new Map<string, unknown>();
  const walk = new Walk(model, xmlWire, findings);
  const metadata = protocol === 'ec2' ? elements : (elementsIn(elements.get('ResponseMetadata')) ?? new Map());
  const id = protocol === 'ec2' ? 'requestId' : 'RequestId';
  findings.check(typeof metadata.get(id) === 'string', id, 'required', metadata.get(id));
  elements.delete(protocol === 'ec2' ? id : 'ResponseMetadata');
  if (protocol === 'ec2') {
    const shape: Shape = output ? shapeOf(model, output) : { type: 'structure' };
    return walk.members(shape, Object.entries(shape.members ?? {}), elements, '');
  }
  const wrapper = output?.resultWrapper;
  if (output && wrapper) {
    findings.check(elements.has(wrapper), wrapper, 'required', 'missing');
    walk.value(output, elements.get(wrapper) ?? '', '');
    elements.delete(wrapper);
  }
  for (const [other, found] of elements) findings.check(false, other, 'no such element in the model', found);
}

const plain = (namespace: string): string => namespace.replace(/\/$/, '');

function judgeS3Answer(
  model: Model,
  operation: ModelOperation,
  { headers, body }: Answer,
  findings: Findings,
): undefined {
  const output: Shape = operation.output ? shapeOf(model, operation.output) : { type: 'structure' };
  const members = Object.entries(output.members ?? {});
  for (const [written, value] of Object.entries(headers)) {
    const name = written.toLowerCase();
    const member = members.find(([, one]) => one.location === 'header' && one.locationName?.toLowerCase() === name);
    const prefix = members.find(([, one]) => one.location === 'headers' && name.startsWith(one.locationName ?? '-'));
    if (member) {
      const shape = shapeOf(model, member[1]);
      judgeText(shape, member[1].timestampFormat ?? shape.timestampFormat ?? 'rfc822', value, member[0], findings);
    } else if (/^x-amz/.test(name) && !prefix && !common.test(name))
      findings.check(false, name, 'no such header in the model', value);
  }
  const payload = output.payload === undefined ? undefined : output.members?.[output.payload];
  const inBody = members.filter(([, one]) => one.location === undefined);
  if (payload && output.payload) {
    if (shapeOf(model, payload).type === 'structure')
      new Walk(model, xmlWire, findings).value(payload, readXml(body).value, output.payload);
  } else if (inBody.length === 0) findings.check(body === '', 'body', 'empty', body);
  else {
    const { root, value } = readXml(body);
    // Not wrapped, as the only one: `s3UnwrappedXmlOutput` in Smithy's model of S3.
    const members = operation.name === 'GetBucketLocation' ? new Map([[root, textIn(value)]]) : elementsIn(value);
    new Walk(model, xmlWire, findings).members(output, inBody, members ?? new Map(), '');
  }
}

/** An element that may have a namespace beside its text. */
function textIn(value: unknown): unknown {
  return typeof value === 'string' ? value : (elementsIn(value)?.get('#text') ?? '');
}
