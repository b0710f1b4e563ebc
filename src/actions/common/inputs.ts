/** Inputs that every action has, and the patterns they share. */

import { containerPattern, hostPathPattern, regionPattern, servicePattern } from '../../domain/patterns.ts';
import { lockModes, type SnapshotLock } from '../../domain/snapshot-lock.ts';
import { checkHeartbeat } from '../../report/heartbeat.ts';
import { datadogSites } from '../../report/render/datadog.ts';
import {
  boolean,
  duration,
  integer,
  oneOf,
  parsed,
  Refused,
  type Settings,
  secret,
  text,
} from '../../runtime/inputs.ts';

/** The forms that the SSM documents demand too. */
export const hostPath = new RegExp(hostPathPattern);
export const region = new RegExp(regionPattern);
export const container = new RegExp(containerPattern);

export type AccessSettings = Settings<typeof accessInputs>;
export type ReportSettings = Settings<typeof reportInputs>;

export const accessInputs = {
  'role-to-assume': text({
    description:
      "ARN of the AWS role to assume with the job's OIDC token, again whenever the session nears its end. Without it the SDK's ordinary credential chain is used.",
    pattern: /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,128}$/,
    allowed: 'the ARN of an IAM role, such as arn:aws:iam::123456789012:role/holdfast-backup',
  }),
  'role-from': parsed({
    description:
      "How the role is assumed: with the job's OIDC token, or with the access keys of an IAM user in the step's environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY), for those who cannot use OIDC yet. Either way again whenever the session nears its end.",
    default: 'token',
    allowed: 'token or keys',
    parse: (from): 'token' | 'keys' => {
      if (from !== 'token' && from !== 'keys') throw new Refused('');
      const missing = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'].filter((name) => !process.env[name]);
      if (from === 'keys' && missing.length > 0)
        throw new Refused(`keys needs ${missing.join(' and ')} in the environment of the step`);
      return from;
    },
  }),
  'aws-region': text({
    description: 'AWS region.',
    required: true,
    pattern: region,
    allowed: 'a region, such as us-east-1',
  }),
  'api-timeout': duration({
    description: 'Time limit of one request to AWS that moves no data.',
    default: '30s',
    min: 1,
    max: 300,
  }),
  'transfer-timeout': duration({
    description:
      'Time limit of one request to S3 that moves or assembles data: a part of an upload, the completion of an upload (S3 takes minutes over many parts), a receipt, and the wait for the next bytes of a download.',
    default: '10m',
    min: 1,
    max: 3600,
  }),
  'ssm-documents': text({
    description:
      'Prefix of the SSM documents that the stack of infra/holdfast.yml installs; or AWS-RunShellScript, which sends the scripts along and needs a role that may run anything.',
    default: 'Holdfast-',
    pattern: /^[A-Za-z0-9_.-]{1,60}$/,
    allowed: 'a prefix such as Holdfast-, or AWS-RunShellScript',
  }),
} as const;

/** Of the actions that back up one source and describe it in a receipt. */
export const sourceInputs = {
  source: text({
    description:
      'Name of the source, as tags, receipts and reports call it. Keep it the same for good: the snapshots of a source are found by it.',
    required: true,
    pattern: /^[A-Za-z0-9][A-Za-z0-9 ._:/=+@-]{0,127}$/,
    allowed: 'letters, digits, spaces and ._:/=+@-, at most 128 characters, such as ib01.prod',
  }),
  'receipt-bucket': text({
    description: 'S3 bucket that keeps the receipts.',
    required: true,
    pattern: /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    allowed: "a bucket's name, without s3://",
  }),
} as const;

export const serverInputs = {
  service: text({
    description: 'systemd unit of the database on the host.',
    default: 'mysqld-ib',
    pattern: new RegExp(servicePattern),
    allowed: 'the name of a systemd unit',
  }),
  socket: text({
    description: 'Socket of the database server on the host.',
    default: '/tmp/mysql-ib.sock',
    pattern: hostPath,
    allowed: 'an absolute path',
  }),
  'defaults-file': text({
    description:
      "Option file on the host with the database client's user and password, so that neither passes through here. Without it the client uses root's own.",
    pattern: hostPath,
    allowed: 'an absolute path on the host',
  }),
} as const;

