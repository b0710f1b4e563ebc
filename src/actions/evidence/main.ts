/** Wires evidence to AWS and GitHub, and starts it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTrails } from '../../adapters/aws/trail.ts';
import { createClient } from '../../adapters/github/client.ts';
import { createReader } from '../../adapters/github/reader.ts';
import { openAllBackups } from '../common/all-backups.ts';
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

function openPorts(settings: Settings, context: Context): Ports {
  const { githubToken: token } = settings;
  return {
    ...openAllBackups('evidence', settings, context),
    trails: createTrails((region) => openSession('evidence', settings, region, context.run), context.signal),
    github: token === '' ? { reason: 'github-token is empty.' } : createReader(createClient({ token })),
    write: (files) => {
      mkdirSync(settings.folder, { recursive: true });
      for (const { name, text } of files) writeFileSync(join(settings.folder, name), text);
      return settings.folder;
    },
  };
}
