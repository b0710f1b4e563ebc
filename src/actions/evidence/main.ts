/** Wires evidence to AWS and GitHub, and starts it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createEc2Regions } from '../../adapters/aws/ec2-regions.ts';
import { S3Objects } from '../../adapters/aws/objects.ts';
import { createClient } from '../../adapters/github/client.ts';
import { createReader } from '../../adapters/github/reader.ts';
import { logger } from '../../adapters/github/toolkit.ts';
import { tagsToKeep } from '../../watch/inventory/from-snapshot.ts';
import { openSession } from '../common/services.ts';
import { startAction } from '../common/start.ts';
import { inputs, type Settings } from './inputs.ts';
import type { Context, Findings, Ports } from './ports.ts';
import { run } from './run.ts';

await startAction<Settings, Findings>({
  name: 'evidence',
  inputs,
  source: () => 'the evidence of backups',
  outputs: ({ folder, period, gaps }) => ({ folder, period, gaps: gaps === undefined ? undefined : String(gaps) }),
  run: (settings, context) => run(settings, openPorts(settings, context), context),
});

function openPorts(settings: Settings, { run: own, signal }: Context): Ports {
  const home = settings.awsRegion;
  const open = (region: string) => openSession('evidence', settings, region, own);
  const session = open(home);
  const { githubToken: token } = settings;
  return {
    objects: new S3Objects(session, { logger, signal }),
    regions: createEc2Regions({
      session: (region) => (region === home ? session : open(region)),
      home,
      tagsToKeep,
      signal,
    }),
    github: token === '' ? { reason: 'github-token is empty.' } : createReader(createClient({ token })),
    write: (files) => {
      mkdirSync(settings.folder, { recursive: true });
      for (const { name, text } of files) writeFileSync(join(settings.folder, name), text);
      return settings.folder;
    },
  };
}
