/**
 * `npm run dump`, and `holdfast dump` in the ops image: runs the bundle of the action db-dump outside of GitHub, on a host or in a
 * CronJob. Inputs come from options and from the environment (lib/dump-step.ts).
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { ConfigurationError } from '../src/runtime/errors.ts';
import { readCommandLine, reportFailure } from './lib/command-line.ts';
import { JobLog, optionNames, stepEnvironment, usage } from './lib/dump-step.ts';

/** Beside this script, in a checkout as in the image. */
function bundle(): string {
  const path = join(dirname(realpathSync(process.argv[1] ?? '.')), '..', 'dist', 'db-dump', 'index.js');
  if (existsSync(path)) return path;
  throw new ConfigurationError({ what: 'the bundle is missing', problems: [path], fix: 'run: npm run build' });
}

/** Runs the action with fresh command files, and passes signals on: in a container only the first process gets them. */
async function runStep(path: string, environment: Readonly<Record<string, string>>): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-step-'));
  const summary = join(folder, 'summary');
  const output = join(folder, 'output');
  for (const file of [summary, output]) writeFileSync(file, '', { mode: 0o600 });
  try {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', path], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...environment, GITHUB_STEP_SUMMARY: summary, GITHUB_OUTPUT: output },
    });
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
    const log = new JobLog();
    createInterface({ input: child.stdout }).on('line', (line) => {
      const text = log.read(line);
      if (text !== undefined) console.log(text);
    });
    const status = await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve(code ?? 1));
    });
    console.log(log.hide(readFileSync(summary, 'utf8')));
    return status;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

try {
  const options = Object.fromEntries(optionNames.map((name) => [name, { type: 'string' } as const]));
  const { values } = readCommandLine(usage, { options });
  const environment = stepEnvironment({
    options: values as Record<string, string>,
    env: process.env,
    host: hostname(),
  });
  process.exitCode = await runStep(bundle(), environment);
} catch (error) {
  process.exitCode = reportFailure(error);
}
