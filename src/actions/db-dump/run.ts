/**
 * A dump from start to end: inspect the database and the bucket, sweep what dead runs left, dump, write the receipt, prove
 * every file by a restore, write the verdict, and delete expired dumps. The decisions are made in src/dump.
 */
import type { DumpReceipt } from '../../domain/dump.ts';
import type { PlanDecision } from '../../domain/plan.ts';
import { changesSince } from '../../dump/changes.ts';
import { type DumpLocation, dumpReceiptKey, receiptPrefix } from '../../dump/files.ts';
import { dumpPlan } from '../../dump/plan.ts';
import { type KnownReceipt, lastGood, readReceipts } from '../../dump/receipts.ts';
import { bucketWarnings, deleteExpired, expiredDumps } from '../../dump/retention.ts';
import { sweep } from '../../dump/sweep.ts';
import type { DatabaseFacts } from '../../ports/dump-engine.ts';
import { formatBytes, formatCount } from '../../runtime/format.ts';
import { makeDump } from './dump.ts';
import type { Settings } from './inputs.ts';
import { type Context, type DumpWork, locationOf, type Ports } from './ports.ts';
import { notGood, proveDump } from './prove.ts';

export async function run(settings: Settings, ports: Ports, context: Context): Promise<void> {
  const { timeline, report } = context;
  const location = locationOf(settings);
  const facts = await inspectDatabase(ports, context);
  const bucket = await timeline.step('Inspect the bucket', () => inspectBucket(location, settings, ports, context));
  const { known, warnings } = bucket;
  report({ notes: facts.notes, dump: { receipt: undefined, before: undefined, changes: [], warnings } });
  showPlan(dumpPlan({ ...settings, location }, facts, known), context);
  if (settings.dryRun) {
    report({ outcome: 'dry-run' });
    return;
  }
  const swept = await timeline.step('Sweep what dead runs left', () =>
    sweep(location, settings.files, known, ports, context),
  );
  const notes = [...facts.notes, ...swept];
  report({ notes });
  const work: DumpWork = { settings, location, facts, ports, context };
  const { receipt: taken, refused } = await makeDump(work);
  const receipt = await proveDump(work, taken, {
    onVerdict: (proven) => reportDump(proven, bucket, settings, context),
    onKept: (what) => report({ notes: [...notes, what] }),
  });
  if (receipt.verdict === 'good' && settings.keepAs === 'dated') await expire(work, known, receipt);
  // The other files are a backup all the same; the error says why this one is missing.
  if (refused !== undefined && receipt.verdict !== 'bad') throw refused;
  report({ outcome: 'done' });
  if (receipt.verdict === 'bad' || (receipt.verdict === 'unproven' && settings.prove.length > 0))
    throw notGood(receipt);
}

function inspectDatabase({ engine }: Ports, { timeline }: Context): Promise<DatabaseFacts> {
  return timeline.step('Inspect the database', async (note) => {
    const facts = await engine.inspect();
    note(`${facts.product} ${facts.serverVersion}, ${formatBytes(facts.bytes)}`);
    return facts;
  });
}

interface InspectedBucket {
  /** Receipts of earlier dumps, newest first. */
  readonly known: readonly KnownReceipt[];
  readonly warnings: readonly string[];
}

async function inspectBucket(
  location: DumpLocation,
  { keep }: Settings,
  { objects }: Ports,
  { logger }: Context,
): Promise<InspectedBucket> {
  const { bucket, receiptBucket, prefix, name, keepAs } = location;
  const known = await readReceipts(objects, receiptBucket, receiptPrefix(location.source));
  if (keepAs === 'dated') return { known, warnings: [] };
  const versioned = await objects.versioned(bucket);
  const warnings = bucketWarnings(bucket, `${prefix}${name}`, keep, versioned, await objects.lifecycle(bucket));
  for (const text of warnings) logger.warning(text);
  return { known, warnings };
}

function showPlan(plan: readonly PlanDecision[], { report, logger }: Context): void {
  report({ plan });
  for (const { decision, reason } of plan) logger.info(`${decision} (${reason})`);
}

/** Reports the dump beside the last good one; striking changes are warnings. */
function reportDump(
  receipt: DumpReceipt,
  { known, warnings }: InspectedBucket,
  { maxChange }: Settings,
  { report, logger }: Context,
): void {
  const before = lastGood(known)?.receipt;
  const changes = before ? changesSince(before, receipt, maxChange) : [];
  const striking = changes
    .filter((change) => change.striking)
    .map(({ what, before: was, now }) => `${what}: ${formatCount(was)} before, ${formatCount(now)} now`);
  for (const text of striking) logger.warning(text);
  const dump = { receipt, before: before?.takenAt, changes, warnings: [...warnings, ...striking] };
  report({ dump, verdict: receipt.verdict });
}

async function expire(
  { settings, location, ports, context }: DumpWork,
  known: readonly KnownReceipt[],
  receipt: DumpReceipt,
): Promise<void> {
  const key = dumpReceiptKey(receipt.source, receipt.takenAt, context.run);
  const expired = expiredDumps([...known, { key, receipt }], settings.keep);
  if (expired.length === 0) return;
  await context.timeline.step('Delete the oldest dumps', async (note) => {
    await deleteExpired(ports.objects, location.receiptBucket, expired);
    note(`${expired.length} deleted`);
  });
}
