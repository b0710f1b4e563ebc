/** `npm run setup`: checks what the database jobs need by using it, stores it, and shows a dry run. */
import { readFileSync } from 'node:fs';
import { renderMarkdown } from '../lab/cli/terminal/markdown.ts';
import { paint as painter } from '../lab/cli/terminal/paint.ts';
import type { AccessKeys } from '../src/adapters/aws/credentials.ts';
import { databaseLists, databasesOf, jobs } from '../src/doctor/jobs.ts';
import { ConfigurationError, renderError } from '../src/runtime/errors.ts';
import type { Logger } from '../src/runtime/logger.ts';
import { readCommandLine } from './lib/command-line.ts';
import { currentRepository, gh, ghIsReady, ghReader } from './lib/gh.ts';
import { type Checked, checkKeys, checkRole, checkWebhook } from './setup/checks.ts';
import { readCredentials } from './setup/credentials-csv.ts';
import { dashboardText, importDashboard, readDatadogAccess } from './setup/datadog.ts';
import { dryRun } from './setup/dry-run.ts';
import { neededVariables, repositoryProblems, setSecret, setVariable, variablesOf } from './setup/repository.ts';

const usage = `npm run setup -- CREDENTIALS.csv|- ROLE_ARN WEBHOOK|- [options]
       npm run setup -- --datadog [--site SITE] [--dry-run]

Sets up the database jobs of a repository: checks each value by using it, stores them as its secrets and variables, starts a dry
run and shows its summary. Nothing is stored while anything is wrong.

  CREDENTIALS.csv          the access keys of an IAM user, as the AWS console downloads them; - for none: jobs then assume the
                           role with their own identity token (OIDC), which is the recommended way
  ROLE_ARN                 the role that the jobs assume (output DumpRoleArn of the stack)
  WEBHOOK                  a Slack incoming webhook, which gets a test message; - reads it from SLACK_WEBHOOK_URL, which keeps it
                           out of the list of processes; none for no Slack
  --repository OWNER/REPO  default: that of this clone, as gh sees it
  --variable NAME=VALUE    a variable to set besides, such as HOLDFAST_REGION=us-east-1; as often as needed
  --workflow FILE          the workflow to run; default: postgres-backup.yml
  --no-run                 store, and start no dry run
  --datadog                instead: brings docs/datadog-dashboard.json to Datadog, or up to date there, with the keys DD_API_KEY and
                           DD_APP_KEY of the environment
  --site SITE              of Datadog; or DD_SITE; default: datadoghq.com
  --dry-run                with --datadog: says whether it would be made or changed, prints what would be sent, and sends nothing
  -h, --help               print this text

Exit status: 0 all is set up and the dry run succeeded, 1 failed, 2 wrong arguments.`;

const whyNotKeys = `Access keys are second best: they live until somebody deletes them, work from anywhere, and are readable by whoever can change a
workflow. With - instead of a CSV, each job shows its own token, good for minutes, to a role that trusts this repository alone.`;

const logger: Logger = {
  debug: () => {},
  info: (message) => console.error(message),
  warning: (message) => console.error(message),
  error: (message) => console.error(message),
  group: (_title, work) => work(),
};

interface Wanted {
  /** Undefined: OIDC. */
  readonly keys: AccessKeys | undefined;
  readonly roleArn: string;
  /** Empty: no Slack. */
  readonly webhook: string;
  readonly repository: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly workflow: string;
  readonly run: boolean;
}

function readArguments() {
  const { values, positionals } = readCommandLine(usage, {
    allowPositionals: true,
    options: {
      repository: { type: 'string' },
      variable: { type: 'string', multiple: true },
      workflow: { type: 'string' },
      'no-run': { type: 'boolean' },
      datadog: { type: 'boolean' },
      site: { type: 'string' },
      'dry-run': { type: 'boolean' },
    },
  });
  const words = [...positionals, ...Object.keys(values).map((name) => `--${name}`)];
  const others = words.filter((word) => !['--datadog', '--site', '--dry-run'].includes(word));
  if (values.datadog && others.length > 0) {
    console.error(`setup: ${others.join(' ')} does not go with --datadog; allowed: --site, --dry-run\n\n${usage}`);
    process.exit(2);
  }
  if (!values.datadog && (values.site !== undefined || values['dry-run'])) {
    console.error(`setup: --site and --dry-run go with --datadog alone\n\n${usage}`);
    process.exit(2);
  }
  if (!values.datadog && positionals.length !== 3) {
    console.error(
      `setup: ${positionals.length} arguments were given; allowed: CREDENTIALS.csv|- ROLE_ARN WEBHOOK|-\n\n${usage}`,
    );
    process.exit(2);
  }
  return { values, positionals };
}

