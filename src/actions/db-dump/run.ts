import type { DumpReceipt, DumpReport, ProofRow } from '../../domain/dump.ts';
import type { PlanDecision } from '../../domain/plan.ts';
import type { Verdict } from '../../domain/verdict.ts';
import { changesSince } from '../../dump/changes.ts';
import { dumpReceiptKey, receiptPrefix } from '../../dump/files.ts';
import { bucketWarnings, expiredDumps, type KnownReceipt } from '../../dump/retention.ts';
import type { DatabaseFacts } from '../../ports/dump-engine.ts';
import { BackupError } from '../../runtime/errors.ts';
import { formatBytes } from '../../runtime/format.ts';
import { version } from '../../runtime/version.ts';
import { outcomeOfArchive, prove, verdictOf } from './prove.ts';
import { readReceipts } from './receipts.ts';
import { sweep } from './sweep.ts';
import { take } from './take.ts';
import type { Deps, Wishes } from './wishes.ts';

export async function run(wishes: Wishes, deps: Deps): Promise<void> {
  const { timeline, found, logger } = deps;
  const facts = await timeline.step('Look at the database', async (note) => {
    const seen = await deps.engine.inspect();
    note(`PostgreSQL ${seen.serverVersion}, ${formatBytes(seen.bytes)}`);
    return seen;
  });
  const { known, warnings } = await timeline.step('Look at the bucket', () => lookAtBucket(wishes, deps));
  const plan = planOf(wishes, facts, known);
  for (const { decision, reason } of plan) logger.info(`${decision} (${reason})`);
  found({ plan, notes: facts.notes, dump: { receipt: undefined, before: undefined, changes: [], warnings } });
  if (wishes.dryRun) {
    found({ outcome: 'dry-run' });
    return;
  }
  const swept = await timeline.step('Sweep what dead runs left', () => sweep(wishes, deps, known));
  found({ notes: [...facts.notes, ...swept] });
  const before = lastGood(known);
  const taken = await backUp(wishes, deps, facts);
  let { receipt } = taken;
  const tell = (proof: readonly ProofRow[], verdict: Verdict): DumpReport => {
    receipt = { ...receipt, proof, verdict, timeline: timeline.steps };
    const changes = before ? changesSince(before.receipt, receipt, wishes.maxChange) : [];
    const striking = changes.filter((change) => change.striking);
    const more = striking.map(
      ({ what, before: was, now }) =>
        `${what}: ${was.toLocaleString('en-US')} before, ${now.toLocaleString('en-US')} now`,
    );
    for (const text of more) logger.warning(text);
    const report = { receipt, before: before?.receipt.takenAt, changes, warnings: [...warnings, ...more] };
    found({ dump: report, verdict });
    return report;
  };
  const proof: ProofRow[] = [];
  let verdict: Verdict = 'unproven';
  try {
    const location = await writeReceipt(wishes, deps, receipt);
    found({ receiptLocation: location });
    for (const kind of wishes.proven) {
      const file = receipt.files.find((one) => one.kind === kind);
      if (file) proof.push(await prove(wishes, deps, file, receipt.fingerprint));
    }
    const there = wishes.proven.filter((kind) => receipt.files.some((file) => file.kind === kind));
    verdict = verdictOf(proof, there.length);
    tell(proof, verdict);
    await timeline.step('Write the verdict', async (note) => {
      note(verdict);
      await writeReceipt(wishes, deps, receipt);
      for (const file of receipt.files) {
        const own = proof.find((row) => row.kind === file.kind)?.verdict ?? 'unproven';
        await deps.objects.setTags(file, { 'holdfast:source': wishes.source, 'holdfast:verdict': own });
      }
    });
  } finally {
    // However the run ends, the host has the archive.
    const put = await putAway(deps, outcomeOfArchive(proof, verdict));
    if (put !== undefined) found({ notes: [...facts.notes, ...swept, put] });
  }
  if (verdict === 'good' && wishes.keep === 'dated') await expire(wishes, deps, [...known, { key: '', receipt }]);
  // The backup stands; what is missing is told as what it is.
  if (taken.refused !== undefined && verdict !== 'bad') throw taken.refused;
  found({ outcome: 'done' });
  if (verdict === 'bad' || (verdict === 'unproven' && wishes.proven.length > 0)) throw notGood(verdict, proof);
}

async function lookAtBucket(
  wishes: Wishes,
  deps: Deps,
): Promise<{ known: KnownReceipt[]; warnings: readonly string[] }> {
  const { objects } = deps;
  const known = await readReceipts(objects, wishes.receiptBucket, receiptPrefix(wishes.source));
  if (wishes.keep === 'dated') return { known, warnings: [] };
  const [versioned, rules] = [await objects.versioned(wishes.bucket), await objects.lifecycle(wishes.bucket)];
  const warnings = bucketWarnings(wishes.bucket, `${wishes.prefix}${wishes.name}`, wishes.keepCount, versioned, rules);
  for (const text of warnings) deps.logger.warning(text);
  return { known, warnings };
}

export function lastGood(known: readonly KnownReceipt[]): KnownReceipt | undefined {
  return known
    .filter((one) => one.receipt.verdict === 'good')
    .toSorted((a, b) => b.receipt.takenAt.localeCompare(a.receipt.takenAt))[0];
}

