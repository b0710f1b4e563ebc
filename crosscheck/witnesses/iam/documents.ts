/** Every policy that Holdfast deploys, shows or proposes, and every action that its pages name. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { policies } from '../../../lab/privileges/installation.ts';
import type { Statement } from '../../../lab/services/aws/auth/policy.ts';
import { root } from '../../../scripts/lib/actions.ts';
import { tlsCommand } from '../../../src/doctor/mends.ts';

export interface Document {
  readonly name: string;
  /** Whose it is: a policy of a principal, of a role's trust, of a bucket or of a key. */
  readonly of: 'identity' | 'trust' | 'bucket' | 'key';
  readonly statements: readonly Statement[];
}

/** Those of the stack with everything that it can make, of the pages, and of what the doctor proposes. */
export function documents(): Document[] {
  return [
    ...policies.map(({ name, statements }): Document => ({ name, of: kindOf(name), statements })),
    ...pages().flatMap(({ file, text }) => shown(file, text)),
    { name: 'doctor: TLS', of: 'bucket', statements: proposed(tlsCommand('holdfast-receipts', 'us-east-1')) },
  ];
}

function kindOf(name: string): Document['of'] {
  if (name.startsWith('trust of ')) return 'trust';
  return name.endsWith('BucketPolicy') ? 'bucket' : 'identity';
}

interface Page {
  readonly file: string;
  readonly text: string;
}

function pages(): Page[] {
  const under = (folder: string): string[] =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
  const files = [...readdirSync(root), ...under('docs'), ...under('actions'), ...under('infra'), ...under('ops')];
  return files
    .filter((file) => file.endsWith('.md') && file !== 'CHANGELOG.md')
    .sort()
    .map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }));
}

/** Policies in the blocks of a page: a whole one, or a statement that the reader adds to one. */
function shown(file: string, text: string): Document[] {
  return [...text.matchAll(/```json\n(.*?)```/gs)].flatMap(([, block = '']) => {
    if (!block.includes('"Effect"')) return [];
    const json = JSON.parse(block.replaceAll('ACCOUNT', '123456789012')) as { Statement?: Statement[] } & Statement;
    const statements = json.Statement ?? [json];
    const actions = statements.flatMap((one) => [one.Action ?? []].flat());
    const of = statements.every((one) => one.Principal === undefined)
      ? 'identity'
      : actions.some((one) => one.startsWith('sts:'))
        ? 'trust'
        : actions.some((one) => one.startsWith('kms:'))
          ? 'key'
          : 'bucket';
    return [{ name: file, of, statements } as const];
  });
}

function proposed(command: string): Statement[] {
  const [, policy = '{}'] = /--policy '(.*?)'/.exec(command) ?? [];
  return (JSON.parse(policy) as { Statement: Statement[] }).Statement;
}

/** Each action that a page names, such as `iam:*Role*`, with the page. */
export function namedActions(): { readonly file: string; readonly action: string }[] {
  return pages().flatMap(({ file, text }) =>
    [...text.matchAll(/(?<![\w:/.-])(cloudformation|ec2|iam|kms|rbin|s3|ssm|sts):([A-Z*][\w*]*)/g)].map(
      ([, service, name]) => ({ file, action: `${service}:${name}` }),
    ),
  );
}
