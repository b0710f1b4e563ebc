/** The status page of what this run found. */
import { explainInLine } from '../../runtime/errors.ts';
import { plural } from '../../runtime/format.ts';
import { version } from '../../runtime/version.ts';
import { historyKey, makeStatus } from '../../watch/status/status.ts';
import { type Found, ofAllRepositories } from './found.ts';
import type { Settings } from './inputs.ts';
import type { Context, Ports } from './ports.ts';

/** Writes the page, unless none is wanted. What fails is a warning: a page never costs the watch. */
export async function keepPage(settings: Settings, ports: Ports, context: Context, found: Found): Promise<void> {
  if (settings.statusPage === 'none') return;
  const { timeline, report, logger } = context;
  try {
    const { html, warnings } = await timeline.step('Write the status page', () =>
      makeStatus(requestOf(settings, ports, found), ports.objects, context),
    );
    for (const warning of warnings) logger.warning(warning);
    const { older = 0, backups } = found.inventory;
    if (older > 0)
      logger.info(
        `the status page shows the newest ${backups.length} backups; ${plural(older, 'older receipt')} were not read, and their days are those of ${historyKey}`,
      );
    report({ page: ports.writePage(html) });
  } catch (error) {
    context.signal.throwIfAborted();
    logger.warning(`there is no status page: ${explainInLine(error)}`);
  }
}

/** One page for the account: also what other repositories promise is on it. */
function requestOf(
  { receiptBucket, statusPage, timeZone, dryRun }: Settings,
  { links, repository }: Ports,
  found: Found,
): Parameters<typeof makeStatus>[0] {
  const server = links.repositoryUrl?.slice(0, -repository.length);
  const { promises, inventory, now } = found;
  return {
    watched: {
      repositories: ofAllRepositories(found).map(({ name, sources }) => ({
        url: server && `${server}${name}`,
        sources,
      })),
      inventory,
      problems: [...promises.unread.map(({ what, reason }) => `${what}: ${reason}`), ...promises.problems],
      now,
      settings: { ...links, title: repository, timeZone, receiptBucket, writtenBy: `Holdfast ${version}` },
    },
    receiptBucket,
    remember: !dryRun,
    publish: statusPage === 'bucket' && !dryRun,
  };
}