export const reportInputs = {
  'github-token': secret({
    description:
      'Token that keeps the issue of the source and asks whether other runs are over: needs issues: write and actions: read.',
    default: '${{ github.token }}',
  }),
  'slack-webhook-url': secret({
    description: 'Slack incoming webhook: one message for each verdict and for each run that failed.',
    pattern: /^https?:\/\/\S+$/,
    allowed: 'a URL',
  }),
  'datadog-api-key': secret({ description: 'Datadog API key for the metrics.' }),
  'datadog-site': oneOf(datadogSites, { description: 'Datadog site.', default: 'datadoghq.com' }),
  'heartbeat-url': parsed({
    description:
      "URL of a heartbeat service that is told when the run starts, succeeds and fails. Those of Healthchecks.io, Better Stack, Cronitor, Dead Man's Snitch and Uptime Kuma are known by their addresses; any other is told as Healthchecks.io is. Lines of start=URL, success=URL and failure=URL are requested as they are (GET), and a signal without a line is not sent. {action}, {source}, {run} and {id} stand for the action, the source, the page of the run and a UUID of it. A service that does not answer never fails the run.",
    secret: true,
    allowed: 'a URL, or lines of start=URL, success=URL and failure=URL',
    parse: (value): string => {
      if (value === '') return value;
      try {
        checkHeartbeat(value);
      } catch (error) {
        throw new Refused((error as Error).message);
      }
      return value;
    },
  }),
  'runbook-url': text({
    description:
      'Page of the run book that issues and summaries link to. Default: docs/runbook.md of the repository and version that the action comes from.',
    pattern: /^https?:\/\/\S+$/,
    allowed: 'a URL',
  }),
  'dry-run': boolean({ description: 'Print the plan and change nothing.', default: 'false' }),
} as const;

/** Of the actions that know what a repository has configured. */
export function variablesInput(description: string) {
  return parsed({ description, default: '{}', allowed: 'a JSON object', parse: readVariables });
}

function readVariables(value: string): Readonly<Record<string, string>> {
  let found: unknown;
  try {
    found = JSON.parse(value);
  } catch {
    throw new Refused('it is not JSON');
  }
  if (typeof found !== 'object' || found === null || Array.isArray(found)) throw new Refused('it is not a JSON object');
  return Object.fromEntries(Object.entries(found).map(([name, one]) => [name, String(one)]));
}

/** Of the actions that make snapshots. */
export const lockInputs = {
  'lock-mode': oneOf(['none', ...lockModes], {
    description:
      'Locks each snapshot as soon as it exists, copies too, so that nobody can delete it before lock-days are over: governance (whoever has ec2:UnlockSnapshot or ec2:LockSnapshot can end it) or compliance (nobody can, from the first moment on: there is no cooling-off period, and what was locked by mistake is paid for until the end). Needs SnapshotLock=yes in the stack.',
    default: 'none',
  }),
  'lock-days': integer({
    description: 'Days for which a snapshot is locked, from its creation. Never more than it is kept.',
    min: 1,
    max: 3650,
  }),
} as const;

/** @param keptDays the fewest days for which a snapshot is kept; undefined when that input is wrong @param input its name */
export function lockProblems(
  { lockMode, lockDays }: Partial<Settings<typeof lockInputs>>,
  keptDays: number | undefined,
  input: string,
): string[] {
  if (lockMode === 'none')
    return lockDays === undefined ? [] : ['lock-days: is without effect while lock-mode is none'];
  if (lockMode === undefined) return [];
  if (lockDays === undefined) return ['lock-days: is missing; lock-mode needs it'];
  if (keptDays === undefined || lockDays <= keptDays) return [];
  return [
    `lock-days: ${lockDays} is more than ${input} keeps a snapshot (${keptDays} days), so it could not be deleted when it is due; allowed: at most ${keptDays}`,
  ];
}

/** The lock that snapshots are made with; undefined for none. */
export function lockOf({ lockMode, lockDays }: Settings<typeof lockInputs>): SnapshotLock | undefined {
  return lockMode === 'none' || lockDays === undefined ? undefined : { mode: lockMode, days: lockDays };
}

/** A mount point is never the root: that is refused before a host is even asked. */
export function mountPoint(preset: string, description: string) {
  return text({ description, default: preset, pattern: hostPath, allowed: 'an absolute path other than /' });
}

export const instance = (description: string, { required = true }: { readonly required?: boolean } = {}) =>
  text({
    description,
    required,
    pattern: /^[^\s*?][^*?]{0,254}$/,
    allowed: 'an instance id, or the Name tag of one instance',
  });