/** Reads everything without using any of it. @returns what is wanted, and every problem */
async function readWanted({
  values,
  positionals,
}: ReturnType<typeof readArguments>): Promise<{ readonly wanted: Wanted; readonly problems: readonly string[] }> {
  const [file = '', roleArn = '', givenWebhook = ''] = positionals;
  const problems: string[] = [];
  const keys = file === '-' ? undefined : readKeys(file, problems);
  if (!/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,128}$/.test(roleArn))
    problems.push(`ROLE_ARN: "${roleArn}" is not allowed; allowed: arn:aws:iam::123456789012:role/holdfast-dump`);
  const webhook =
    givenWebhook === '-' ? (process.env.SLACK_WEBHOOK_URL ?? '') : givenWebhook === 'none' ? '' : givenWebhook;
  if (givenWebhook === '-' && webhook === '') problems.push('WEBHOOK: - reads SLACK_WEBHOOK_URL, which is not set');
  if (webhook !== '' && !/^https?:\/\/\S+$/.test(webhook))
    problems.push('WEBHOOK: what was given (not shown) is no URL; allowed: https://hooks.slack.com/services/…');
  const variables: Record<string, string> = {};
  for (const pair of values.variable ?? []) {
    const [, name = '', value = ''] = /^(HOLDFAST_[A-Z0-9_]+)=(.+)$/s.exec(pair) ?? [];
    if (name === '') problems.push(`--variable: "${pair}" is not allowed; allowed: HOLDFAST_NAME=VALUE`);
    else variables[name] = value;
  }
  const ready = await ghIsReady();
  if (!ready) problems.push('gh: it is not installed or not signed in; sudo apt-get install gh, then: gh auth login');
  const repository = values.repository ?? (ready ? await currentRepository() : '');
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository))
    problems.push(`--repository: "${repository}" is not allowed; allowed: OWNER/REPO`);
  const workflow = values.workflow ?? 'postgres-backup.yml';
  return { wanted: { keys, roleArn, webhook, repository, variables, workflow, run: !values['no-run'] }, problems };
}

function readKeys(file: string, problems: string[]): AccessKeys | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    problems.push(`CREDENTIALS: ${(error as Error).message}`);
    return undefined;
  }
  const reading = readCredentials(text, file);
  if ('keys' in reading) return reading.keys;
  problems.push(...reading.problems);
  return undefined;
}

/** Uses everything that can be used, whatever else is wrong. */
async function check(wanted: Wanted, problems: readonly string[]): Promise<readonly string[]> {
  const { keys, roleArn, webhook, repository } = wanted;
  const readable = (name: string): boolean => !problems.some((one) => one.startsWith(name));
  const reachable = readable('gh') && readable('--repository');
  const known = reachable ? await variablesOf(repository) : {};
  const repositoryTrouble = reachable
    ? await repositoryProblems(repository, wanted.run ? wanted.workflow : undefined)
    : [];
  const needed = reachable && wanted.run ? await neededVariables(repository, wanted.workflow) : [];
  const variables: Readonly<Record<string, string>> = { ...known, ...wanted.variables };
  const region = variables.HOLDFAST_REGION ?? 'us-east-1';
  const checks: Promise<Checked>[] = [];
  if (readable('ROLE_ARN') && readable('CREDENTIALS'))
    checks.push(keys === undefined ? checkRole(roleArn, region) : checkKeys(keys, roleArn, region, logger));
  if (webhook !== '' && readable('WEBHOOK')) {
    console.log('Sending a test message to the Slack webhook');
    checks.push(checkWebhook(webhook, repository));
  }
  const results = await Promise.all(checks);
  for (const line of results.flatMap(({ done }) => done)) console.log(`✓ ${line}`);
  for (const line of results.flatMap(({ unknown = [] }) => unknown)) console.log(`? ${line}`);
  return [
    ...problems,
    ...repositoryTrouble,
    ...results.flatMap((one) => one.problems),
    ...variableProblems(variables, needed, repository),
  ];
}

