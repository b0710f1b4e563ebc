/** Wires watchdog to AWS and GitHub, and starts it. */
import { createEc2Regions } from '../../adapters/aws/ec2-regions.ts';
import { S3Objects } from '../../adapters/aws/objects.ts';
import { createClient } from '../../adapters/github/client.ts';
import { createReader } from '../../adapters/github/reader.ts';
import { currentRepository, logger, ownPage } from '../../adapters/github/toolkit.ts';
import { syncWatchIssues } from '../../adapters/github/watch-issues.ts';
import { systemClock } from '../../runtime/clock.ts';
import { tagsToKeep } from '../../watch/inventory/from-snapshot.ts';
import { openSession } from '../common/services.ts';
import { startAction } from '../common/start.ts';
import { inputs, type Settings } from './inputs.ts';
import type { Context, Findings, Ports } from './ports.ts';
import { run } from './run.ts';

await startAction<Settings, Findings>({
  name: 'watchdog',
  inputs,
  source: () => 'the watch over all backups',
  outputs: ({ watch }) => {
    if (watch === undefined) return {};
    const { rows, troubles } = watch;
    const worst = (['failed', 'unknown'] as const).find((state) => rows.some((one) => one.state === state));
    return {
      report: JSON.stringify(rows),
      status: worst ?? 'good',
      missing: String(troubles.filter(({ failure }) => failure === 'missing').length),
    };
  },
  run: (settings, context) => run(settings, openPorts(settings, context), context),
});

function openPorts(settings: Settings, { run: own, signal }: Context): Ports {
  const home = settings.awsRegion;
  const open = (region: string) => openSession('watchdog', settings, region, own);
  const session = open(home);
  const { githubToken: token } = settings;
  const octokit = token === '' ? undefined : createClient({ token });
  const repository = currentRepository();
  return {
    objects: new S3Objects(session, { logger, signal }),
    regions: createEc2Regions({
      session: (region) => (region === home ? session : open(region)),
      home,
      tagsToKeep,
      signal,
    }),
    github: octokit && createReader(octokit),
    issues:
      octokit &&
      ((watch) =>
        syncWatchIssues({ octokit, repository, clock: systemClock, signal, logger }, watch, {
          runUrl: own.url,
          runbookUrl: settings.runbookUrl || ownPage('docs/runbook.md'),
        })),
    repository,
  };
}
