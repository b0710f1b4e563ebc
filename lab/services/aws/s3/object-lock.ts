/** Object Lock: versions that cannot be deleted before a day (S3 user guide, "Locking objects with Object Lock"). */
import type { IncomingHttpHeaders } from 'node:http';
import type { Answer } from '../../http/answer.ts';
import { LabAwsError } from '../protocol/service.ts';
import { document } from './answers.ts';
import { authorizeBucket, authorizeObject, type BucketCall, bucketOf, type ObjectCall } from './call.ts';
import { checkSums } from './payload.ts';
import type { ObjectVersion, Retention } from './store.ts';
import { noSuchKey, versionOf } from './versions.ts';
import { element, xml } from './xml.ts';

const day = 86_400_000;
const permission = { read: 's3:GetObjectRetention', write: 's3:PutObjectRetention' };

/** The lock that a request asks for, which takes a right of its own. @throws LabAwsError */
export function askedRetention(call: ObjectCall): Retention | undefined {
  const { store, request } = call;
  const { 'x-amz-object-lock-mode': mode, 'x-amz-object-lock-retain-until-date': until } = request.headers;
  if (mode === undefined && until === undefined) return undefined;
  authorizeObject(call, permission.write);
  if (bucketOf(call).settings.objectLock === undefined) throw noObjectLock();
  return readRetention(String(mode), String(until), store.now());
}

/** The lock that a new version gets from the bucket, from now on. */
export function defaultRetention(call: ObjectCall): Retention | undefined {
  const retention = bucketOf(call).settings.objectLock?.retention;
  return retention && { mode: retention.mode, until: new Date(call.store.now().getTime() + retention.days * day) };
}

function readRetention(mode: string, until: string, now: Date): Retention {
  if (mode !== 'GOVERNANCE' && mode !== 'COMPLIANCE')
    throw new LabAwsError('InvalidArgument', 'Unknown wormMode directive.');
  const date = new Date(until);
  if (!(date.getTime() > now.getTime()))
    throw new LabAwsError('InvalidArgument', 'The retain until date must be in the future!');
  return { mode, until: date };
}

/**
 * The user guide demands it, and S3 refuses with these words ("Put Part" for parts: s3tools/s3cmd, issue 1436; versity/versitygw,
 * issue 1740). Checksums in trailers count.
 * @param headers those of the request with its trailers
 * @throws LabAwsError for bytes without a checksum, in a bucket that locks new versions
 */
export function requireChecksum(call: ObjectCall, headers: IncomingHttpHeaders, what: 'Object' | 'Part'): void {
  const given = Object.keys(headers).some((name) => name === 'content-md5' || /^x-amz-checksum-(crc|sha)/.test(name));
  const asked = 'x-amz-object-lock-mode' in call.request.headers;
  if (given || !(asked || bucketOf(call).settings.objectLock?.retention)) return;
  throw new LabAwsError(
    'InvalidRequest',
    `Content-MD5 OR x-amz-checksum- HTTP header is required for Put ${what} requests with Object Lock parameters`,
  );
}

/** @throws LabAwsError for a version that is still locked, worded as by S3 (versity/versitygw, issue 1330) */
export function checkUnlocked(call: ObjectCall, version: ObjectVersion | undefined, bypass: boolean): void {
  const lock = version?.retention;
  if (lock === undefined || lock.until.getTime() <= call.store.now().getTime()) return;
  if (lock.mode === 'GOVERNANCE' && bypass) {
    authorizeObject(call, 's3:BypassGovernanceRetention');
    return;
  }
  throw new LabAwsError('AccessDenied', 'Access Denied because object protected by object lock.', 403);
}

export function bypasses({ request }: BucketCall): boolean {
  return String(request.headers['x-amz-bypass-governance-retention'] ?? '').toLowerCase() === 'true';
}

/** The headers are left out for a caller who may not read retentions (S3 API reference, HeadObject). */
export function lockHeaders(call: ObjectCall, { retention }: ObjectVersion): Record<string, string> {
  if (retention === undefined) return {};
  try {
    authorizeObject(call, permission.read);
  } catch {
    return {};
  }
  return {
    'x-amz-object-lock-mode': retention.mode,
    'x-amz-object-lock-retain-until-date': retention.until.toISOString(),
  };
}

export function getLockConfiguration(call: BucketCall): Answer {
  authorizeBucket(call, 's3:GetBucketObjectLockConfiguration');
  const { objectLock } = bucketOf(call).settings;
  if (objectLock === undefined)
    throw new LabAwsError(
      'ObjectLockConfigurationNotFoundError',
      'Object Lock configuration does not exist for this bucket',
      404,
    );
  const { retention } = objectLock;
  const rule = retention && xml('Mode', retention.mode) + xml('Days', String(retention.days));
  return document(
    'ObjectLockConfiguration',
    xml('ObjectLockEnabled', 'Enabled') + (rule ? xml('Rule', xml('DefaultRetention', rule)) : ''),
  );
}

export function getRetention(call: ObjectCall): Answer {
  authorizeObject(call, permission.read);
  const { retention } = existing(call);
  if (retention === undefined)
    throw new LabAwsError(
      'NoSuchObjectLockConfiguration',
      'The specified object does not have a ObjectLock configuration',
      404,
    );
  return document('Retention', xml('Mode', retention.mode) + xml('RetainUntilDate', retention.until.toISOString()));
}

/** A lock may be made longer; shorter, or weaker, only in governance mode and with the right to bypass it. */
export function putRetention(call: ObjectCall): Answer {
  authorizeObject(call, permission.write);
  const { body, headers } = call.request;
  checkSums(body, headers);
  const text = body.toString('utf8');
  const wanted = readRetention(element(text, 'Mode') ?? '', element(text, 'RetainUntilDate') ?? '', call.store.now());
  const version = existing(call);
  const { retention: before } = version;
  const weaker =
    before !== undefined &&
    (wanted.until.getTime() < before.until.getTime() || (before.mode === 'COMPLIANCE' && wanted.mode !== before.mode));
  if (weaker) checkUnlocked(call, version, bypasses(call));
  version.retention = wanted;
  return { status: 200, headers: {}, body: '' };
}

function existing(call: ObjectCall): ObjectVersion {
  if (bucketOf(call).settings.objectLock === undefined) throw noObjectLock();
  const version = versionOf(call);
  if (version === undefined || version.deleteMarker) throw noSuchKey();
  return version;
}

function noObjectLock(): LabAwsError {
  return new LabAwsError('InvalidRequest', 'Bucket is missing Object Lock Configuration');
}
