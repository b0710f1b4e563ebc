/**
 * Proves a dump that is kept: its objects are still those of its receipt, each file is restored into a scratch database, and the
 * copy is compared with the fingerprint of that time. The source is not asked. Receipt and tags get the result.
 */
import type { DumpFile, DumpReceipt, ProofRow } from '../../../domain/dump.ts';
import type { PlanDecision } from '../../../domain/plan.ts';
import { s3Url } from '../../../domain/s3.ts';
import { chooseDump } from '../../../dump/kept/choose.ts';
import { asProof } from '../../../dump/kept/history.ts';
import { scratchOwner } from '../../../dump/owner.ts';
import { verdictOfProof } from '../../../dump/proof/proof.ts';
import { type KnownReceipt, parseReceipt, readReceipts } from '../../../dump/receipts.ts';
import { dropScratch } from '../../../dump/sweep.ts';
import { ConfigurationError, explain, explainInLine } from '../../../runtime/errors.ts';
import { formatBytes, formatTime } from '../../../runtime/format.ts';
import type { Settings } from '../inputs.ts';
import type { Context } from '../ports.ts';
import { inspectObjects, type StoredFiles } from './objects.ts';
import type { KeptEngine, KeptPorts, KeptWork } from './ports.ts';
import { proveFiles } from './prove-files.ts';
import { notProven } from './result.ts';
import { writeProof } from './write.ts';

export async function proveAgain(settings: Settings, ports: KeptPorts, context: Context): Promise<void> {
  const { timeline, report } = context;
  report({ again: {} });
  const { key, receipt } = await timeline.step('Choose the dump', async (note) => {
    const chosen = await choose(settings, ports);
    note(`that of ${formatTime(chosen.receipt.takenAt)}`);
    return chosen;
  });
  report({
    again: { takenAt: receipt.takenAt },
    receiptLocation: s3Url({ bucket: settings.receiptBucket, key }),
    notes: receipt.notes,
    dump: { receipt: undefined, before: undefined, changes: [], warnings: [] },
  });
  const files = receipt.files.filter(({ kind }) => settings.prove.includes(kind));
  if (files.length === 0) throw noFile(receipt, settings);
  const stored = await timeline.step('Look for its objects', (note) => inspectObjects(receipt, files, ports, note));
  showPlan(planOf(receipt, files, stored), context);
  if (settings.dryRun) return report({ outcome: 'dry-run' });
  // Jobs of one run may prove several dumps of a source on one scratch server.
  const whose = `${receipt.source} ${receipt.takenAt}`;
  const opened = ports.open(receipt);
  await sweepScratch(opened, ports, context);
  const owner = scratchOwner(context.run, whose);
  const startedAt = context.clock.now();
  const work: KeptWork = { ...opened, settings, key, receipt, objects: ports.objects, context, owner, startedAt };
  await finish(work, [...stored.gone, ...(await proveThere(work, stored))], stored);
}

/** What keeps all of them from being proven is the result of each: whoever plans the next proofs must see that it was tried. */
async function proveThere(work: KeptWork, { there }: StoredFiles): Promise<readonly ProofRow[]> {
  const { engine, context, receipt } = work;
  if (there.length === 0) return [];
  try {
    await context.timeline.step('Find the tools', () => engine.openReceipt(receipt));
    return await proveFiles(work, there);
  } catch (error) {
    context.signal.throwIfAborted();
    const { what, likelyCause, fix } = explain(error);
    const row = { verdict: 'unproven', findings: [what], likelyCause, fix, restoreSeconds: 0, compared: 0 } as const;
    return there.map(({ kind }) => ({ kind, ...row }));
  }
}

async function choose(settings: Settings, { objects }: KeptPorts): Promise<KnownReceipt> {
  const { receiptBucket: bucket, source, proveAgain: wanted } = settings;
  const found = wanted.startsWith('receipts/')
    ? await readOne(objects, bucket, wanted)
    : await readReceipts(objects, bucket, source);
  const chosen = chooseDump(found, wanted);
  const { engine, source: its } = chosen.receipt;
  const problems = [
    ...(its === source ? [] : [`source: the receipt ${wanted} is of the source "${its}"; allowed: ${its}`]),
    ...(engine === settings.engine ? [] : [`engine: the dump is of ${engine}; allowed: ${engine}`]),
  ];
  if (problems.length > 0) throw new ConfigurationError({ what: 'this dump cannot be proven', problems });
  return chosen;
}

async function readOne(objects: KeptPorts['objects'], bucket: string, key: string): Promise<readonly KnownReceipt[]> {
  const receipt = parseReceipt(await objects.text({ bucket, key }));
  return receipt === undefined ? [] : [{ key, receipt }];
}

function noFile({ files }: DumpReceipt, { prove }: Settings): ConfigurationError {
  const kinds = files.map(({ kind }) => kind).join(', ');
  return new ConfigurationError({
    what: 'nothing can be proven',
    problems: [`prove: the dump has no file of ${prove.join(', ') || 'none'}; allowed: ${kinds}`],
  });
}

function planOf({ takenAt }: DumpReceipt, files: readonly DumpFile[], { gone }: StoredFiles): readonly PlanDecision[] {
  return [
    ...files.map((file): PlanDecision => {
      const missing = gone.find(({ kind }) => kind === file.kind);
      return missing
        ? { decision: `say that the ${file.kind} file is lost`, reason: missing.findings[0] ?? '' }
        : {
            decision: `restore the ${file.kind} file of ${formatTime(takenAt)} and compare it with its receipt`,
            reason: `${formatBytes(file.size)} in ${s3Url(file)}`,
          };
    }),
    { decision: 'write the result into its receipt and onto its objects', reason: 'the history of its proofs' },
  ];
}

function showPlan(plan: readonly PlanDecision[], { report, logger }: Context): void {
  report({ plan });
  for (const { decision, reason } of plan) logger.info(`${decision} (${reason})`);
}

async function sweepScratch({ engine }: KeptEngine, { runs }: KeptPorts, context: Context): Promise<void> {
  const { run, logger, signal } = context;
  try {
    for (const note of await dropScratch({ engine, runs }, run)) logger.info(note);
  } catch (error) {
    signal.throwIfAborted();
    logger.warning(`scratch databases of dead runs could not be removed: ${explainInLine(error)}`);
  }
}

async function finish(work: KeptWork, rows: readonly ProofRow[], stored: StoredFiles): Promise<void> {
  const { context, receipt } = work;
  const { clock, run, report } = context;
  const verdict = verdictOfProof(rows, rows.length);
  const found: DumpReceipt = { ...receipt, proof: rows, verdict };
  report({ dump: { receipt: found, before: undefined, changes: [], warnings: [] }, verdict });
  const now = clock.now();
  const seconds = (now.getTime() - work.startedAt.getTime()) / 1000;
  const proof = asProof(rows, { verdict, at: now.toISOString(), run, seconds });
  await writeProof(work, { proof, rows, files: stored.there });
  report({ outcome: 'done' });
  if (verdict !== 'good') throw notProven(found);
}
