/** A patrol: read all that is kept, decide what to prove now, and say what nobody has proven for too long. */
import type { BackupInventory, KeptBackup, PatrolReport } from '../../domain/backup.ts';
import { parseReceipt } from '../../dump/receipts.ts';
import { BackupError } from '../../runtime/errors.ts';
import { formatDuration, formatTime, plural } from '../../runtime/format.ts';
import { readInventory } from '../../watch/inventory/inventory.ts';
import { type PatrolFinding, type PatrolOptions, type PatrolPlan, planPatrol } from '../../watch/patrol/patrol.ts';
import type { Settings } from './inputs.ts';
import { type Jobs, noJobs, withJob } from './jobs.ts';
import type { Context, Ports } from './ports.ts';

/** Findings that the error names. */
const maxNamed = 20;

export async function run(settings: Settings, ports: Ports, context: Context): Promise<void> {
  const { timeline, report, clock } = context;
  const { awsRegion: region, receiptBucket, days } = settings;
  const inventory = await timeline.step('Read all kept backups', async (note) => {
    const read = await readInventory({ region, receiptBucket }, ports, context);
    note(plural(read.backups.length, 'kept backup'));
    return read;
  });
  const options = optionsOf(settings);
  const plan = planPatrol({
    backups: inventory.backups,
    now: clock.now(),
    options,
    random: ports.random,
    unprovable: (backup) => unprovable(backup, settings),
  });
  report({
    plan: plan.prove.map(({ backup, reason, seconds }) => ({
      decision: `prove ${nameOf(backup)}`,
      reason: `${reason}; about ${formatDuration(seconds)}`,
    })),
    patrol: reportOf(plan, inventory, options),
    notes: notesOf(plan, inventory, options),
  });
  for (const { backup, reason } of plan.prove) context.logger.info(`prove ${nameOf(backup)} (${reason})`);
  if (settings.dryRun) report({ outcome: 'dry-run', jobs: noJobs });
  else report({ jobs: await jobsOf(plan, settings, ports) });
  if (inventory.backups.length === 0 && inventory.unread.length > 0) throw unread(inventory);
  if (plan.overdue.length + plan.altered.length > 0) throw notSafe(plan, days);
  if (!settings.dryRun) report({ outcome: 'done' });
}

function optionsOf({ days, budget, every, mostProofs }: Settings): PatrolOptions {
  return { days, budgetSeconds: budget, everySeconds: every, mostProofs };
}

/** Why it is not proven here; the reason says what to set. */
export function unprovable(
  { kind, copyOf, receiptKey, region, unprovable: reason }: KeptBackup,
  { verifiers }: Pick<Settings, 'verifiers'>,
): string | undefined {
  if (reason !== undefined) return reason;
  const needsReceipt = kind !== 'rotation-snapshot' && receiptKey === undefined;
  if (needsReceipt) return copyOf ? 'the receipt of its primary is not known' : 'it has no receipt to be compared with';
  const needsHost = kind === 'rotation-snapshot' || copyOf !== undefined;
  return needsHost && verifiers[region] === undefined
    ? `${copyOf ? 'copies' : 'snapshots of the rotation'} in ${region} need a verification host there: name one (input verifiers, HOLDFAST_VERIFIERS)`
    : undefined;
}

async function jobsOf({ prove }: PatrolPlan, { receiptBucket, ...given }: Settings, { objects }: Ports): Promise<Jobs> {
  let jobs = noJobs;
  for (const { backup } of prove) {
    if (backup.kind !== 'database-dump') {
      jobs = withJob(jobs, { backup, receipt: undefined }, given);
      continue;
    }
    const receipt = parseReceipt(await objects.text({ bucket: receiptBucket, key: backup.id }));
    // Its retention has deleted it meanwhile.
    if (receipt !== undefined) jobs = withJob(jobs, { backup, receipt }, given);
  }
  return jobs;
}

function reportOf(plan: PatrolPlan, { backups }: BackupInventory, options: PatrolOptions): PatrolReport {
  return {
    kept: backups.length,
    chosen: plan.prove.length,
    overdue: plan.overdue.length,
    altered: plan.altered.length,
    oldestDays: plan.oldestDays,
    days: options.days,
    neededSeconds: plan.neededSeconds,
    budgetSeconds: options.budgetSeconds,
  };
}

function notesOf(
  plan: PatrolPlan,
  { unread }: BackupInventory,
  { budgetSeconds, mostProofs }: PatrolOptions,
): readonly string[] {
  return [
    ...(plan.neededSeconds > budgetSeconds
      ? [
          `the budget is too small to keep every proof young enough: it is ${formatDuration(budgetSeconds)}, and ${formatDuration(plan.neededSeconds)} are needed in each run (input budget)`,
        ]
      : []),
    ...(plan.overdue.length > mostProofs
      ? [`more backups are overdue than a run proves (input most-proofs: ${mostProofs})`]
      : []),
    ...[...plan.unprovable].map(([reason, count]) => `not proven: ${plural(count, 'backup')}, since ${reason}`),
    ...unread.map(({ what, reason }) => `could not be read: ${what}: ${reason}`),
  ];
}

const kinds = {
  'database-dump': 'the dump',
  'volume-snapshot': 'the snapshot',
  'rotation-snapshot': 'the snapshot',
} as const;

function nameOf({ kind, source, takenAt, id, region }: KeptBackup): string {
  const where = kind === 'database-dump' ? '' : ` (${id} in ${region})`;
  return `${kinds[kind]} of ${source} of ${formatTime(takenAt)}${where}`;
}

function notSafe({ overdue, altered }: PatrolPlan, days: number): BackupError {
  const all = [...altered, ...overdue];
  const shown = all.slice(0, maxNamed).map(({ backup, what }: PatrolFinding) => `${nameOf(backup)}: ${what}`);
  const more = all.length > shown.length ? [`and ${all.length - shown.length} more`] : [];
  const parts = [
    ...(altered.length > 0
      ? [`${plural(altered.length, 'kept backup is', 'kept backups are')} not what they were`]
      : []),
    ...(overdue.length > 0
      ? [`the last proof of ${plural(overdue.length, 'kept backup')} is older than ${days} days`]
      : []),
  ];
  return new BackupError({
    what: parts.join(', and '),
    likelyCause:
      altered.length > 0
        ? 'somebody, or a rule of the bucket, deleted or replaced what a receipt names'
        : 'the budget is too small, runs were missed, or the proofs fail',
    fix: 'docs/runbook.md#kept-backups-are-not-proven',
    detail: [...shown, ...more].join('\n'),
    code: 'patrol',
  });
}

function unread({ unread: parts }: BackupInventory): BackupError {
  return new BackupError({
    what: `nothing could be read: ${parts[0]?.what}: ${parts[0]?.reason}`,
    likelyCause: 'the role lacks a permission, or receipt-bucket is another bucket',
    fix: 'give the role that dumps, or one that may read the receipts (docs/watching.md#the-patrol)',
    code: 'patrol',
  });
}
