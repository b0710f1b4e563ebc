/** The plan of a dump, printed before anything changes. */
import type { DumpFileKind } from '../domain/dump.ts';
import type { PlanDecision } from '../domain/plan.ts';
import { s3Url } from '../domain/s3.ts';
import type { DatabaseFacts } from '../ports/dump-engine.ts';
import { formatBytes } from '../runtime/format.ts';
import { type DumpLocation, isFlat, keyPattern } from './files.ts';
import type { InspectedBucket } from './retention/bucket.ts';
import { expiredDumps } from './retention/retention.ts';

export interface DumpRequest {
  readonly location: DumpLocation;
  /** Files to make. */
  readonly files: readonly DumpFileKind[];
  /** Files to prove. */
  readonly prove: readonly DumpFileKind[];
  /** Number of dated dumps to keep. */
  readonly keep: number;
}

export function dumpPlan(
  { location, files, prove, keep }: DumpRequest,
  facts: DatabaseFacts,
  { known, hidden, room }: Pick<InspectedBucket, 'known' | 'hidden' | 'room'>,
): readonly PlanDecision[] {
  const { bucket, keepAs } = location;
  const expired = keepAs === 'dated' ? expiredDumps(known, keep - 1) : [];
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
      decision: `write the ${kind} file to ${s3Url({ bucket, key: keyPattern(location, kind) })}`,
      reason:
        keepAs === 'versions'
          ? 'a new version of the same key'
          : isFlat(location)
            ? 'a key of its own for each dump'
            : 'a folder of its own for each dump',
    })),
    ...prove.map((kind) => ({
      decision: `restore the ${kind} file and compare it with the source`,
      reason: 'only a restored file is proven',
    })),
    ...expired.map(({ receipt, reason }) => ({ decision: `delete the dump of ${receipt.takenAt}`, reason })),
  ];
}
