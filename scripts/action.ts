/**
 * Runs one action from its TypeScript sources, as GitHub would run its bundle: `npm run action`. CONTRIBUTING.md, "Debug one
 * action", shows how to stop at a breakpoint.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LabFile, readLabFile } from '../lab/cli/lab-file.ts';
import { renderMarkdown } from '../lab/cli/terminal/markdown.ts';
import { paint as painter } from '../lab/cli/terminal/paint.ts';
import { commandFiles, parseKeyValueFile } from '../lab/runner/step-files.ts';
import { type ActionRequest, readRequest, UsageError, usage } from './lib/action-arguments.ts';
import { root } from './lib/actions.ts';

/** What the environment of the step holds whatever the action: GitHub's variables, and where AWS is. */
function stepEnvironment(request: ActionRequest, lab: LabFile | undefined, folder: string): Record<string, string> {
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
  inspectPort?: string,
): Promise<StepResult> {
  const folder = mkdtempSync(join(environment.RUNNER_TEMP ?? tmpdir(), 'step-'));
  const files = Object.fromEntries(Object.entries(commandFiles).map(([name, file]) => [name, join(folder, file)]));
  for (const file of Object.values(files)) writeFileSync(file, '');
  const read = (name: keyof typeof commandFiles): string => readFileSync(files[name] ?? '', 'utf8');
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      ...(inspectPort ? [`--inspect-brk=127.0.0.1:${inspectPort}`] : []),
      entry,
    ],
    { cwd: root, stdio: 'inherit', env: { ...process.env, ...environment, ...files } },
  );
  const status = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
  const result: StepResult = {
    status,
    summary: read('GITHUB_STEP_SUMMARY'),
    outputs: parseKeyValueFile(read('GITHUB_OUTPUT')),
    state: Object.fromEntries(parseKeyValueFile(read('GITHUB_STATE'))),
  };
  rmSync(folder, { recursive: true });
  return result;
}

/** The summary as text for the terminal, and the last value of each output. */
function show({ summary, outputs }: StepResult): void {
  const width = Math.max(60, Math.min(140, process.stdout.columns ?? 120));
  const paint = painter(process.stdout.isTTY === true && !process.env.NO_COLOR);
  if (summary !== '') console.log(`\n${renderMarkdown(summary, { width, paint })}\n`);
  for (const [name, value] of new Map(outputs))
    console.log(
      `output ${name}=${value.length > 200 ? `${value.slice(0, 200)}… (${value.length} characters)` : value}`,
    );
}

async function main(given: readonly string[]): Promise<number> {
  if (given.includes('--help') || given.includes('-h')) {
    console.log(usage);
    return 0;
  }
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
    const main = await runStep(join(sources, 'main.ts'), environment, request.inspectPort);
    const post = join(sources, 'post.ts');
    const state = Object.fromEntries(Object.entries(main.state).map(([name, value]) => [`STATE_${name}`, value]));
    const after = existsSync(post) ? await runStep(post, { ...environment, ...state }) : undefined;
    show(main);
    return main.status || (after?.status ?? 0);
  } finally {
    // Files that outputs name stay.
    if (readdirSync(folder).length === 0) rmdirSync(folder);
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const wrong = error instanceof UsageError;
  console.error(wrong ? error.message : error);
  process.exitCode = wrong ? 2 : 1;
}