function planOf(wishes: Wishes, facts: DatabaseFacts, known: readonly KnownReceipt[]): PlanDecision[] {
  const plan: PlanDecision[] = [
    {
      decision: `dump ${facts.shown} with pg_dump ${facts.toolsVersion}`,
      reason: `PostgreSQL ${facts.serverVersion}, ${formatBytes(facts.bytes)} in the server`,
    },
  ];
  for (const kind of wishes.made)
    plan.push({
      decision: `write the ${kind} file to s3://${wishes.bucket}/${wishes.prefix}${wishes.name}`,
      reason: wishes.keep === 'versions' ? 'a new version of the same key' : 'a folder of its own for each dump',
    });
  for (const kind of wishes.proven)
    plan.push({
      decision: `restore the ${kind} file and compare it with the source`,
      reason: 'only what was restored is proven',
    });
  if (wishes.keep === 'dated') {
    const gone = expiredDumps(known, wishes.keepCount - 1);
    for (const one of gone) plan.push({ decision: `delete the dump of ${one.receipt.takenAt}`, reason: one.reason });
  }
  return plan;
}

async function backUp(
  wishes: Wishes,
  deps: Deps,
  facts: DatabaseFacts,
): Promise<{ receipt: DumpReceipt; refused: unknown }> {
  let draft: DumpReceipt | undefined;
  const base = {
    format: 'holdfast-receipt/1',
    kind: 'database-dump',
    source: wishes.source,
    engine: 'postgres',
    run: { key: wishes.run.key, url: wishes.run.url, attempt: wishes.run.attempt },
    database: facts.database,
    place: facts.place,
    bucket: wishes.bucket,
    versions: { holdfast: version, server: facts.serverVersion, tools: facts.toolsVersion },
    verdict: 'unproven',
    proof: [],
    notes: facts.notes,
  } as const;
  try {
    const { refused, ...found } = await take(wishes, deps, facts, async (takenAt, uploads) => {
      draft = {
        ...base,
        state: 'draft',
        takenAt,
        fingerprint: {
          takenAt,
          seconds: 0,
          serverVersion: facts.serverVersion,
          tables: [],
          sequences: {},
          extensions: {},
          objects: {},
        },
        files: [],
        uploads: [...uploads.values()].map(({ key, upload }) => ({ key, uploadId: upload.id })),
        timeline: [],
      };
      await writeReceipt(wishes, deps, draft);
    });
    return { receipt: { ...base, state: 'taken', ...found, timeline: deps.timeline.steps }, refused };
  } catch (error) {
    // The uploads are given up: nothing is left that the draft would be needed for.
    if (draft) await removeDraft(wishes, deps, draft);
    await putAway(deps, 'discard');
    throw error;
  }
}

/** The backup is what it is, whether or not its host could be tidied: the next dump there does it. */
async function putAway(deps: Deps, outcome: 'proven' | 'unproven' | 'discard'): Promise<string | undefined> {
  try {
    return await deps.engine.putAway(outcome);
  } catch (error) {
    deps.logger.warning(`the archive on the host could not be put away: ${(error as Error).message}`);
    return undefined;
  }
}

async function removeDraft(wishes: Wishes, deps: Deps, draft: DumpReceipt): Promise<void> {
  const left = await Promise.all(
    (draft.uploads ?? []).map(async ({ key }) => (await deps.afterwards.unfinished(wishes.bucket, key)).length),
  ).catch(() => [1]);
  if (left.some((count) => count > 0)) return;
  const key = dumpReceiptKey(wishes.source, draft.takenAt, wishes.run);
  await deps.afterwards.delete({ bucket: wishes.receiptBucket, key }).catch(() => {});
}

async function writeReceipt(wishes: Wishes, deps: Deps, receipt: DumpReceipt): Promise<string> {
  const key = dumpReceiptKey(wishes.source, receipt.takenAt, wishes.run);
  const object = { bucket: wishes.receiptBucket, key, contentType: 'application/json', tags: {}, metadata: {} };
  await deps.objects.put(object, `${JSON.stringify(receipt, null, 2)}\n`);
  return `s3://${wishes.receiptBucket}/${key}`;
}

async function expire(wishes: Wishes, deps: Deps, known: readonly KnownReceipt[]): Promise<void> {
  const gone = expiredDumps(known, wishes.keepCount);
  if (gone.length === 0) return;
  await deps.timeline.step('Delete the oldest dumps', async (note) => {
    for (const { key, receipt } of gone) {
      for (const file of receipt.files) await deps.objects.delete({ ...file, versionId: undefined });
      // The receipt goes last: while it is there, a dead run's deletion is taken up again.
      if (key !== '') await deps.objects.delete({ bucket: wishes.receiptBucket, key });
    }
    note(`${gone.length} deleted`);
  });
}

function notGood(verdict: Verdict, proof: readonly ProofRow[]): BackupError {
  const row = proof.find((one) => one.verdict === verdict) ?? proof[0];
  return new BackupError({
    what:
      verdict === 'bad'
        ? `the ${row?.kind} file is bad: ${row?.findings[0] ?? 'it differs from the source'}`
        : `the ${row?.kind} file could not be tried: ${row?.findings[0] ?? 'nothing was restored'}`,
    likelyCause:
      verdict === 'bad'
        ? 'the file is damaged, or does not hold what the database held'
        : 'the scratch server could not do what a restore needs',
    fix:
      verdict === 'bad' ? 'look at the findings; run again; the last good dump is still kept' : 'look at scratch-url',
    detail: row?.findings.join('\n'),
    code: verdict === 'bad' ? 'dump-bad' : 'dump-unproven',
  });
}
