/** Who signed a request to AWS: by its headers, or by the signature in a presigned URL. */
import type { HttpRequest } from '../../http/call.ts';
import { checkPresigned, checkSignature, readPresigned, readScope, type Scope } from '../auth/sigv4.ts';
import type { Identity } from '../protocol/service.ts';
import type { Sts } from '../sts/sts.ts';

export interface Caller {
  readonly identity: Identity;
  /** As the call log names the caller: the last part of the ARN. */
  readonly name: string;
  readonly scope: Scope;
}

/** Undefined for an unsigned request. @throws LabAwsError for an invalid signature, or without a valid session */
export function authenticate(request: HttpRequest, sts: Sts, now = new Date()): Caller | undefined {
  const presigned = readPresigned(request.url, now);
  const scope = presigned?.scope ?? readScope(request.headers);
  if (scope === undefined) return undefined;
  const header = request.headers['x-amz-security-token'];
  const token = presigned ? presigned.token : header === undefined ? undefined : String(header);
  const { identity, secretAccessKey } = sts.session(scope.accessKeyId, token, scope.service);
  if (presigned) checkPresigned(request, presigned, secretAccessKey);
  else checkSignature(request, scope, secretAccessKey, now);
  return { identity, name: identity.arn.split(':').at(-1) ?? '', scope };
}
