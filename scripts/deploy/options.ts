/** The options of `npm run deploy`, with every mistake in them at once. */
import { parseArgs } from 'node:util';
import { regionPattern } from '../../src/domain/patterns.ts';

export interface DeployOptions {
  readonly mode: 'deploy' | 'plan' | 'check';
  /** Whether what was deleted or changed by hand becomes again what the template says. */
  readonly repair: boolean;
  readonly stackName: string;
  /** OWNER/NAME; undefined to ask git. */
  readonly repository: string | undefined;
  readonly branches: readonly string[];
  readonly environments: readonly string[];
  /** Instead of the computed ones, and instead of those that the stack has. */
  readonly subjects: readonly string[];
  /** Whether the computed subjects take the place of those that the stack has, instead of being added. */
  readonly replaceSubjects: boolean;
  readonly planRole: boolean;
  readonly receiptBucket: string | undefined;
  readonly dumpBucket: string | undefined;
  /** Address of the watchdog inside the stack; `none` for no such function; undefined leaves it as it is. */
  readonly watchdogEmail: string | undefined;
  readonly templateBucket: string | undefined;
  /** A further region, which gets the documents only. */
  readonly furtherRegion: string | undefined;
  readonly parameters: Readonly<Record<string, string>>;
  readonly yes: boolean;
  readonly variables: boolean;
}

export const usage = `npm run deploy [-- options]     deploy infra/holdfast.yml for your repository, after showing what changes

What it finds out by itself: the repository (git remote), both forms of the subject (gh), an OIDC provider that exists already,
the parameters of a stack that exists already. AWS credentials and region come from the environment or the profile, as for the
AWS CLI.

  --repository OWNER/NAME   whose workflows may assume the roles; default: the remote "origin" of this clone
  --branch NAME             branch whose workflows may (default: the repository's default branch); may be given several times
  --environment NAME        jobs with this environment may, instead of those of a branch; may be given several times
  --subjects A,B            the subjects themselves, when gh cannot be asked; they replace those that the stack has
  --replace-subjects        the subjects of --repository, --branch and --environment replace those that the stack has; without it
                            they are added. Without any of these the stack's stay
  --plan-role               also the read-only role for the review of pull requests
  --receipt-bucket NAME     default: holdfast-receipts-ACCOUNT-REGION
  --dump-bucket NAME        default: holdfast-dumps-ACCOUNT-REGION; none for no such bucket
  --watchdog-email ADDRESS  who gets a mail when a backup is missing, also when GitHub is silent; none for no such function. The
                            address has to confirm the mail that AWS sends to it (docs/watching.md)
  --template-bucket NAME    bucket through which the template goes; default: holdfast-templates-ACCOUNT-REGION, made when missing
  --parameter NAME=VALUE    any other parameter of the template; may be given several times
  --stack-name NAME         default: holdfast
  --region NAME             add the SSM documents of a further region; the stack itself stays where it is

  --plan                    show what would change, and leave nothing behind
  --check                   compare an installation with this release, and with what was deployed
  --repair                  also bring back what was deleted or changed by hand, as the template has it
  --yes                     do not ask
  --no-variables            print the commands that set the repository's variables instead of setting them
  -h, --help                print this text

Exit status: 0 done, or nothing to do; 1 it failed, or --check found a difference; 2 the arguments are wrong, or something is
missing on this computer.`;

