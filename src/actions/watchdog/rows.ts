/** What the watchdog decided, as the report shows it. */
import type { BackupInventory } from '../../domain/backup.ts';
import type { SourceTrouble, WatchedRow, WatchReport } from '../../domain/watching.ts';
import { showDuration } from '../../runtime/inputs.ts';
import { keyOf, type Targets } from '../../watch/promises/promise.ts';
import type { PromisesNow } from '../../watch/promises/read.ts';
import { troublesOf } from '../../watch/watchdog/troubles.ts';
import type { WatchedSource } from '../../watch/watchdog/watched.ts';

const workflowFiles = 'workflow files';

export function reportOf(
  watched: readonly WatchedSource[],
  promises: Omit<PromisesNow, 'sources' | 'text' | 'changed'>,
  inventory: Pick<BackupInventory, 'unread'>,
): WatchReport {
  return {
    rows: watched.map(rowOf),
    troubles: [...watched.flatMap(troublesOf), ...faultsOf(promises)],
    problems: promises.problems,
    notLookedInto: promises.notLookedInto,
    unjudged: promises.unwatched === undefined ? [workflowFiles] : [],
    unread: [...promises.unread, ...inventory.unread].map(({ what, reason }) => `${what}: ${reason}`),
  };
}

type Faults = Pick<PromisesNow, 'targetFaults' | 'unwatched'>;

/** The targets have one issue, whatever is wrong in them, and so have workflow files. */
function faultsOf({ targetFaults, unwatched = [] }: Faults): readonly SourceTrouble[] {
  const inTargets = {
    key: 'targets',
    source: 'targets',
    failure: 'to-correct',
    what: `something in targets has no effect, and what cannot be understood is as it was before: ${targetFaults.join('; ')}`,
    fix: 'correct the repository variable HOLDFAST_TARGETS, or the input targets (docs/watching.md, "Targets")',
  };
  const inFiles = {
    key: workflowFiles,
    source: workflowFiles,
    failure: 'to-correct',
    what: `backups that nobody watches: ${unwatched.join('; ')}`,
    fix: 'name each in targets, with its cron and workflow (docs/watching.md, "Targets"), or write its name into the workflow file',
  };
  return [...(targetFaults.length > 0 ? [inTargets] : []), ...(unwatched.length > 0 ? [inFiles] : [])];
}

function rowOf({ promised, newest, proven, due, next, failures, late, unknown, notes }: WatchedSource): WatchedRow {
  return {
    key: keyOf(promised),
    source: promised.source,
    kind: promised.kind,
    instanceId: promised.instanceId,
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
