/** What is kept of earlier dumps, and whether the bucket keeps what it should. */

import type { DumpReceipt } from '../domain/dump.ts';
import type { LifecycleRule } from '../domain/s3.ts';

export interface KnownReceipt {
  readonly key: string;
  readonly receipt: DumpReceipt;
}

export interface Expiry {
  readonly key: string;
  readonly receipt: DumpReceipt;
  readonly reason: string;
}

/**
 * Which dated dumps go: those beyond the newest `keep` that are taken; never the last proven one, and never one whose
 * run may still be at work.
 * @param known in any order
 */
export function expiredDumps(known: readonly KnownReceipt[], keep: number): readonly Expiry[] {
  const newestFirst = known.toSorted((a, b) => b.receipt.takenAt.localeCompare(a.receipt.takenAt));
  const lastGood = newestFirst.find((one) => one.receipt.verdict === 'good');
  const taken = newestFirst.filter((one) => one.receipt.state === 'taken');
  return taken
    .slice(keep)
    .filter((one) => one !== lastGood)
    .map((one) => ({ ...one, reason: `beyond the newest ${keep}` }));
}

/**
 * What of the bucket does not agree with what was asked for. Warnings only: the bucket is the user's.
 * @param prefix under which the objects lie
 */
export function bucketWarnings(
  bucket: string,
  prefix: string,
  keep: number,
  versioned: boolean,
  rules: readonly LifecycleRule[],
): readonly string[] {
  const warnings: string[] = [];
  const own = rules.filter((rule) => rule.enabled && prefix.startsWith(rule.prefix));
  if (!versioned) {
    warnings.push(
      `the bucket ${bucket} keeps no versions: each dump overwrites the last; switch versioning on, or use keep-as: dated`,
    );
    return warnings;
  }
  const counts = own.filter((rule) => rule.newerNoncurrentVersions !== undefined || rule.noncurrentDays !== undefined);
  if (counts.length === 0)
    warnings.push(
      `no lifecycle rule of ${bucket} is for ${prefix}: versions are kept for ever; wanted: NewerNoncurrentVersions ${keep}`,
    );
  for (const rule of counts)
    if (rule.newerNoncurrentVersions !== keep)
      warnings.push(
        `the lifecycle rule "${rule.id}" of ${bucket} keeps ${rule.newerNoncurrentVersions ?? 0} newer non-current versions, the input keep says ${keep}${rule.newerNoncurrentVersions === undefined ? `; versions are deleted after ${rule.noncurrentDays} days whatever they are` : ''}`,
      );
  for (const rule of own)
    if (rule.expirationDays !== undefined)
      warnings.push(
        `the lifecycle rule "${rule.id}" of ${bucket} deletes current objects after ${rule.expirationDays} days, the last good dump among them`,
      );
  if (!own.some((rule) => rule.abortUploadDays !== undefined))
    warnings.push(
      `no lifecycle rule of ${bucket} gives up unfinished uploads under ${prefix} (AbortIncompleteMultipartUpload)`,
    );
  return warnings;
}
