/**
 * Runs one action from its TypeScript sources, as GitHub would run its bundle: see `usage`. CONTRIBUTING.md, "Debug one
 * action", shows how to stop at a breakpoint.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type LabFile, readLabFile } from '../lab/cli/lab-file.ts';
import { commandFiles, parseKeyValueFile } from '../lab/runner/commands.ts';
import { type Action, actions, root } from './lib/actions.ts';

const usage = `npm run action -- ACTION [--input NAME=VALUE]... [--inspect] [--real-aws]

Runs an action (${actions.map(({ name }) => name).join(', ')}) from src/, then its post step. Uses the lab that
"npm run lab -- up" has started: its AWS, and the inputs that the workflow files would set there.

  --input NAME=VALUE   an input; may be given several times
  --inspect            wait for a debugger on 127.0.0.1:9229 before the first line
  --real-aws           without a lab: use the AWS credentials of this shell

Exit status: that of the action; 2 when the arguments are wrong.`;

class UsageError extends Error {}

interface Request {
  readonly action: Action;
  readonly inputs: Readonly<Record<string, string>>;
  readonly inspect: boolean;
  readonly realAws: boolean;
}

/** @throws UsageError with one sentence that says what is wrong and what is allowed */
function readRequest(given: readonly string[]): Request {
  const { values, positionals } = parseArgs({
    args: [...given],
    allowPositionals: true,
    options: {
      input: { type: 'string', multiple: true, default: [] },
      inspect: { type: 'boolean', default: false },
      'real-aws': { type: 'boolean', default: false },
    },
  });
  const [name = '', ...others] = positionals;
  const action = actions.find((one) => one.name === name);
  if (action === undefined || others.length > 0) throw new UsageError(usage);
  const inputs: Record<string, string> = {};
  for (const text of values.input) {
    const at = text.indexOf('=');
    const input = text.slice(0, at);
    if (at < 1 || !Object.hasOwn(action.inputs, input))
      throw new UsageError(
        `action: --input ${text}: ${name} has no such input; there are ${Object.keys(action.inputs).join(', ')}`,
      );
    inputs[input] = text.slice(at + 1);
  }
  return { action, inputs, inspect: values.inspect, realAws: values['real-aws'] };
}

/** What the environment of the step holds whatever the action: GitHub's variables, and where AWS is. */
function stepEnvironment(request: Request, lab: LabFile | undefined, folder: string): Record<string, string> {
  const server = 'https://github.example';
  const repository = 'acme/backups';
  const contexts: Record<string, string> = {
    'github.server_url': server,
    'github.repository': repository,
    // Without a token the action neither opens issues nor asks whether other runs are over.
    'github.token': '',
  };
  const { action, inputs } = request;
  const region = lab === undefined ? {} : { 'aws-region': lab.environment.AWS_REGION ?? '' };
  const given: Record<string, string> = { ...region, ...lab?.inputs[action.name], ...inputs };
  const values = Object.entries(action.inputs).map(([name, { default: preset = '' }]) => [
    `INPUT_${name.toUpperCase()}`,
    given[name] ?? preset.replaceAll(/\$\{\{ (\S+) \}\}/g, (all, context: string) => contexts[context] ?? all),
  ]);
  return {
    ...lab?.environment,
    ...Object.fromEntries(values),
    GITHUB_ACTIONS: 'true',
    GITHUB_SERVER_URL: server,
    GITHUB_REPOSITORY: repository,
    GITHUB_RUN_ID: String(Date.now()),
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_WORKSPACE: root,
    RUNNER_TEMP: folder,
  };
}

interface StepResult {
  readonly status: number;
  readonly summary: string;
  readonly outputs: readonly (readonly [string, string])[];
  readonly state: Readonly<Record<string, string>>;
}

/** Runs one entry of the action in a process of its own, with fresh command files. */
async function runStep(
  entry: string,
  environment: Readonly<Record<string, string>>,
  inspect: boolean,
): Promise<StepResult> {
  const folder = mkdtempSync(join(environment.RUNNER_TEMP ?? tmpdir(), 'step-'));
  const files = Object.fromEntries(Object.entries(commandFiles).map(([name, file]) => [name, join(folder, file)]));
  for (const file of Object.values(files)) writeFileSync(file, '');
  const read = (name: keyof typeof commandFiles): string => readFileSync(files[name] ?? '', 'utf8');
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', ...(inspect ? ['--inspect-brk=127.0.0.1:9229'] : []), entry],
    { cwd: root, stdio: 'inherit', env: { ...process.env, ...environment, ...files } },
  );
  const status = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
  return {
    status,
    summary: read('GITHUB_STEP_SUMMARY'),
    outputs: parseKeyValueFile(read('GITHUB_OUTPUT')),
    state: Object.fromEntries(parseKeyValueFile(read('GITHUB_STATE'))),
  };
}

async function main(given: readonly string[]): Promise<number> {
  const request = readRequest(given);
  const lab = request.realAws ? undefined : readLabFile();
  // Of the five only anonymize works without AWS.
  if (lab === undefined && !request.realAws && request.action.name !== 'anonymize')
    throw new UsageError(
      'action: no lab is running; start one with "npm run lab -- up", or use AWS itself with --real-aws',
    );
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-action-'));
  // Ctrl-C goes to the action, which brings the source back; its post step must still run.
  process.on('SIGINT', () => {});
  try {
    const environment = stepEnvironment(request, lab, folder);
    const sources = join(root, 'src', 'actions', request.action.name);
    const main = await runStep(join(sources, 'main.ts'), environment, request.inspect);
    const post = join(sources, 'post.ts');
    const state = Object.fromEntries(Object.entries(main.state).map(([name, value]) => [`STATE_${name}`, value]));
    const after = existsSync(post) ? await runStep(post, { ...environment, ...state }, false) : undefined;
    if (main.summary !== '') console.log(`\n${main.summary.trimEnd()}`);
    for (const [name, value] of main.outputs) console.log(`output ${name}=${value}`);
    return main.status || (after?.status ?? 0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const wrong = error instanceof UsageError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS') === true;
  console.error(wrong ? (error as Error).message : error);
  process.exitCode = wrong ? 2 : 1;
}