const definitions = {
  repository: { type: 'string' },
  branch: { type: 'string', multiple: true },
  environment: { type: 'string', multiple: true },
  subjects: { type: 'string' },
  'replace-subjects': { type: 'boolean' },
  'plan-role': { type: 'boolean' },
  'receipt-bucket': { type: 'string' },
  'dump-bucket': { type: 'string' },
  'watchdog-email': { type: 'string' },
  'template-bucket': { type: 'string' },
  parameter: { type: 'string', multiple: true },
  'stack-name': { type: 'string' },
  region: { type: 'string' },
  plan: { type: 'boolean' },
  check: { type: 'boolean' },
  repair: { type: 'boolean' },
  yes: { type: 'boolean' },
  'no-variables': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;
type Name = keyof typeof definitions;

const patterns: Partial<Record<Name, readonly [RegExp, string]>> = {
  repository: [/^[\w.-]+\/[\w.-]+$/, 'OWNER/NAME'],
  'receipt-bucket': [
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    'the name of a bucket: 3 to 63 lower-case letters, digits, dots, hyphens',
  ],
  'dump-bucket': [/^(none|[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])$/, 'the name of a bucket, or none'],
  'watchdog-email': [
    /^(none|[^@\s,;<>"]+@[^@\s,;<>"]+\.[^@\s,;<>"]+)$/,
    'one address such as ops@example.com, or none',
  ],
  'template-bucket': [/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'the name of a bucket'],
  'stack-name': [/^[A-Za-z][A-Za-z0-9-]{0,127}$/, 'letters, digits and hyphens, beginning with a letter'],
  region: [new RegExp(regionPattern), 'a region such as eu-west-1'],
  subjects: [
    /^[a-z_]+:[^"*?\\]+$/,
    'subjects such as repo:OWNER/REPO:ref:refs/heads/main, separated by commas, without * and ?',
  ],
  parameter: [/^[A-Za-z0-9]+=/s, 'NAME=VALUE'],
};

/** Parameters that have an option of their own. */
const owned: Readonly<Record<string, string>> = {
  AllowedSubjects: '--subjects',
  ReceiptBucketName: '--receipt-bucket',
  DumpBucketName: '--dump-bucket',
  WatchdogEmail: '--watchdog-email',
  Parts: '--region',
};

/** @param known names of the template's parameters */
export function readOptions(
  args: readonly string[],
  known: readonly string[],
): { readonly options: DeployOptions; readonly mistakes: readonly string[]; readonly help: boolean } {
  const mistakes: string[] = [];
  const values = new Map<Name, string[]>();
  const given = args.filter((word, index) => word !== '--' || index > 0);
  const { tokens } = parseArgs({
    args: [...given],
    options: definitions,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind === 'positional') mistakes.push(`${token.value}: deploy takes options only (--help lists them)`);
    if (token.kind === 'option') readOption(token, values, mistakes);
  }
  const one = (name: Name): string | undefined => values.get(name)?.at(-1);
  const parameters = Object.fromEntries((values.get('parameter') ?? []).map(split));
  for (const name of Object.keys(parameters)) {
    if (owned[name] !== undefined) mistakes.push(`--parameter ${name}: use ${owned[name]}`);
    else if (!known.includes(name))
      mistakes.push(`--parameter ${name}: the template has no such parameter; it has ${known.join(', ')}`);
  }
  if (values.has('repair') && values.has('check')) mistakes.push('--repair and --check do not go together');
  if (values.has('plan') && values.has('check')) mistakes.push('--plan and --check do not go together');
  const forRoles = [
    'branch',
    'environment',
    'subjects',
    'replace-subjects',
    'plan-role',
    'receipt-bucket',
    'dump-bucket',
    'watchdog-email',
  ] as const;
  const useless = values.has('region') ? forRoles.filter((name) => values.has(name)) : [];
  for (const name of useless)
    mistakes.push(`--${name}: a further region (--region) gets documents only, no roles and buckets`);
  if (values.has('subjects') && (values.has('branch') || values.has('environment')))
    mistakes.push('--subjects: give either the subjects, or --branch and --environment');
  const replacing = ['repository', 'branch', 'environment', 'subjects', 'plan-role'] as const;
  if (values.has('replace-subjects') && !replacing.some((name) => values.has(name)))
    mistakes.push('--replace-subjects: say by what: --repository, --branch, --environment or --subjects');
  const options: DeployOptions = {
    mode: values.has('plan') ? 'plan' : values.has('check') ? 'check' : 'deploy',
    repair: values.has('repair'),
    stackName: one('stack-name') ?? 'holdfast',
    repository: one('repository'),
    branches: values.get('branch') ?? [],
    environments: values.get('environment') ?? [],
    subjects:
      one('subjects')
        ?.split(',')
        .map((subject) => subject.trim()) ?? [],
    replaceSubjects: values.has('replace-subjects'),
    planRole: values.has('plan-role'),
    receiptBucket: one('receipt-bucket'),
    dumpBucket: one('dump-bucket'),
    watchdogEmail: one('watchdog-email'),
    templateBucket: one('template-bucket'),
    furtherRegion: one('region'),
    parameters,
    yes: values.has('yes'),
    variables: !values.has('no-variables'),
  };
  return { options, mistakes, help: values.has('help') };
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
}

function readOption({ name, rawName, value }: OptionToken, values: Map<Name, string[]>, mistakes: string[]): void {
  if (!Object.hasOwn(definitions, name)) {
    mistakes.push(`there is no option ${rawName}; --help lists them`);
    return;
  }
  const key = name as Name;
  const [pattern, form] = patterns[key] ?? [/^.+$/s, 'a value'];
  if (definitions[key].type === 'boolean') {
    if (value !== undefined) mistakes.push(`${rawName} takes no value`);
  } else if (value === undefined || value.startsWith('--')) {
    mistakes.push(`${rawName} needs ${form}`);
    // `--branch --plan`: the next option is not a value.
    if (value !== undefined) readOption({ name: value.slice(2), rawName: value }, values, mistakes);
    return;
  } else if (!pattern.test(value)) mistakes.push(`${rawName} ${value}: must be ${form}`);
  values.set(key, [...(values.get(key) ?? []), value ?? '']);
}

function split(text: string): [string, string] {
  const at = text.indexOf('=');
  return [text.slice(0, at), text.slice(at + 1)];
}
