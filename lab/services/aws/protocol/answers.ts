/** Answers in AWS's wire formats: XML for EC2, STS, IAM, CloudFormation and S3, JSON for SSM and CloudTrail. */
import type { Answer } from '../../http/answer.ts';
import { type LabAwsError, speaksJson } from './service.ts';
import { escapeXml, toXml } from './xml.ts';

const xmlHead = '<?xml version="1.0" encoding="UTF-8"?>\n';

export function ec2Answer(operation: string, result: unknown, requestId: string): Answer {
  const body = `<requestId>${requestId}</requestId>${toXml(result, 'item')}`;
  const xml = `${xmlHead}<${operation}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">${body}</${operation}Response>`;
  return { status: 200, headers: { 'content-type': 'text/xml;charset=UTF-8' }, body: xml };
}

const namespaces = {
  sts: 'https://sts.amazonaws.com/doc/2011-06-15/',
  iam: 'https://iam.amazonaws.com/doc/2010-05-08/',
  sns: 'http://sns.amazonaws.com/doc/2010-03-31/',
  cloudformation: 'http://cloudformation.amazonaws.com/doc/2010-05-15/',
};

/** An answer of AWS's query protocol. */
export function queryAnswer(
  service: keyof typeof namespaces,
  operation: string,
  result: unknown,
  requestId: string,
): Answer {
  // An operation without results has no element for them.
  const wrapped = result === undefined ? '' : `<${operation}Result>${toXml(result, 'member')}</${operation}Result>`;
  const inner = `${wrapped}<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
  const xml = `${xmlHead}<${operation}Response xmlns="${namespaces[service]}">${inner}</${operation}Response>`;
  return { status: 200, headers: { 'content-type': 'text/xml' }, body: xml };
}

export function jsonAnswer(result: unknown): Answer {
  return { status: 200, headers: { 'content-type': 'application/x-amz-json-1.1' }, body: JSON.stringify(result ?? {}) };
}

/** Errors of SSM whose message is named `Message`, and those that have none (SSM's API model). */
const ssmMessages = {
  capital: new Set([
    'DocumentAlreadyExists',
    'InvalidDocument',
    'InvalidInstanceId',
    'InvalidParameters',
    'InvalidDocumentContent',
    'InternalServerError',
    'MaxDocumentSizeExceeded',
  ]),
  none: new Set(['InvalidCommandId', 'InvalidFilterKey', 'InvocationDoesNotExist', 'DuplicateInstanceId']),
};

/** Those that an operation of CloudTrail declares have none (CloudTrail's API model); what all services answer, such as a refusal, has one. */
const cloudTrailsOwn = /^(Invalid|OperationNotPermitted|UnsupportedOperation)/;

function jsonMessage(service: string, code: string, message: string): Record<string, string> {
  if (service === 'cloudtrail') return cloudTrailsOwn.test(code) ? {} : { message };
  if (service !== 'ssm') return { message };
  if (ssmMessages.none.has(code)) return {};
  return ssmMessages.capital.has(code) ? { Message: message } : { message };
}

/** An error in the service's own format. */
export function errorAnswer(service: string, error: LabAwsError, requestId: string): Answer {
  const { code, message, status } = error;
  if (speaksJson(service)) {
    const body = JSON.stringify({ __type: code, ...jsonMessage(service, code, message) });
    return { status, headers: { 'content-type': 'application/x-amz-json-1.1' }, body, error: code };
  }
  const inner = `<Code>${escapeXml(code)}</Code><Message>${escapeXml(message)}</Message>`;
  const body =
    service === 'ec2'
      ? `<Response><Errors><Error>${inner}</Error></Errors><RequestID>${requestId}</RequestID></Response>`
      : service === 's3'
        ? `<Error>${inner}<RequestId>${requestId}</RequestId></Error>`
        : `<ErrorResponse><Error><Type>${status < 500 ? 'Sender' : 'Receiver'}</Type>${inner}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`;
  const id = service === 's3' ? { 'x-amz-request-id': requestId } : {};
  return { status, headers: { 'content-type': 'application/xml', ...id }, body: xmlHead + body, error: code };
}
