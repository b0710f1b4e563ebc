/** Wires anonymize to files and S3, and starts it. */
import '../../runtime/stream-heap.ts';

import { S3Objects } from '../../adapters/aws/objects.ts';
import { openSession } from '../common/services.ts';
import { startAction } from '../common/start.ts';
import { inputs, type Settings } from './inputs.ts';
import { type Findings, proposalPath } from './ports.ts';
import { run } from './run.ts';

await startAction<Settings, Findings>({
  name: 'anonymize',
  inputs,
  source: ({ source, from }) => source || from,
  dryRun: ({ dryRun, audit }) => dryRun || audit,
  outputs: ({ masked, outcome }, { to, audit }) => ({
    'proposed-rules': audit && outcome !== undefined ? proposalPath() : undefined,
    ...(masked === undefined
      ? {}
      : {
          to,
          changes: String(masked.counts.reduce((sum, { count }) => sum + count, 0)),
          findings: String(masked.findings.length),
        }),
  }),
  run: (settings, context) => {
    let opened: S3Objects | undefined;
    const objects = (): S3Objects => {
      opened ??= new S3Objects(openSession('anonymize', settings, settings.awsRegion, context.run), context);
      return opened;
    };
    return run(settings, { objects }, context);
  },
});
