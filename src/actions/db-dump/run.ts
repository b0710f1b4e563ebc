/**
 * A dump from start to end: inspect the database and the bucket, sweep what dead runs left, dump, write the receipt, prove
 * every file by a restore, write the verdict, and delete expired dumps. The decisions are made in src/dump.
 */
import type { DumpReceipt } from '../../domain/dump.ts';
import type { PlanDecision } from '../../domain/plan.ts';
import { lockedWords } from '../../domain/s3.ts';
import { changesSince } from '../../dump/changes.ts';
import { dumpReceiptKey } from '../../dump/files.ts';
import { completeMarks } from '../../dump/pins/complete.ts';
import { dumpPlan } from '../../dump/plan.ts';
import { emptiness, emptinessNote } from '../../dump/proof/emptiness.ts';
import { type KnownReceipt, lastGood } from '../../dump/receipts.ts';
import { type InspectedBucket, inspectBucket } from '../../dump/retention/bucket.ts';
import { deleteExpired, whyKept } from '../../dump/retention/deletion.ts';
import { mixedEngines } from '../../dump/retention/mixed.ts';
import { expiredBy } from '../../dump/retention/retention.ts';
import type { Removal } from '../../dump/retention/room.ts';
import { sweep } from '../../dump/sweep.ts';
import type { DatabaseFacts } from '../../ports/dump-engine.ts';
import { explainInLine } from '../../runtime/errors.ts';
import { formatBytes, formatCount, plural } from '../../runtime/format.ts';
import { makeDump } from './dump.ts';
import type { Settings } from './inputs.ts';
import { listDatabases } from './list-databases.ts';
import { type Context, type DumpWork, locationOf, type Ports } from './ports.ts';
import { notGood, proveDump } from './prove.ts';

export async function run(settings: Settings, ports: Ports, context: Context): Promise<void> {
  if (settings.listDatabases) return listDatabases(settings, ports, context);
  const { timeline, report } = context;
  const location = locationOf(settings);
  const facts = await inspectDatabase(ports, context);
  const bucket = await timeline.step('Inspect the bucket', () =>
    inspectBucket({ ...settings, location }, ports.objects, context),
  );
  const { known } = bucket;
  const warnings = [...bucket.warnings, ...mixedEngines(known, settings.engine)];
  for (const text of warnings) context.logger.warning(text);
  report({ notes: facts.notes, dump: { receipt: undefined, before: undefined, changes: [], warnings } });
  showPlan(dumpPlan({ ...settings, location }, facts, bucket), context);
  if (settings.dryRun) {
    report({ outcome: 'dry-run' });
    return;
  }
  const swept = await timeline.step('Sweep what dead runs left', async () => [
    ...(await sweep(location, settings.files, bucket, ports, context)),
    ...(await completeMarks(location, known, ports.objects, context)),
  ]);
  await removeAll(bucket.hidden, ports, context);
  const notes = [...facts.notes, ...swept];
  report({ notes });
  let room: Promise<void> | undefined;
  const makeRoom = (): Promise<void> => {
    room ??= removeAll(bucket.room, ports, context);
    return room;
  };
  const work: DumpWork = { settings, location, facts, ports, context, retention: bucket.retention, makeRoom };
  const dump = await makeDump(work);
  const receipt = await proveDump(work, dump, {
    onVerdict: (proven) => reportDump(proven, { known, warnings: [...warnings, ...dump.warnings] }, settings, context),
    onKept: (what) => report({ notes: [...notes, what] }),
  });
  if (receipt.verdict === 'good') await expire(work, known, receipt);
  // The other files are a backup all the same; the error says why this one is missing.
  if (dump.refused !== undefined && receipt.verdict !== 'bad') throw dump.refused;
  report({ outcome: 'done' });
  if (receipt.verdict === 'bad' || (receipt.verdict === 'unproven' && settings.prove.length > 0))
    throw notGood(receipt);
}

