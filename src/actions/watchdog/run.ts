/** A look at all backups: read what exists and what is promised, decide, tell. */
import type { WatchReport } from '../../domain/watching.ts';
import { BackupError, explain, explainInLine } from '../../runtime/errors.ts';
import { plural } from '../../runtime/format.ts';
import { enough } from '../../watch/inventory/enough.ts';
import { readInventory } from '../../watch/inventory/inventory.ts';
import type { Sufficient } from '../../watch/inventory/read-receipts.ts';
import { keepPromises } from '../../watch/promises/keep.ts';
import { readPromises } from '../../watch/promises/read.ts';
import { watch } from '../../watch/watchdog/watchdog.ts';
import type { Settings } from './inputs.ts';
import { keepMetrics } from './metrics.ts';
import { keepPage } from './page.ts';
import type { Context, Ports } from './ports.ts';
import { reportOf } from './rows.ts';

/** Receipts that the status page shows at least, of all sources together: a look every hour reads them each time. */
const forPage = 5000;

const sufficientFor = ({ statusPage }: Settings): Sufficient => ({
  enough,
  atLeast: statusPage === 'none' ? 0 : forPage,
});

/** @throws BackupError when it cannot be said of a source whether its backup is missing; what was found is told all the same */
export async function run(settings: Settings, ports: Ports, context: Context): Promise<void> {
  const { timeline, report, clock, logger } = context;
  const { receiptBucket } = settings;
  const inventory = await timeline.step('Read the backups', () =>
    readInventory({ region: settings.awsRegion, receiptBucket, sufficient: sufficientFor(settings) }, ports, context),
  );
  const promises = await timeline.step('Read what is promised', () =>
    readPromises({ ...settings, repository: ports.repository }, ports, inventory, context),
  );
  const now = clock.now();
  const watched = watch({ promises: promises.sources, inventory, now });
  const found = reportOf(watched, promises, inventory);
  report({ watch: found });
  for (const { what } of found.troubles) logger.warning(what);
  if (settings.dryRun) {
    await keepPage(settings, ports, context, { promises, inventory, now });
    report({ outcome: 'dry-run' });
    return;
  }
  if (promises.changed)
    await timeline.step('Keep the promises', () =>
      keepPromises(ports.objects, receiptBucket, ports.repository, promises.sources, now),
    );
  await keepPage(settings, ports, context, { promises, inventory, now });
  await keepMetrics(settings, ports, context, { watched, promises, inventory, now });
  const issuesError = await keepIssues(found, ports, context);
  const unknown = found.rows.filter(({ state }) => state === 'unknown');
  const [first] = unknown;
  if (first !== undefined)
    throw new BackupError({
      what: `${issuesError === undefined ? '' : `${explainInLine(issuesError)}; and `}nobody can say whether ${plural(unknown.length, 'source')} of ${found.rows.length} ${unknown.length === 1 ? 'is' : 'are'} backed up; the first: ${first.source}: ${first.why}`,
      fix: 'docs/watching.md, "What it may read"',
      code: 'not-readable',
    });
  if (issuesError !== undefined) throw issuesError;
  report({ outcome: 'done' });
}

/**
 * Where they are turned off, or GitHub does not answer, every trouble counts as told by this run, so that the message names it.
 * @returns why the issues could not be kept: nobody hears of a missing backup by them
 */
async function keepIssues(found: WatchReport, { issues }: Ports, context: Context): Promise<BackupError | undefined> {
  const { timeline, report, signal } = context;
  if (issues === undefined) {
    report({
      watch: { ...found, told: found.troubles },
      notes: ['no issue is opened or closed, because github-token is empty'],
    });
    return undefined;
  }
  try {
    const told = await timeline.step('Keep the issues', () => issues(found));
    report({ watch: { ...found, told } });
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    report({ watch: { ...found, told: found.troubles } });
    const { what, likelyCause, fix, detail } = explain(error);
    return new BackupError({
      what: `the issues of the watchdog could not be kept: ${what}`,
      likelyCause,
      fix,
      detail,
      cause: error,
    });
  }
}
