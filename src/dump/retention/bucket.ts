/** Looks at the buckets before a dump: receipts, versions, lifecycle. What cannot be read is a warning, and never costs the backup. */
import type { DumpFileKind, DumpRetention, VersionRule } from '../../domain/dump.ts';
import type { LifecycleRule, ObjectLock, StoredObject } from '../../domain/s3.ts';
import type { Objects } from '../../ports/objects.ts';
import type { WorkContext } from '../../runtime/context.ts';
import { explainInLine } from '../../runtime/errors.ts';
import { type DumpLocation, isFlat, keyPattern, keyPrefix } from '../files.ts';
import { ruleInWords, rulesAgainstPin } from '../pins/obstacles.ts';
import { type KnownReceipt, readReceipts } from '../receipts.ts';
import { hiddenDumps, markersOverGoodDumps } from './hidden.ts';
import { bucketWarnings } from './retention.ts';
import { makeRoom, type Removal } from './room.ts';

export interface InspectedBucket {
  /** Receipts of earlier dumps, newest first. */
  readonly known: readonly KnownReceipt[];
  /** When they were read: what began later, they cannot tell of. */
  readonly readAt: Date;
  /** What is to be deleted of what earlier versions of this action hid, and the markers that hide what must stay. */
  readonly hidden: readonly Removal[];
  /** Versions to delete before the next dump is published. */
  readonly room: readonly Removal[];
  readonly warnings: readonly string[];
  /** What the receipt of the new dump says of it. */
  readonly retention: DumpRetention;
  /** The retention that the bucket gives each new version. */
  readonly lock: ObjectLock | undefined;
}

export interface BucketRequest {
  readonly location: DumpLocation;
  readonly files: readonly DumpFileKind[];
  readonly keep: number;
  /** Whether the dump is pinned: its files then get keys of their own. */
  readonly keepForever?: boolean;
}

/** @throws AwsError when the receipts cannot be read */
export async function inspectBucket(
  request: BucketRequest,
  objects: Objects,
  { clock, signal }: Pick<WorkContext, 'clock' | 'signal'>,
): Promise<InspectedBucket> {
  const now = clock.now();
  const { location, keep, keepForever = false } = request;
  const { bucket, receiptBucket, keepAs } = location;
  const prefix = keyPrefix(location);
  const known = await readReceipts(objects, receiptBucket, location.source);
  const unread = new Unread(signal);
  const versions = await unread.try('versions', () => objects.versions(bucket, prefix));
  const lock = await objects.objectLock(bucket);
  const markers = markersOverGoodDumps(bucket, versions ?? [], known);
  if (keepAs === 'dated') {
    // Earlier versions of this action, which hid dumps, had no flat keys.
    const gone = isFlat(location)
      ? []
      : await unread.try('other receipts', () => hiddenDumps(location, versions ?? [], known, objects, now));
    // Rules matter to a pin alone: what else is deleted is up to this action.
    const futile = keepForever ? await unread.try('lifecycle', () => objects.lifecycle(bucket)) : [];
    const warnings = [...unread.warnings(bucket), ...pinWarnings(request, futile ?? [])];
    return {
      known,
      readAt: now,
      hidden: [...markers, ...(gone ?? [])],
      room: [],
      warnings,
      retention: { by: keepAs, keep },
      lock,
    };
  }
  const versioned = await unread.try('versioning', () => objects.versioned(bucket));
  const rules = versioned === false ? [] : await unread.try('lifecycle', () => objects.lifecycle(bucket));
  const missing = rules ? bucketWarnings(bucket, prefix, keep, versioned !== false, rules) : [];
  const room = makeRoom(request, without(versions ?? [], markers), known, rules);
  return {
    known,
    readAt: now,
    hidden: markers,
    // A pinned dump is no version of the usual keys.
    room: keepForever ? [] : room.removals,
    warnings: [...unread.warnings(bucket), ...missing, ...room.warnings, ...pinWarnings(request, rules ?? [])],
    retention: { by: keepAs, keep, ...(rules ? { rules: versionRules(prefix, rules) } : {}) },
    lock,
  };
}

/** Of every rule that may delete versions of some of these keys. */
function versionRules(prefix: string, rules: readonly LifecycleRule[]): readonly VersionRule[] {
  return rules
    .filter((rule) => rule.enabled && (prefix.startsWith(rule.prefix) || rule.prefix.startsWith(prefix)))
    .flatMap(({ newerNoncurrentVersions: versions, noncurrentDays: days }) =>
      versions === undefined && days === undefined ? [] : [{ versions, days }],
    );
}

/** The rules by which the new dump will not be kept although it is pinned. */
function pinWarnings(
  { location, files, keepForever = false }: BucketRequest,
  rules: readonly LifecycleRule[],
): readonly string[] {
  if (!keepForever) return [];
  const tags = { 'holdfast:source': location.source, KeepForever: 'Yes' };
  const pinned = files.map((kind) => ({ key: keyPattern({ ...location, apart: true }, kind), tags }));
  return rulesAgainstPin(pinned, rules).map((rule) => ruleInWords(location.bucket, rule));
}

/** What cannot be read of a bucket: other servers than AWS's do not know all of it, and roles may lack rights. */
class Unread {
  readonly #signal: AbortSignal;
  readonly #whyByWhat = new Map<string, string>();

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  async try<T>(what: string, read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await read();
    } catch (error) {
      this.#signal.throwIfAborted();
      this.#whyByWhat.set(what, explainInLine(error));
      return undefined;
    }
  }

  /** One warning at most. */
  warnings(bucket: string): readonly string[] {
    if (this.#whyByWhat.size === 0) return [];
    const [what, why] = [[...this.#whyByWhat.keys()].join(' and '), [...this.#whyByWhat.values()].join('; ')];
    return [`${what} of ${bucket} cannot be read, so nobody checks that the bucket keeps the last good dump: ${why}`];
  }
}

function without(versions: readonly StoredObject[], markers: readonly Removal[]): readonly StoredObject[] {
  const gone = new Set(markers.map(({ place }) => `${place.versionId} ${place.key}`));
  return versions.filter(({ key, versionId }) => !gone.has(`${versionId} ${key}`));
}
