/** What the watchdog decided, as the report shows it. */
import type { BackupInventory } from '../../domain/backup.ts';
import type { SourceTrouble, WatchedRow, WatchReport } from '../../domain/watching.ts';
import { showDuration } from '../../runtime/inputs.ts';
import { keyOf, type Targets } from '../../watch/promises/promise.ts';
import type { PromisesNow } from '../../watch/promises/read.ts';
import { troublesOf } from '../../watch/watchdog/troubles.ts';
import type { WatchedSource } from '../../watch/watchdog/watched.ts';

export function reportOf(
  watched: readonly WatchedSource[],
  promises: Pick<PromisesNow, 'problems' | 'targetFaults' | 'unread'>,
  inventory: Pick<BackupInventory, 'unread'>,
): WatchReport {
  return {
    rows: watched.map(rowOf),
    troubles: [...watched.flatMap(troublesOf), ...faultsOf(promises)],
    problems: promises.problems,
    unread: [...promises.unread, ...inventory.unread].map(({ what, reason }) => `${what}: ${reason}`),
  };
}

/** The targets have one issue, whatever is wrong in them. */
function faultsOf({ targetFaults }: Pick<PromisesNow, 'targetFaults'>): readonly SourceTrouble[] {
  if (targetFaults.length === 0) return [];
  return [
    {
      key: 'targets',
      source: 'targets',
      failure: 'to-correct',
      what: `targets cannot be understood, so the last ones that could be are in force: ${targetFaults.join('; ')}`,
      fix: 'correct the repository variable HOLDFAST_TARGETS, or the input targets (docs/watching.md, "Targets")',
    },
  ];
}

function rowOf({ promised, newest, proven, due, next, failures, late, unknown, notes }: WatchedSource): WatchedRow {
  return {
    key: keyOf(promised),
    source: promised.source,
    kind: promised.kind,
    state: unknown !== undefined ? 'unknown' : failures.length > 0 ? 'failed' : 'good',
    newest: newest?.takenAt,
    proven: proven?.takenAt,
    due,
    next,
    target: targetWords(promised.targets),
    why:
      [...(unknown === undefined ? [] : [unknown]), ...failures.map(({ what }) => what), ...(notes ?? [])].join('; ') ||
      (late ?? ''),
  };
}

function targetWords({ allowanceSeconds, rpoSeconds, rtoSeconds }: Targets): string {
  return [
    `within ${showDuration(allowanceSeconds)}`,
    ...(rpoSeconds === undefined ? [] : [`newest proven ${showDuration(rpoSeconds)}`]),
    ...(rtoSeconds === undefined ? [] : [`restore ${showDuration(rtoSeconds)}`]),
  ].join('; ');
}
