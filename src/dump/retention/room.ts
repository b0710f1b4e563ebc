/**
 * Room for the last good version of each file in a bucket whose lifecycle counts versions, whatever they are: before a dump is
 * published, bad and unproven versions that would push out the last good one are deleted.
 */
import type { DumpFileKind } from '../../domain/dump.ts';
import { type LifecycleRule, type ObjectPlace, type StoredObject, s3Url } from '../../domain/s3.ts';
import type { Verdict } from '../../domain/verdict.ts';
import { type DumpLocation, objectKey } from '../files.ts';
import type { KnownReceipt } from '../receipts.ts';
import { byKey, isOfFile, verdictOfFile } from './versions.ts';

/** A version that is deleted, and why. */
export interface Removal {
  readonly place: ObjectPlace;
  /** `delete the bad version of …`. */
  readonly decision: string;
  readonly reason: string;
}

export interface Room {
  readonly removals: readonly Removal[];
  readonly warnings: readonly string[];
}

interface RatedVersion {
  readonly version: StoredObject;
  /** `unknown`: no receipt names it. */
  readonly verdict: Verdict | 'unknown';
  /** When the dump was taken; of an unknown version, when it was written. */
  readonly takenAt: string;
  /** Whether the dump has a copy elsewhere, since it was pinned. */
  readonly copied?: boolean;
}

const day = 24 * 3_600_000;

/** The rules that apply to a key. */
export function rulesFor(key: string, rules: readonly LifecycleRule[]): readonly LifecycleRule[] {
  return rules.filter((rule) => rule.enabled && key.startsWith(rule.prefix));
}

/**
 * What to delete before the next dump is published.
 * @param versions as the bucket lists them
 * @param rules undefined when they could not be read; then the bucket is taken to keep what the input `keep` says
 */
export function makeRoom(
  { location, files, keep }: { location: DumpLocation; files: readonly DumpFileKind[]; keep: number },
  versions: readonly StoredObject[],
  known: readonly KnownReceipt[],
  rules: readonly LifecycleRule[] | undefined,
): Room {
  const keys = byKey(versions);
  const rooms = files.map((kind): Room => {
    const key = objectKey(location, kind, '');
    const rated = (keys.get(key) ?? []).map((version) => rate(location.bucket, version, known));
    const own = rules && rulesFor(key, rules);
    const limits = own ? own.flatMap((rule) => rule.newerNoncurrentVersions ?? []) : [keep];
    const removed = limits.length === 0 ? new Set<RatedVersion>() : roomWithin(rated, Math.min(...limits));
    const left = rated.filter((one) => !removed.has(one));
    const loss = own && lossOfGood(left, own);
    return {
      removals: [...removed].map((one) => removal({ bucket: location.bucket, key }, one, Math.min(...limits))),
      warnings: loss ? [lossWarning({ bucket: location.bucket, key }, loss)] : [],
    };
  });
  return { removals: rooms.flatMap((room) => room.removals), warnings: rooms.flatMap((room) => room.warnings) };
}

function rate(bucket: string, version: StoredObject, known: readonly KnownReceipt[]): RatedVersion {
  const place = { bucket, key: version.key, versionId: version.versionId };
  for (const { receipt } of known) {
    const file = receipt.files.find((one) => isOfFile(one, place));
    if (file)
      return {
        version,
        verdict: verdictOfFile(receipt, file),
        takenAt: receipt.takenAt,
        copied: file.copyOf !== undefined,
      };
  }
  return { version, verdict: 'unknown', takenAt: version.modifiedAt.toISOString() };
}

/**
 * The versions to delete so that the last good one stays when one more is written. S3 deletes a non-current version that has
 * `limit` newer non-current ones (S3 user guide, "Lifecycle configuration elements": NewerNoncurrentVersions). Chosen are old
 * delete markers, then the oldest bad versions, then the oldest unproven ones but the newest version; nothing else.
 * @param rated newest first
 */
export function roomWithin<
  T extends Pick<RatedVersion, 'verdict'> & { readonly version: Pick<StoredObject, 'deleteMarker'> },
>(rated: readonly T[], limit: number): ReadonlySet<T> {
  const lastGood = rated.findIndex(({ verdict }) => verdict === 'good');
  const newer = lastGood < 0 ? [] : rated.slice(0, lastGood);
  // Once the new version is written, all of these are non-current.
  const excess = newer.length - (limit - 1);
  if (excess <= 0) return new Set();
  const oldestFirst = newer.toReversed();
  const notNewest = oldestFirst.slice(0, -1);
  const candidates = [
    ...notNewest.filter(({ version }) => version.deleteMarker),
    ...oldestFirst.filter(({ verdict }) => verdict === 'bad'),
    ...notNewest.filter(({ verdict }) => verdict === 'unproven'),
  ];
  return new Set(candidates.slice(0, excess));
}

function removal(place: ObjectPlace, { version, verdict, takenAt }: RatedVersion, limit: number): Removal {
  const what = version.deleteMarker ? 'an old delete marker' : `the ${verdict} version of ${takenAt}`;
  return {
    place: { ...place, versionId: version.versionId },
    decision: `delete ${what} of ${s3Url(place)}`,
    reason: `the bucket keeps ${limit} newer non-current versions, of which the last good one must stay one`,
  };
}

interface Loss {
  readonly takenAt: string;
  readonly rule: LifecycleRule;
  readonly at: Date;
}

/** When the last good version will be deleted, if no newer one is proven; undefined when it will not. */
function lossOfGood(left: readonly RatedVersion[], rules: readonly LifecycleRule[]): Loss | undefined {
  const at = left.findIndex(({ verdict }) => verdict === 'good');
  const [good, next] = [left[at], left[at - 1]];
  // While it is the current version, no such rule applies; and a pinned dump is not lost with its version.
  if (good === undefined || next === undefined || good.copied) return undefined;
  const losses = rules.flatMap((rule) => {
    const { newerNoncurrentVersions: limit = 0, noncurrentDays } = rule;
    if ((noncurrentDays === undefined && limit === 0) || at < limit) return [];
    const days = noncurrentDays ?? 0;
    return [{ takenAt: good.takenAt, rule, at: new Date(next.version.modifiedAt.getTime() + days * day) }];
  });
  return losses.toSorted((a, b) => a.at.getTime() - b.at.getTime())[0];
}

function lossWarning(place: ObjectPlace, { takenAt, rule, at }: Loss): string {
  const counts = rule.newerNoncurrentVersions;
  const why =
    counts === undefined
      ? `deletes any version ${rule.noncurrentDays} days after a newer one was written; add NewerNoncurrentVersions to it`
      : `keeps only ${counts} newer non-current version${counts === 1 ? '' : 's'}; let it keep more`;
  return `the last good version of ${s3Url(place)}, of ${takenAt}, is lost after ${at.toISOString().slice(0, 10)}, unless a newer dump is proven before: the lifecycle rule "${rule.id}" ${why}`;
}
