/** The plan of a dump, printed before anything changes. */
import type { DumpFileKind } from '../domain/dump.ts';
import type { PlanDecision } from '../domain/plan.ts';
import { s3Url } from '../domain/s3.ts';
import type { DatabaseFacts } from '../ports/dump-engine.ts';
import { formatBytes, plural } from '../runtime/format.ts';
import { type DumpLocation, isFlat, keyPattern } from './files.ts';
import { isPinned, marksOf } from './pins/marks.ts';
import { type KnownReceipt, newestFirst } from './receipts.ts';
import type { InspectedBucket } from './retention/bucket.ts';
import { expiredBy } from './retention/retention.ts';

export interface DumpRequest {
  readonly location: DumpLocation;
  /** Files to make. */
  readonly files: readonly DumpFileKind[];
  /** Files to prove. */
  readonly prove: readonly DumpFileKind[];
  /** Number of dated dumps to keep. */
  readonly keep: number;
  /** Whether the new dump is pinned: then it does not count among those. */
  readonly keepForever?: boolean;
}

export function dumpPlan(
  { location, files, prove, keep, keepForever = false }: DumpRequest,
  facts: DatabaseFacts,
  { known, hidden, room }: Pick<InspectedBucket, 'known' | 'hidden' | 'room'>,
): readonly PlanDecision[] {
  const { bucket, keepAs } = location;
  const expired = expiredBy(keepAs)(known, keepForever ? keep : keep - 1);
  const apart = { ...location, apart: keepForever };
  return [
    ...hidden,
    {
      decision: `dump ${facts.shown} with ${facts.tool} ${facts.toolsVersion}`,
      reason: `${facts.product} ${facts.serverVersion}, ${formatBytes(facts.bytes)} in the server`,
    },
    ...(facts.uncovered ?? []).map((database) => ({
      decision: `leave out the database ${database}`,
      reason: 'it is neither chosen (databases) nor excluded (exclude-databases)',
    })),
    ...room,
    ...files.map((kind) => ({
      decision: `write the ${kind} file to ${s3Url({ bucket, key: keyPattern(apart, kind) })}`,
      reason: placeReason(apart),
    })),
    ...prove.map((kind) => ({
      decision: `restore the ${kind} file and compare it with the source`,
      reason: 'only a restored file is proven',
    })),
    ...expired.map(({ receipt, reason }) => ({ decision: `delete the dump of ${receipt.takenAt}`, reason })),
    ...pinnedDecision(known),
  ];
}

function placeReason(location: DumpLocation): string {
  if (location.keepAs === 'versions')
    return location.apart
      ? "a folder of its own, since the dump is pinned and the bucket's lifecycle deletes versions"
      : 'a new version of the same key';
  return isFlat(location) ? 'a key of its own for each dump' : 'a folder of its own for each dump';
}

/** Dumps that are named. */
const mostNamed = 10;

/** What retention would count or delete, were it not pinned. */
function pinnedDecision(known: readonly KnownReceipt[]): readonly PlanDecision[] {
  const pinned = newestFirst(known).filter(({ receipt }) => receipt.state === 'taken' && isPinned(receipt));
  if (pinned.length === 0) return [];
  const named = pinned.slice(0, mostNamed).map(({ receipt }) => {
    const { label } = marksOf(receipt);
    return label === undefined ? receipt.takenAt : `${receipt.takenAt} (${label})`;
  });
  const more = pinned.length - named.length;
  return [
    {
      decision: `keep ${plural(pinned.length, 'pinned dump')}: ${named.join(', ')}${more > 0 ? `, and ${more} more` : ''}`,
      reason: 'pinned: never deleted, and not counted among those to keep',
    },
  ];
}