function inspectDatabase({ engine }: Ports, { timeline }: Context): Promise<DatabaseFacts> {
  return timeline.step('Inspect the database', async (note) => {
    const { notes, ...facts } = await engine.inspect();
    note(`${facts.product} ${facts.serverVersion}, ${formatBytes(facts.bytes)}`);
    return { ...facts, notes: [...notes, ...uncoveredNotes(facts)] };
  });
}

/** A database that nobody chose and nobody excluded is named wherever the dump is. */
function uncoveredNotes({ uncovered = [] }: Pick<DatabaseFacts, 'uncovered'>): readonly string[] {
  return uncovered.length === 0
    ? []
    : [`not in this dump, and not excluded: ${plural(uncovered.length, 'database')} (${uncovered.join(', ')})`];
}

function showPlan(plan: readonly PlanDecision[], { report, logger }: Context): void {
  report({ plan });
  for (const { decision, reason } of plan) logger.info(`${decision} (${reason})`);
}

/** Reports the dump beside the last good one; striking changes are warnings. */
function reportDump(
  receipt: DumpReceipt,
  { known, warnings }: Pick<InspectedBucket, 'known' | 'warnings'>,
  { maxChange }: Settings,
  { report, logger }: Context,
): void {
  const before = lastGood(known)?.receipt;
  const changes = before ? changesSince(before, receipt, maxChange) : [];
  const striking = changes
    .filter((change) => change.striking)
    .map(({ what, before: was, now }) => `${what}: ${formatCount(was)} before, ${formatCount(now)} now`);
  const note = emptinessNote(receipt.database, receipt.fingerprint, receipt.engine);
  const found = note === undefined ? striking : [note, ...striking];
  for (const text of found) logger.warning(text);
  const empty = emptiness(receipt.fingerprint, receipt.engine);
  const dump = { receipt, before: before?.takenAt, changes, empty, warnings: [...warnings, ...found] };
  report({ dump, verdict: receipt.verdict });
}

async function removeAll(removals: readonly Removal[], { objects }: Ports, { logger, signal }: Context): Promise<void> {
  for (const { place, decision, reason } of removals)
    try {
      const outcome = await objects.delete(place);
      if (outcome.kind === 'locked') logger.info(`kept: could not ${decision}, because ${lockedWords(outcome)}`);
      else logger.info(`done: ${decision} (${reason})`);
    } catch (error) {
      signal.throwIfAborted();
      // The backup of today matters more.
      logger.warning(`could not ${decision} (${reason}): ${explainInLine(error)}`);
    }
}

async function expire(
  { settings, location, ports, context }: DumpWork,
  known: readonly KnownReceipt[],
  receipt: DumpReceipt,
): Promise<void> {
  const key = dumpReceiptKey(receipt.source, receipt.takenAt, context.run);
  const all = [...known, { key, receipt }];
  const expired = expiredBy(settings.keepAs)(all, settings.keep);
  if (expired.length === 0) return;
  await context.timeline.step('Delete the oldest dumps', async (note) => {
    const gone = new Set(expired.map((one) => one.key));
    const kept = all.filter((one) => !gone.has(one.key));
    let deleted = 0;
    for (const one of expired)
      try {
        const outcome = await deleteExpired(ports.objects, location.receiptBucket, one, kept);
        if (outcome.kind === 'deleted') deleted += 1;
        else context.logger.info(`the expired dump of ${one.receipt.takenAt} is kept: ${whyKept(outcome)}`);
      } catch (error) {
        context.signal.throwIfAborted();
        // The dump of today is good, whatever becomes of the old ones.
        const which = `the expired dump of ${one.receipt.takenAt}`;
        context.logger.warning(`${which} could not be deleted, the next run tries again: ${explainInLine(error)}`);
      }
    note(`${deleted} deleted${deleted < expired.length ? `, ${expired.length - deleted} kept` : ''}`);
  });
}
