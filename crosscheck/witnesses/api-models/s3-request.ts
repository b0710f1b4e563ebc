/** S3's requests: which operation an address means, and what of it stands in the address, in headers and in the body. */
import type { Exchange } from '../../../lab/services/http/exchanges.ts';
import type { Findings } from './findings.ts';
import { type Model, type ModelOperation, type Reference, shapeOf } from './model.ts';
import { judgeText } from './values.ts';
import { Walk } from './walk.ts';
import { readXml, xmlWire } from './wires.ts';

/** What signs a request, in an address or in headers: of Signature Version 4, not of S3's model. */
const signing = /^x-amz-(algorithm|credential|content-sha256|date|expires|signedheaders|signature|security-token)$/i;

/** Headers of the SDKs and of chunked uploads, which S3's user guide describes beside the model. */
const beside = /^x-amz-(user-agent|decoded-content-length|trailer)$/;

interface Address {
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
}

export function addressOf({ url, headers }: Exchange['request']): Address {
  const { pathname, searchParams: query } = new URL(url, 'http://s3');
  // The bucket in the host's name, or first in the path.
  const inHost = /^(.+)\.s3[.-](?:[a-z0-9-]+\.)?amazonaws\.com$/.exec(headers.host ?? '')?.[1];
  const parts = pathname.slice(1).split('/');
  const bucket = inHost ?? parts.shift() ?? '';
  return { bucket, key: decodeURIComponent(parts.join('/')), query };
}

/** The operation whose method, path and parameters are those of the request: the one with most of them. */
export function s3Operation(model: Model, request: Exchange['request']): ModelOperation | undefined {
  const address = addressOf(request);
  const path = address.bucket === '' ? '/' : address.key === '' ? '/{Bucket}' : '/{Bucket}/{Key+}';
  const candidates = Object.values(model.operations).flatMap((operation) => {
    const [template = '', fixed = ''] = operation.http.requestUri.split('?');
    // An older name of an operation has the same address.
    if (operation.deprecated || operation.http.method !== request.method || template !== path) return [];
    const needed = [...new URLSearchParams(fixed)];
    const required = requiredIn(model, operation);
    const fits =
      needed.every(([name, value]) => address.query.has(name) && (value === '' || address.query.get(name) === value)) &&
      required.querystring.every((name) => address.query.has(name)) &&
      required.header.every((name) => name.toLowerCase() in request.headers || !/copy-source$/.test(name));
    return fits ? [{ operation, weight: needed.length + required.querystring.length + required.header.length }] : [];
  });
  return candidates.sort((one, other) => other.weight - one.weight)[0]?.operation;
}

function requiredIn(model: Model, { input }: ModelOperation): Record<'querystring' | 'header', string[]> {
  const { members = {}, required = [] } = input ? shapeOf(model, input) : {};
  const named = (location: string): string[] =>
    required.filter((name) => members[name]?.location === location).map((name) => members[name]?.locationName ?? name);
  return { querystring: named('querystring'), header: named('header') };
}

export function judgeS3Request(
  model: Model,
  operation: ModelOperation,
  exchange: Exchange,
  findings: Findings,
): undefined {
  const { request } = exchange;
  const input = operation.input && shapeOf(model, operation.input);
  const members = Object.entries(input?.members ?? {});
  const { bucket, key, query } = addressOf(request);
  const uri: Readonly<Record<string, string>> = { Bucket: bucket, Key: key };
  const values = new Map<string, string>();
  for (const [name, one] of members) if (one.location === 'uri') values.set(name, uri[name] ?? '');
  readQuery(members, operation, query, values, findings);
  readHeaders(members, operation, request.headers, query, values, findings);
  for (const [name, value] of values) {
    const reference = members.find(([one]) => one === name)?.[1] as Reference;
    const shape = shapeOf(model, reference);
    if (shape.type === 'map' || shape.type === 'list') continue;
    const usual = reference.location === 'header' ? 'rfc822' : 'iso8601';
    judgeText(shape, reference.timestampFormat ?? shape.timestampFormat ?? usual, value, name, findings);
  }
  for (const name of input?.required ?? []) {
    if (members.find(([one]) => one === name)?.[1].location)
      findings.check(values.has(name), name, 'required', 'missing');
  }
  if (operation.input) judgeBody(model, operation.input, request.body, findings);
}

type Members = readonly (readonly [string, Reference])[];

function readQuery(
  members: Members,
  { name, http }: ModelOperation,
  query: URLSearchParams,
  values: Map<string, string>,
  findings: Findings,
): undefined {
  const fixed = new URLSearchParams(http.requestUri.split('?')[1] ?? '');
  for (const [written, value] of query) {
    if (signing.test(written) || fixed.has(written)) continue;
    // The SDKs say which operation they mean.
    if (written === 'x-id') findings.check(value === name, '?x-id', name, value);
    // A presigned address has headers as parameters.
    else if (/^x-amz-/i.test(written)) continue;
    else {
      const member = members.find(([, one]) => one.location === 'querystring' && one.locationName === written);
      if (member) values.set(member[0], value);
      else findings.check(false, `?${written}`, 'no such parameter in the model', value);
    }
  }
}

function readHeaders(
  members: Members,
  { httpChecksum }: ModelOperation,
  headers: Readonly<Record<string, string>>,
  query: URLSearchParams,
  values: Map<string, string>,
  findings: Findings,
): undefined {
  const hoisted = [...query].filter(([name]) => /^x-amz-/i.test(name));
  for (const [written, value] of [...Object.entries(headers), ...hoisted]) {
    const name = written.toLowerCase();
    const member = members.find(([, one]) => one.location === 'header' && one.locationName?.toLowerCase() === name);
    const prefix = members.find(([, one]) => one.location === 'headers' && name.startsWith(one.locationName ?? '-'));
    if (member) values.set(member[0], value);
    else if (httpChecksum?.requestAlgorithmMember && /^x-amz-(sdk-)?checksum-/.test(name))
      findings.check(true, name, 'a checksum', value);
    else if (name.startsWith('x-amz-') && !prefix && !signing.test(name) && !beside.test(name))
      findings.check(false, name, 'no such header in the model', value);
  }
}

/** The body: one member that is the payload, or all that stand nowhere else. */
function judgeBody(model: Model, reference: Reference, body: string, findings: Findings): undefined {
  const shape = shapeOf(model, reference);
  const payload = shape.payload === undefined ? undefined : shape.members?.[shape.payload];
  if (payload === undefined || shape.payload === undefined) return findings.check(body === '', 'body', 'empty', body);
  const kind = shapeOf(model, payload).type;
  if (kind !== 'structure') return;
  if (body === '')
    return findings.check(!shape.required?.includes(shape.payload), shape.payload, 'required', 'missing');
  const { root, value, namespace } = readXml(body);
  findings.check(root === (payload.locationName ?? shape.payload), 'body', payload.locationName ?? shape.payload, root);
  if (payload.xmlNamespace)
    findings.check(namespace === payload.xmlNamespace.uri, 'body xmlns', payload.xmlNamespace.uri, namespace);
  new Walk(model, xmlWire, findings).value(payload, value, shape.payload);
}
