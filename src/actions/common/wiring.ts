/** What every action is wired from: who runs, the AWS session, the ports on it, and where reports go. */
import { Ec2Compute } from '../../adapters/aws/compute.ts';
import { SsmHosts } from '../../adapters/aws/hosts.ts';
import { S3Receipts } from '../../adapters/aws/receipts.ts';
import { AwsSession } from '../../adapters/aws/session.ts';
import { createClient } from '../../adapters/github/client.ts';
import { createRuns, unknownRuns } from '../../adapters/github/runs.ts';
import { currentRun, getIdToken, logger, maskSecret } from '../../adapters/github/toolkit.ts';
import type { Channels } from '../../adapters/notify/publish.ts';
import type { RunIdentity } from '../../domain/run.ts';
import type { Runs } from '../../ports/github.ts';
import { systemClock } from '../../runtime/clock.ts';
import { Timeline } from '../../runtime/timeline.ts';
import { version } from '../../runtime/version.ts';

/** The inputs that every action has, parsed. */
export interface SharedInputs {
  readonly 'role-to-assume': string;
  readonly 'aws-region': string;
  readonly 'api-timeout': number;
  readonly 'ssm-documents': string;
  readonly 'github-token': string;
  readonly 'slack-webhook-url': string;
  readonly 'datadog-api-key': string;
  readonly 'datadog-site': string;
}

export function identity(): RunIdentity {
  return currentRun();
}

export interface Wiring {
  readonly session: AwsSession;
  readonly hosts: SsmHosts;
  readonly runs: Runs;
  readonly timeline: Timeline;
  readonly run: RunIdentity;
  compute(signal?: AbortSignal): Ec2Compute;
}

export function wire(action: string, inputs: SharedInputs): Wiring {
  for (const secret of ['github-token', 'slack-webhook-url', 'datadog-api-key'] as const) maskSecret(inputs[secret]);
  const run = identity();
  const session = openSession(action, inputs, inputs['aws-region']);
  return {
    session,
    hosts: new SsmHosts(session, {
      documents: inputs['ssm-documents'],
      clock: systemClock,
      logger,
      comment: commentOf(action, run),
    }),
    runs:
      inputs['github-token'] === '' ? unknownRuns : createRuns(createClient({ token: inputs['github-token'] }), logger),
    timeline: new Timeline(systemClock, logger),
    run,
    compute: (signal) => new Ec2Compute(session, signal),
  };
}

/** A session in a region, with the role and time limit of the inputs. */
export function openSession(
  action: string,
  inputs: Pick<SharedInputs, 'role-to-assume' | 'api-timeout'>,
  region: string,
): AwsSession {
  const run = identity();
  const role = inputs['role-to-assume'];
  return new AwsSession({
    region,
    identity:
      role === ''
        ? undefined
        : { roleArn: role, sessionName: sessionName(action, run), token: () => getIdToken('sts.amazonaws.com') },
    apiTimeoutSeconds: inputs['api-timeout'],
    userAgent: `holdfast/${version} ${action}/${run.id}`,
    clock: systemClock,
    logger,
  });
}

/** Where the receipts of the inputs are. */
export function receiptsOf(session: AwsSession, inputs: { readonly 'receipt-bucket': string }): S3Receipts {
  return new S3Receipts(session, inputs['receipt-bucket']);
}

/** Said with every command on a host. */
export function commentOf(action: string, run: RunIdentity): string {
  return `${action} ${run.url.replace('https://', '')}`;
}

/** STS allows 2 to 64 characters of `\w+=,.@-`. */
function sessionName(action: string, run: RunIdentity): string {
  return `holdfast-${action}-${run.id}-${run.attempt}`.replace(/[^\w+=,.@-]/g, '-').slice(0, 64);
}

export function channels(inputs: SharedInputs): Channels {
  return {
    clock: systemClock,
    logger,
    githubToken: inputs['github-token'],
    repository: process.env.GITHUB_REPOSITORY ?? '',
    slackWebhookUrl: inputs['slack-webhook-url'],
    datadogApiKey: inputs['datadog-api-key'],
    datadogSite: inputs['datadog-site'],
  };
}
