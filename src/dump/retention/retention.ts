/** Which earlier dumps are kept, and whether the bucket keeps what it should. */
import type { DumpReceipt } from '../../domain/dump.ts';
import type { LifecycleRule } from '../../domain/s3.ts';
import { isOwnKey, type KeepAs } from '../files.ts';
import { isPinned } from '../pins/marks.ts';
import { type KnownReceipt, lastGood, newestFirst } from '../receipts.ts';

export interface Expiry extends KnownReceipt {
  readonly reason: string;
}

/** What retention goes by. */
type Rated = {
  readonly receipt: Pick<DumpReceipt, 'state' | 'takenAt' | 'verdict' | 'keepForever' | 'marking'>;
};

/**
 * The dated dumps to delete: all complete ones beyond the newest `keep`. Never the last proven one, never a pinned one, which
 * does not count among the newest either (pins would else shorten what the schedule keeps), and never a draft, whose run may
 * still be active.
 * @param known in any order
 */
export function expiredDumps<T extends Rated>(
  known: readonly T[],
  keep: number,
): readonly (T & { readonly reason: string })[] {
  const last = lastGood(known);
  return newestFirst(known)
    .filter(({ receipt }) => receipt.state === 'taken' && !isPinned(receipt))
    .slice(keep)
    .filter((one) => one !== last)
    .map((one) => ({ ...one, reason: `beyond the newest ${keep}` }));
}

/**
 * The dumps to delete where the bucket keeps versions: those that got keys of their own by a pin, which was taken back. The
 * lifecycle deletes the others.
 */
export function releasedDumps(known: readonly KnownReceipt[], keep: number): readonly Expiry[] {
  return expiredDumps(known, keep).filter(
    ({ receipt: { keepForever, files, takenAt } }) =>
      keepForever === false && files.some(({ key }) => isOwnKey(key, takenAt)),
  );
}

export function expiredBy(keepAs: KeepAs): typeof releasedDumps {
  return keepAs === 'dated' ? expiredDumps : releasedDumps;
}

/**
 * Compares what the bucket keeps with what was asked for. These are warnings only: the bucket is the user's.
 * @param prefix of the keys of the dumps
 * @param versioned whether the bucket keeps versions
 */
export function bucketWarnings(
  bucket: string,
  prefix: string,
  keep: number,
  versioned: boolean,
  rules: readonly LifecycleRule[],
): readonly string[] {
  if (!versioned)
    return [
      `the bucket ${bucket} keeps no versions, so each dump overwrites the last one; enable versioning, or use keep-as: dated`,
    ];
  const own = rules.filter((rule) => rule.enabled && prefix.startsWith(rule.prefix));
  const counting = own.filter(
    (rule) => rule.newerNoncurrentVersions !== undefined || rule.noncurrentDays !== undefined,
  );
  const warnings: string[] = [];
  if (counting.length === 0)
    warnings.push(
      `no lifecycle rule of ${bucket} covers ${prefix}, so versions are kept forever; expected: NewerNoncurrentVersions ${keep}`,
    );
  for (const { id, newerNoncurrentVersions: kept, noncurrentDays } of counting)
    if (kept !== keep)
      warnings.push(
        `the lifecycle rule "${id}" of ${bucket} keeps ${kept ?? 0} newer non-current versions, the input keep says ${keep}${kept === undefined ? `; it deletes any version after ${noncurrentDays} days` : ''}`,
      );
  for (const { id, expirationDays } of own)
    if (expirationDays !== undefined)
      warnings.push(
        `the lifecycle rule "${id}" of ${bucket} deletes current objects after ${expirationDays} days, including the last good dump`,
      );
  if (!own.some((rule) => rule.abortUploadDays !== undefined))
    warnings.push(
      `no lifecycle rule of ${bucket} aborts unfinished uploads under ${prefix} (AbortIncompleteMultipartUpload)`,
    );
  return warnings;
}
