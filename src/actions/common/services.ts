/** What actions and their post steps reach: the AWS session, hosts through SSM, and runs on GitHub. */
import type { Identity } from '../../adapters/aws/credentials.ts';
import { SsmHosts } from '../../adapters/aws/hosts.ts';
import { AwsSession } from '../../adapters/aws/session.ts';
import { createClient } from '../../adapters/github/client.ts';
import { createRuns, unknownRuns } from '../../adapters/github/runs.ts';
import { getIdToken, logger } from '../../adapters/github/toolkit.ts';
import type { RunIdentity } from '../../domain/run.ts';
import type { Runs } from '../../ports/github.ts';
import type { ActionName } from '../../report/report.ts';
import { systemClock } from '../../runtime/clock.ts';
import { version } from '../../runtime/version.ts';
import type { AccessSettings, ReportSettings } from './inputs.ts';

/** A session in a region, with the role and the time limit of the settings. */
export function openSession(
  action: ActionName,
  settings: Pick<AccessSettings, 'roleToAssume' | 'roleFrom' | 'apiTimeout' | 'transferTimeout'>,
  region: string,
  run: RunIdentity,
): AwsSession {
  const roleArn = settings.roleToAssume;
  return new AwsSession({
    region,
    identity: roleArn === '' ? undefined : identityOf(roleArn, settings.roleFrom, sessionName(action, run)),
    apiTimeoutSeconds: settings.apiTimeout,
    transferTimeoutSeconds: settings.transferTimeout,
    userAgent: `holdfast/${version} ${action}/${run.id}`,
    clock: systemClock,
    logger,
  });
}

/** The role, assumed with the job's token, or with the access keys of the environment. */
function identityOf(roleArn: string, from: AccessSettings['roleFrom'], name: string): Identity {
  if (from === 'token') return { roleArn, sessionName: name, from: () => getIdToken('sts.amazonaws.com') };
  const { AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '', AWS_SESSION_TOKEN } = process.env;
  const keys = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY };
  return {
    roleArn,
    sessionName: name,
    from: { ...keys, ...(AWS_SESSION_TOKEN ? { sessionToken: AWS_SESSION_TOKEN } : {}) },
  };
}

/** Hosts, reached through the stack's SSM documents. */
export function openHosts(
  session: AwsSession,
  action: ActionName,
  settings: Pick<AccessSettings, 'ssmDocuments'>,
  run: RunIdentity,
): SsmHosts {
  const comment = commandComment(action, run);
  return new SsmHosts(session, { documents: settings.ssmDocuments, clock: systemClock, logger, comment });
}

/** The runs of this repository; without a token nobody can say whether one is over. */
export function openRuns(settings: Pick<ReportSettings, 'githubToken'>): Runs {
  const token = settings.githubToken;
  return token === '' ? unknownRuns(logger) : createRuns(createClient({ token }), logger);
}

/** Sent with every command, so that the host's SSM history names the run. */
export function commandComment(action: ActionName, run: RunIdentity): string {
  return `${action} ${run.url.replace('https://', '')}`;
}

/** STS allows 2 to 64 characters of `\w+=,.@-`. */
function sessionName(action: ActionName, run: RunIdentity): string {
  return `holdfast-${action}-${run.id}-${run.attempt}`.replace(/[^\w+=,.@-]/g, '-').slice(0, 64);
}
