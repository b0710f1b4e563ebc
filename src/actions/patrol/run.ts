/** A patrol: read all that is kept, decide what to prove now, and say what nobody has proven for too long. */
import type { BackupInventory, KeptBackup, PatrolReport, UnprovenReport, UnreadPart } from '../../domain/backup.ts';
import { parseReceipt } from '../../dump/receipts.ts';
import { BackupError } from '../../runtime/errors.ts';
import { formatDuration, formatTime, plural } from '../../runtime/format.ts';
import { readInventory } from '../../watch/inventory/inventory.ts';
import { type PatrolFinding, type PatrolOptions, type PatrolPlan, planPatrol } from '../../watch/patrol/patrol.ts';
import { unprovenOf } from '../../watch/patrol/unproven.ts';
import type { Settings } from './inputs.ts';
import { type Jobs, noJobs, withJob } from './jobs.ts';
import type { Context, Ports } from './ports.ts';

/** Findings and unread parts that the error names. */
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
  const hiding = hidingParts(inventory, region);
  const plan = planPatrol({
    backups: inventory.backups,
    now: clock.now(),
    options,
    random: ports.random,
    unprovable: (backup) => unprovable(backup, settings),
  });
  const unproven = unprovenIn(inventory, settings);
  report({
    plan: plan.prove.map(({ backup, reason, seconds }) => ({
      decision: `prove ${nameOf(backup)}`,
      reason: `${reason}; about ${formatDuration(seconds)}`,
    })),
    patrol: { ...reportOf(plan, inventory, options, hiding.length), unproven },
    notes: [...notesOf(plan, inventory, options), ...acceptedNotes(unproven)],
  });
  for (const { backup, reason } of plan.prove) context.logger.info(`prove ${nameOf(backup)} (${reason})`);
  if (settings.dryRun) report({ outcome: 'dry-run', jobs: noJobs });
  else report({ jobs: await jobsOf(plan, settings, ports) });
  if (plan.overdue.length + plan.altered.length > 0) throw notSafe(plan, hiding, days);
  if (hiding.length > 0) throw unread(hiding, days);
  if (!settings.dryRun) report({ outcome: 'done' });
}

function optionsOf({ days, budget, every, mostProofs }: Settings): PatrolOptions {
  return { days, budgetSeconds: budget, everySeconds: every, mostProofs };
}

function unprovenIn({ backups }: BackupInventory, settings: Settings): UnprovenReport {
  const accepted = new Set(settings.acceptUnproven);
  const found = unprovenOf({
    backups,
    unprovable: (backup) => unprovable(backup, settings),
    isAccepted: ({ region }) => accepted.has('all') || accepted.has(region),
  });
  return { account: settings.receiptBucket, ...found };
}

const acceptedNotes = ({ accepted }: UnprovenReport): readonly string[] =>
  accepted === 0 ? [] : [`accepted as unproven: ${plural(accepted, 'backup')} (input accept-unproven)`];

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

function reportOf(
  plan: PatrolPlan,
  { backups }: BackupInventory,
  options: PatrolOptions,
  hiding: number,
): PatrolReport {
  const unprovable = [...plan.unprovable.values()];
  return {
    kept: backups.length,
    chosen: plan.prove.length,
    overdue: plan.overdue.length,
    altered: plan.altered.length,
    unprovable: unprovable.reduce((sum, { count }) => sum + count, 0),
    unprovableOld: unprovable.reduce((sum, { old }) => sum + old, 0),
    unread: hiding,
    oldestDays: plan.oldestDays,
    days: options.days,
    neededSeconds: plan.neededSeconds,
    budgetSeconds: options.budgetSeconds,
  };
}

function notesOf(
  plan: PatrolPlan,
  { unread }: BackupInventory,
  { budgetSeconds, mostProofs, days }: PatrolOptions,
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
    ...[...plan.unprovable].map(
      ([reason, { count, old }]) =>
        `not proven: ${plural(count, 'backup')}, since ${reason}${old === 0 ? '' : `; ${old} of them not for more than ${days} days`}`,
    ),
    ...unread.map(unreadText),
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

function notSafe({ overdue, altered }: PatrolPlan, hiding: readonly UnreadPart[], days: number): BackupError {
  const all = [...altered, ...overdue];
  const parts = [
    ...(altered.length > 0
      ? [`${plural(altered.length, 'kept backup is', 'kept backups are')} not what they were`]
      : []),
    ...(overdue.length > 0
      ? [`the last proof of ${plural(overdue.length, 'kept backup')} is older than ${days} days`]
      : []),
    ...(hiding.length > 0 ? [`${plural(hiding.length, 'part')} of the account could not be read`] : []),
  ];
  return new BackupError({
    what: parts.join(', and '),
    likelyCause:
      altered.length > 0
        ? 'somebody, or a rule of the bucket, deleted or replaced what a receipt names'
        : 'the budget is too small, runs were missed, or the proofs fail',
    fix: 'docs/runbook.md#kept-backups-are-not-proven',
    detail: detailOf([
      ...hiding.map(unreadText),
      ...all.map(({ backup, what }: PatrolFinding) => `${nameOf(backup)}: ${what}`),
    ]),
    code: 'patrol',
  });
}

function detailOf(lines: readonly string[]): string {
  const more = lines.length > maxNamed ? [`and ${lines.length - maxNamed} more`] : [];
  return [...lines.slice(0, maxNamed), ...more].join('\n');
}

/**
 * What could not be read, and may hide a backup that is lost or old. An organisation's service control policy that denies a region denies
 * it to who makes backups, too: it hides something only where backups are known to be.
 */
function hidingParts({ unread, backups }: BackupInventory, home: string): readonly UnreadPart[] {
  const known = new Set([home, ...backups.flatMap(({ region, copyOf }) => [region, copyOf?.region])]);
  return unread.filter(
    ({ region, reason }) => region === undefined || known.has(region) || !/service control policy/i.test(reason),
  );
}

function unread(parts: readonly UnreadPart[], days: number): BackupError {
  const [first] = parts;
  const more = parts.length > 1 ? `, and ${parts.length - 1} more` : '';
  return new BackupError({
    what: `nobody knows whether every kept backup is what it was and proven within ${days} days: ${first?.what} could not be read${more}`,
    likelyCause: 'the role lacks a permission, receipt-bucket is another bucket, or a receipt is damaged',
    fix: 'give the role holdfast-watch, which may read all of it (docs/watching.md#the-patrol); of a damaged receipt, restore an older version',
    detail: detailOf(parts.map(unreadText)),
    code: 'patrol',
  });
}

const unreadText = ({ what, reason }: UnreadPart): string => `could not be read: ${what}: ${reason}`;
