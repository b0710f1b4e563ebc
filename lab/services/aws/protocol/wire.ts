/** AWS's wire protocols as far as the lab speaks them: query parameters in, XML out; JSON both ways. */
import type { Readable } from 'node:stream';
import type { LabAwsError, Parameters } from './service.ts';

/**
 * `Filter.1.Value.2=x` as nested objects and lists, the way the query protocol flattens them. `member` levels, which STS
 * puts between a list's name and its number, vanish.
 */
export function parseQuery(body: string): Parameters {
  const root: Record<string, unknown> = {};
  for (const [path, value] of new URLSearchParams(body)) {
    if (path === 'Action' || path === 'Version') continue;
    const keys = path.split('.').filter((key) => key !== 'member');
    let at: Record<string, unknown> = root;
    keys.forEach((key, index) => {
      if (index === keys.length - 1) at[key] = value;
      else {
        at[key] ??= {};
        at = at[key] as Record<string, unknown>;
      }
    });
  }
  return lists(root) as Parameters;
}

/** Objects whose keys are all numbers are lists. */
function lists(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  if (entries.length > 0 && entries.every(([key]) => /^\d+$/.test(key))) {
    return entries.sort(([a], [b]) => Number(a) - Number(b)).map(([, one]) => lists(one));
  }
  return Object.fromEntries(entries.map(([key, one]) => [key, lists(one)]));
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

export function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => escapes[character] ?? character);
}

/** @param item element name of a list's members */
export function toXml(value: unknown, item: string): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return value.map((one) => `<${item}>${toXml(one, item)}</${item}>`).join('');
  if (typeof value === 'object') {
    return Object.entries(value)
      .filter(([, one]) => one !== undefined)
      .map(([name, one]) => `<${name}>${toXml(one, item)}</${name}>`)
      .join('');
  }
  return escapeXml(String(value));
}

export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** A stream for what need not be held; its length is in the headers. */
  readonly body: string | Buffer | Readable;
}

const xmlHead = '<?xml version="1.0" encoding="UTF-8"?>\n';

export function ec2Answer(operation: string, result: unknown, requestId: string): WireAnswer {
  const body = `<requestId>${requestId}</requestId>${toXml(result, 'item')}`;
  const xml = `${xmlHead}<${operation}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">${body}</${operation}Response>`;
  return { status: 200, headers: { 'content-type': 'text/xml;charset=UTF-8' }, body: xml };
}

export function stsAnswer(operation: string, result: unknown, requestId: string): WireAnswer {
  const inner = `<${operation}Result>${toXml(result, 'member')}</${operation}Result><ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
  const xml = `${xmlHead}<${operation}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/">${inner}</${operation}Response>`;
  return { status: 200, headers: { 'content-type': 'text/xml' }, body: xml };
}

export function jsonAnswer(result: unknown): WireAnswer {
  return { status: 200, headers: { 'content-type': 'application/x-amz-json-1.1' }, body: JSON.stringify(result ?? {}) };
}

/** An error in the words of the service's own protocol. */
export function errorAnswer(service: string, error: LabAwsError, requestId: string): WireAnswer {
  const { code, message, status } = error;
  if (service === 'ssm') {
    const body = JSON.stringify({ __type: code, message });
    return { status, headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': requestId }, body };
  }
  const inner = `<Code>${escapeXml(code)}</Code><Message>${escapeXml(message)}</Message>`;
  const body =
    service === 'ec2'
      ? `<Response><Errors><Error>${inner}</Error></Errors><RequestID>${requestId}</RequestID></Response>`
      : service === 's3'
        ? `<Error>${inner}<RequestId>${requestId}</RequestId></Error>`
        : `<ErrorResponse><Error><Type>Sender</Type>${inner}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`;
  const id = service === 's3' ? { 'x-amz-request-id': requestId } : {};
  return { status, headers: { 'content-type': 'application/xml', ...id }, body: xmlHead + body };
}
