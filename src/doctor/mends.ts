/** Commands that mend what the doctor finds; test/contract/doctor.test.ts runs them. */
import type { RepositoryFacts } from '../domain/installation.ts';
import type { Inventory } from './inventory.ts';
import type { Reading } from './reading.ts';

const quoted = (text: string): string => (/^[\w./@%+=:,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

/** `npm run deploy` of the stack in its own region, whatever region the shell has. A further region's documents need `--region`. */
export function deployCommand(
  { stackName, environment }: Pick<Inventory, 'stackName' | 'environment'>,
  ...options: readonly string[]
): string {
  const all = [...(stackName === 'holdfast' ? [] : ['--stack-name', stackName]), ...options.map(quoted)];
  return [`AWS_REGION=${environment.region}`, 'npm run deploy', ...(all.length > 0 ? ['--', ...all] : [])].join(' ');
}

/**
 * Has a role trust the subject, too: deploy adds the subjects of a repository to those that a stack trusts. An ordinary update
 * leaves the list as it is.
 */
export function trustCommand(subject: string, parameter: string, repository: Reading<RepositoryFacts>): string {
  const [, owner = '', name = '', context = ''] =
    /^repo:([^/:@]+)(?:@\d+)?\/([^:@]+)(?:@\d+)?:(.+)$/.exec(subject) ?? [];
  const [, branch] = /^ref:refs\/heads\/(.+)$/.exec(context) ?? [];
  const [, environment] = /^environment:(.+)$/.exec(context) ?? [];
  const isDefault = 'value' in repository && repository.value.defaultBranch === branch;
  const options =
    branch !== undefined
      ? isDefault
        ? []
        : ['--branch', branch]
      : environment !== undefined
        ? ['--environment', environment.replaceAll('%3A', ':')]
        : context === 'pull_request'
          ? ['--plan-role']
          : undefined;
  if (owner === '' || options === undefined)
    return `npm run deploy -- --subjects '${subject},…'  (with every other subject of ${parameter}, which it replaces)`;
  const words = ['--repository', `${owner}/${name}`, ...options].map(quoted).join(' ');
  return `npm run deploy -- ${words}  (${parameter} of the stack must hold "${subject}")`;
}

/**
 * Of documents that are missing or changed: an older stack gets them by an update, which does not look at what was deleted by hand.
 * Another prefix has all of them made anew, and so has the first one again.
 */
export function documentsCommand(deploy: (...options: readonly string[]) => string, prefix: string): string {
  const again = ['Repair-', prefix].map((one) => deploy('--parameter', `DocumentPrefix=${one}`)).join(' && ');
  return `${deploy()}  (where it says "Nothing to change", they were deleted or changed by hand: ${again})`;
}

const partitionOf = (region: string): string =>
  region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';

/** As the stack has it, which puts back nothing that was changed by hand. */
export function tlsCommand(bucket: string, region: string): string {
  const arn = `arn:${partitionOf(region)}:s3:::${bucket}`;
  const Statement = [
    {
      ...{ Sid: 'OnlyEncryptedTransport', Effect: 'Deny', Principal: '*', Action: 's3:*' },
      ...{ Resource: [arn, `${arn}/*`], Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
    },
  ];
  const policy = JSON.stringify({ Version: '2012-10-17', Statement });
  return `aws s3api put-bucket-policy --bucket ${bucket} --policy '${policy}'  (it replaces a policy that is there: keep its statements)`;
}

/** As the stack has it for receipts and, with its default parameters, for dumps. */
export function lifecycleCommand(bucket: string, variable: string): string {
  const receipts = variable === 'HOLDFAST_RECEIPT_BUCKET';
  const rule = (ID: string, Prefix: string, more: object) => ({ ID, Status: 'Enabled', Filter: { Prefix }, ...more });
  const expiration = receipts ? { NoncurrentDays: 180 } : { NoncurrentDays: 1, NewerNoncurrentVersions: 45 };
  const Rules = [
    rule('older versions', receipts ? 'receipts/' : 'db/', { NoncurrentVersionExpiration: expiration }),
    rule('uploads that nobody finished', '', { AbortIncompleteMultipartUpload: { DaysAfterInitiation: 2 } }),
  ];
  return `aws s3api put-bucket-lifecycle-configuration --bucket ${bucket} --lifecycle-configuration '${JSON.stringify({ Rules })}'  (it replaces the rules that are there; parameters DumpPrefix and KeptDumps say others)`;
}
