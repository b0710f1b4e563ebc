/**
 * What a refused call means, in words. AWS names who was refused what, on which resource, and by which kind of policy (IAM
 * user guide, "Troubleshoot access denied error messages").
 */
import type { Advice } from './role-refusal.ts';

interface Denial {
  readonly role: string;
  /** `ec2:CreateSnapshots`. */
  readonly action: string;
  /** `instance/i-0abc`, `document/Holdfast-Quiesce`, `key/…`: the last part of the ARN. */
  readonly resource: string;
}

function read(message: string): Denial | undefined {
  const [, action, resource] = /is not authorized to perform: ([\w-]+:\w+)(?: on resource: (\S+))?/.exec(message) ?? [];
  if (action === undefined) return undefined;
  const role = /:assumed-role\/([^/\s]+)\//.exec(message)?.[1] ?? '';
  const last = resource?.replace(/^arn:[^:]*:[^:]*:[^:]*:[^:]*:/, '').replace(/[.,]$/, '') ?? '';
  return { role, action, resource: last };
}

/** Refusals that no policy of the stack can lift. */
const beyondTheStack: readonly (readonly [words: RegExp, what: string])[] = [
  [/permissions boundary/i, "the role's permissions boundary"],
  [/service control policy/i, "a service control policy of the account's organisation"],
  [/resource control policy/i, "a resource control policy of the account's organisation"],
  [/VPC endpoint policy/i, 'the policy of the VPC endpoint through which the runner calls AWS'],
  [/explicit deny in a resource-based policy/i, "the resource's own policy (of the bucket, or of the key)"],
];

/** Undefined when AWS's message does not say enough. */
export function adviceForDenial(message: string): Advice | undefined {
  const denial = read(message);
  if (denial === undefined) return undefined;
  const { role, action, resource } = denial;
  const what = `${action} on ${resource || 'every resource'}`;
  for (const [words, policy] of beyondTheStack)
    if (words.test(message))
      return {
        likelyCause: `${policy} does not allow ${what}; the stack's own policies may allow it`,
        fix: `let whoever keeps that policy allow ${action} for the role ${role}`,
      };
  // The role for the review of pull requests can read a little and change nothing.
  if (role === 'holdfast-plan')
    return {
      likelyCause: 'the role holdfast-plan reads instances and snapshots, and may do nothing else',
      fix: 'use it only to compare retentions (docs/rotation.md); for everything else assume the role of the action',
    };
  return rules.find((one) => one.applies(denial))?.advice(denial) ?? deployAgain(what, role);
}

function deployAgain(what: string, role: string): Advice {
  return {
    likelyCause: `the policies of the role ${role} do not allow ${what}: the stack is older than the actions, the role is another action's, or the resource lacks the tag that the policy asks for`,
    fix: 'deploy the current infra/holdfast.yml, and use the role of this action (docs/setup.md); npm run doctor compares both',
  };
}

const hostTags: Readonly<Record<string, string>> = {
  'holdfast-backup': 'holdfast:host=source',
  'holdfast-dump': 'holdfast:host=source',
  'holdfast-verify': 'holdfast:host=verification',
  'holdfast-rotate': 'Backup',
};

const rules: readonly { applies(denial: Denial): boolean; advice(denial: Denial): Advice }[] = [
  {
    applies: ({ action, resource }) => action.startsWith('ssm:') && resource.startsWith('document/'),
    advice: ({ role, resource }) => ({
      likelyCause: `the role ${role} may run only the documents of its own stack, by their names, and ${resource.slice('document/'.length)} is none of those that it needs`,
      fix: "make the input ssm-documents the same as the stack's parameter DocumentPrefix (Holdfast- by default); for documents of your own, HookPrefix. No role of the stack may run AWS-RunShellScript, which is any script as root",
    }),
  },
  {
    applies: ({ resource }) => resource.startsWith('instance/'),
    advice: ({ role, action, resource }) => {
      const id = resource.slice('instance/'.length);
      const tag = hostTags[role] ?? 'holdfast:host or Backup';
      return {
        likelyCause: `the role ${role} may use ${action} only on instances with the tag ${tag}, and ${id} does not have it`,
        fix: `tag it, if it is the right one: aws ec2 create-tags --resources ${id} --tags Key=${tag.replace('=', ',Value=')}${tag.includes('=') ? '' : ',Value=Yes'}`,
      };
    },
  },
  {
    applies: ({ action, resource }) => action.startsWith('kms:') || resource.startsWith('key/'),
    advice: ({ role, action, resource }) => ({
      likelyCause: `the role ${role} may not use the KMS key ${resource.replace(/^key\//, '')} (${action}): the key is not among those of the stack, or its key policy leaves this account's roles out`,
      fix: "name the key in the stack's parameter CopyKeyArns (volumes, snapshots and their copies) or BucketKeyArn (buckets), and let the key policy allow the account (docs/setup.md)",
    }),
  },
  {
    applies: ({ role, resource }) => role === 'holdfast-verify' && resource.startsWith('snapshot/'),
    advice: ({ resource }) => ({
      likelyCause: `the role holdfast-verify restores and marks only snapshots that ib-snapshot has made (tag holdfast:made-by=ib-snapshot), and ${resource.slice('snapshot/'.length)} is not one of them`,
      fix: 'give the id of a snapshot of ib-snapshot: the summaries of its runs name them',
    }),
  },
  {
    applies: ({ role, action, resource }) =>
      role === 'holdfast-rotate' && resource.startsWith('snapshot/') && action !== 'ec2:CreateSnapshots',
    advice: ({ action, resource }) => ({
      likelyCause: `the role holdfast-rotate copies, marks and deletes only snapshots with Type=Automated, and none with KeepForever: ${resource.slice('snapshot/'.length)} is somebody else's, or kept (${action})`,
      fix: 'leave it to whoever made it, or give it the tag Type=Automated if the rotation shall have it (docs/rotation.md)',
    }),
  },
  {
    applies: ({ action }) => action.startsWith('s3:'),
    advice: ({ role, action, resource }) => ({
      likelyCause: `the role ${role} may use ${action} only below its prefixes of the stack's buckets, and ${resource} is not there`,
      fix: "compare the inputs bucket, prefix and receipt-bucket with the stack's parameters DumpBucketName, DumpPrefix and ReceiptBucketName (docs/setup.md)",
    }),
  },
];
