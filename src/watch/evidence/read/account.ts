/** Reads CloudTrail's event history for what changes retention in AWS. What cannot be read is told, and the evidence goes on. */
import type { Trails } from '../../../ports/trail.ts';
import { AwsError, explainInLine } from '../../../runtime/errors.ts';
import { accountChanges, bucketEvents, snapshotEvents } from '../account.ts';
import type { AccountEvent, AccountRecord, EvidenceBackup } from '../input.ts';
import { endOf, type Period, startOf } from '../period.ts';

/** CloudTrail user guide, "Working with CloudTrail event history": the last 90 days. */
const keptMs = 90 * 24 * 60 * 60 * 1000;
/** Events of one name and region that are read at most: a hundred pages, 50 s. */
const most = 5000;

export interface AccountSettings {
  readonly period: Period;
  readonly now: Date;
  /** Of the buckets. */
  readonly region: string;
  readonly receiptBucket: string;
  readonly backups: readonly EvidenceBackup[];
}

export async function readAccount(
  trails: Trails,
  { period, now, region, receiptBucket, backups }: AccountSettings,
  signal: AbortSignal,
): Promise<AccountRecord> {
  const from = new Date(Math.max(startOf(period), now.getTime() - keptMs));
  const until = new Date(Math.min(endOf(period), now.getTime()));
  if (from >= until) return { covered: undefined, regions: [], changes: [], unread: [] };
  const regions = [...new Set([region, ...backups.map((one) => one.region)])].toSorted();
  const [events, unread]: [AccountEvent[], string[]] = [[], []];
  const read = new Set<string>();
  // Each region has a rate of its own.
  await Promise.all(
    regions.map(async (name) => {
      for (const event of [...snapshotEvents, ...(name === region ? bucketEvents : [])]) {
        try {
          const found = await trails.in(name).events(event, from, until, most);
          events.push(...found.events);
          read.add(name);
          if (found.more)
            unread.push(`${event} of ${name} before the newest ${found.events.length} events: they were not read.`);
        } catch (error) {
          signal.throwIfAborted();
          unread.push(`${event} of ${name}, in CloudTrail: ${explainInLine(error)}`);
          // Who may not ask once may not ask again.
          if (error instanceof AwsError && error.kind === 'denied') return;
        }
      }
    }),
  );
  const buckets = new Set([receiptBucket, ...backups.flatMap(({ bucket }) => bucket ?? [])]);
  return {
    covered: read.size === 0 ? undefined : { from: from.toISOString(), until: until.toISOString() },
    regions: regions.filter((name) => read.has(name)),
    changes: accountChanges(events, buckets),
    unread,
  };
}
