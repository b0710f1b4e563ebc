/** Wires anonymize to files, S3 and GitHub, and starts it. */
import '../../runtime/stream-heap.ts';

import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Objects } from '../../adapters/aws/objects.ts';
import { logger, maskSecret, readInput, setFailed, setOutput } from '../../adapters/github/toolkit.ts';
import { systemClock } from '../../runtime/clock.ts';
import { renderError } from '../../runtime/errors.ts';
import { Timeline } from '../../runtime/timeline.ts';
import { tell } from '../common/reporting.ts';
import { channels, identity, openSession } from '../common/wiring.ts';
import { type AnonymizeInputs, parseInputs } from './inputs.ts';
import { type Findings, run } from './run.ts';

async function start(inputs: AnonymizeInputs): Promise<void> {
  for (const secret of ['github-token', 'slack-webhook-url', 'datadog-api-key', 'key'] as const)
    maskSecret(inputs[secret]);
  const proposal = join(process.env.RUNNER_TEMP || tmpdir(), 'proposed-rules.yml');
  const timeline = new Timeline(systemClock, logger);
  await tell<Findings>(
    {
      action: 'anonymize',
      source: inputs.source || inputs.from,
      run: identity(),
      runbookUrl: inputs['runbook-url'],
      dryRun: inputs['dry-run'] || inputs.audit,
      timeline,
      clock: systemClock,
      channels: channels({ ...inputs, 'ssm-documents': '' }),
    },
    (signal, found) => {
      const session = () => openSession('anonymize', inputs, inputs['aws-region']);
      let objects: S3Objects | undefined;
      return run(
        {
          from: inputs.from,
          to: inputs.to,
          schema: inputs.schema,
          rules: inputs.rulesFile,
          strict: inputs.rules !== '',
          key: inputs.key === '' ? randomBytes(32) : Buffer.from(inputs.key),
          level: inputs['compression-level'],
          requireFooter: inputs.footer === 'required',
          audit: inputs.audit,
          proposal,
          dryRun: inputs['dry-run'],
        },
        {
          objects: () => {
            objects ??= new S3Objects(session(), { logger, signal });
            return objects;
          },
          clock: systemClock,
          logger,
          timeline,
          signal,
          found: (facts) => {
            found(facts);
            if (inputs.audit) setOutput('proposed-rules', proposal);
            if (facts.masked === undefined) return;
            setOutput('to', inputs.to);
            setOutput('changes', String(facts.masked.counts.reduce((sum, one) => sum + one.count, 0)));
            setOutput('findings', String(facts.masked.findings.length));
          },
        },
      );
    },
  );
}

try {
  await start(parseInputs(readInput));
} catch (error) {
  setFailed(renderError(error));
}
