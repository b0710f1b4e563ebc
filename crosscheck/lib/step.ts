/** One step of a job: the committed bundle of an action, started as GitHub's runner starts it. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../../lab/hosts/cached.ts';
import { commandFiles, parseKeyValueFile } from '../../lab/runner/step-files.ts';
import { actions, root } from '../../scripts/lib/actions.ts';

export interface Ended {
  readonly status: number;
  /** Both streams. */
  readonly output: string;
}

export interface StepEnded extends Ended {
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
}

export interface StepWanted {
  /** Such as `db-dump`. */
  readonly action: string;
  readonly run: number;
  /** Of the job; the files of the step stay in it. */
  readonly directory: string;
  readonly inputs: Readonly<Record<string, string>>;
  /** Beside what the runner gives. */
  readonly environment: Readonly<Record<string, string>>;
  /** Modules that Node loads before the bundle. */
  readonly imports?: readonly string[];
}

/** GitHub gives every input that action.yml has, those without a value as empty texts. */
export async function runStep(wanted: StepWanted): Promise<StepEnded> {
  const { action: name, run, directory, inputs, environment, imports = [] } = wanted;
  const folder = mkdtempSync(join(directory, 'step-'));
  const files = Object.fromEntries(Object.entries(commandFiles).map(([key, file]) => [key, join(folder, file)]));
  for (const file of Object.values(files)) writeFileSync(file, '');
  const action = actions.find((one) => one.name === name);
  if (!action) throw new Error(`there is no action ${name}`);
  // Without a token the action neither opens issues nor asks whether other runs are over.
  const given = Object.entries(action.inputs).map(([key, { default: preset = '' }]) => [
    `INPUT_${key.toUpperCase()}`,
    inputs[key] ?? (preset.includes('${{') ? '' : preset),
  ]);
  const bundle = join(root, 'dist', name, 'index.js');
  const words = [...imports.flatMap((one) => ['--import', one]), bundle];
  const result = await ended(process.execPath, words, {
    ...environment,
    ...Object.fromEntries(given),
    ...files,
    ...{ GITHUB_ACTIONS: 'true', GITHUB_SERVER_URL: 'https://github.test', GITHUB_REPOSITORY: 'acme/backups' },
    ...{ GITHUB_WORKFLOW: name, GITHUB_JOB: name, GITHUB_RUN_ID: String(run), GITHUB_RUN_ATTEMPT: '1' },
    ...{ GITHUB_WORKSPACE: root, RUNNER_TEMP: folder },
  });
  const read = (key: keyof typeof commandFiles): string => readFileSync(files[key] ?? '', 'utf8');
  const outputs = Object.fromEntries(parseKeyValueFile(read('GITHUB_OUTPUT')));
  return { ...result, outputs, summary: read('GITHUB_STEP_SUMMARY') };
}

/** Bundles and scripts are compiled once, not in each run. */
const compiled = join(cacheFolder, 'compiled');

/** Not synchronous: a server of the witness may answer in this process. */
export function ended(
  program: string,
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const env = { NODE_COMPILE_CACHE: compiled, ...process.env, ...environment };
    const child = spawn(program, words, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text));
    child.on('error', reject);
    child.on('close', (status) => resolve({ status: status ?? -1, output }));
  });
}