/** @param needed none without a dry run: they may come later */
function variableProblems(
  variables: Readonly<Record<string, string>>,
  needed: readonly string[],
  repository: string,
): readonly string[] {
  const missing = needed.filter((name) => !variables[name]);
  const lacking =
    missing.length > 0
      ? [
          `variables: ${repository} lacks ${missing.join(', ')}; give them with ${missing.map((name) => `--variable ${name}=…`).join(' ')} (${jobs.find(({ list }) => list && missing.includes(list.variable))?.page ?? 'docs/setup.md'}), or --no-run`,
        ]
      : [];
  const wrong = databaseLists.filter(({ variable }) => databasesOf(variables[variable]) === undefined);
  return [...lacking, ...wrong.map(({ variable, shown }) => `variables: ${variable} is not a JSON list of ${shown}`)];
}

async function store({ keys, roleArn, webhook, repository, variables }: Wanted): Promise<void> {
  const secrets = {
    ...(keys === undefined ? {} : { AWS_ACCESS_KEY_ID: keys.accessKeyId, AWS_SECRET_ACCESS_KEY: keys.secretAccessKey }),
    ...(webhook === '' ? {} : { SLACK_WEBHOOK_URL: webhook }),
  };
  for (const [name, value] of Object.entries(secrets)) {
    await setSecret(repository, name, value);
    console.log(`✓ secret ${name}`);
  }
  const all = { ...variables, HOLDFAST_DUMP_ROLE: roleArn, HOLDFAST_ROLE_FROM: keys === undefined ? 'token' : 'keys' };
  for (const [name, value] of Object.entries(all)) {
    await setVariable(repository, name, value);
    console.log(`✓ variable ${name}=${value}`);
  }
  // Keys that nothing uses any more are a danger for nothing.
  if (keys !== undefined) return;
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) {
    const { status } = await ghReader.get(`repos/${repository}/actions/secrets/${name}`);
    if (status !== 200) continue;
    await gh(['secret', 'delete', name, '--repo', repository]);
    console.log(
      `✓ secret ${name} deleted: jobs no longer use keys. Delete the key itself, too: aws iam delete-access-key`,
    );
  }
}

function show(summary: string): void {
  const width = Math.max(80, Math.min(160, process.stdout.columns ?? 120));
  console.log(
    `\n${renderMarkdown(summary, { width, paint: painter(process.stdout.isTTY === true && !process.env.NO_COLOR) })}\n`,
  );
}

async function datadog(site: string | undefined, dryRunOnly: boolean): Promise<number> {
  const access = readDatadogAccess(site, process.env);
  const text = dashboardText();
  const { done, id, url } = await importDashboard(access, text, dryRunOnly);
  if (dryRunOnly) console.log(text);
  console.log(
    `${dryRunOnly ? '?' : '✓'} the dashboard ${dryRunOnly ? done : `was ${done}`}${id === undefined ? '' : ` (${id})`}${url === undefined ? '' : `: ${url}`}`,
  );
  return 0;
}

async function main(): Promise<number> {
  const given = readArguments();
  if (given.values.datadog) return await datadog(given.values.site, given.values['dry-run'] === true);
  const { wanted, problems } = await readWanted(given);
  if (wanted.keys !== undefined) console.log(whyNotKeys);
  const all = await check(wanted, problems);
  if (all.length > 0)
    throw new ConfigurationError({
      what: `${all.length === 1 ? 'one thing is' : `${all.length} things are`} wrong; nothing was stored`,
      problems: all,
    });
  await store(wanted);
  if (wanted.keys === undefined)
    console.log(
      'Whether the role trusts this repository, a job alone can try: the dry run, and gh workflow run doctor.yml',
    );
  if (!wanted.run) return 0;
  const pollMs = Number(process.env.HOLDFAST_POLL_MS ?? 5_000);
  const { url, conclusion, summary } = await dryRun({ ...wanted, say: (line) => console.log(line), pollMs });
  if (summary !== '') show(summary);
  console.log(`The dry run ended with ${conclusion}: ${url}`);
  return conclusion === 'success' ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(renderError(error));
  process.exitCode = 1;
}
