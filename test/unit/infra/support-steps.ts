/** Runs the script of a workflow's step with real bash, as GitHub's runner does, among stand-ins for the programs it calls. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';

interface Step {
  readonly name?: string;
  readonly run?: string;
}

/** The script of a step, by its name. */
export function script(workflow: string, step: string): string {
  const { jobs } = parse(readFileSync(`.github/workflows/${workflow}.yml`, 'utf8')) as {
    jobs: Record<string, { steps?: Step[] }>;
  };
  const found = Object.values(jobs)
    .flatMap((job) => job.steps ?? [])
    .find(({ name }) => name === step);
  if (found?.run === undefined) throw new Error(`${workflow}.yml has no step ${step}`);
  return found.run;
}

export interface StepResult {
  readonly status: number | null;
  /** What it says, line by line. */
  readonly lines: readonly string[];
  readonly outputs: readonly string[];
  readonly summary: string;
  /** What the stand-ins were called with. */
  readonly calls: readonly string[];
}

const bash = ['/bin/bash', '/usr/bin/bash', '/usr/local/bin/bash'].find((path) => existsSync(path)) ?? 'bash';

/**
 * @param standIns bodies of sh scripts by name, in a PATH that has nothing else
 * @param files what the workspace holds
 */
export function runStep(
  content: string,
  environment: Readonly<Record<string, string>>,
  {
    standIns = {},
    path = '',
    files = {},
  }: { standIns?: Record<string, string>; path?: string; files?: Record<string, string> } = {},
): StepResult {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-step-'));
  try {
    const programs = join(folder, 'programs');
    mkdirSync(programs);
    for (const [name, body] of Object.entries(standIns)) {
      const file = join(programs, name);
      writeFileSync(file, `#!/bin/sh\necho "${name} $*" >> "$CALLS"\n${body}\n`);
      chmodSync(file, 0o755);
    }
    const workspace = join(folder, 'workspace');
    for (const [name, text] of Object.entries({ '.keep': '', ...files })) {
      mkdirSync(dirname(join(workspace, name)), { recursive: true });
      writeFileSync(join(workspace, name), text);
    }
    const written = Object.fromEntries(['OUTPUT', 'STEP_SUMMARY', 'CALLS'].map((name) => [name, join(folder, name)]));
    for (const file of Object.values(written)) writeFileSync(file, '');
    const file = join(folder, 'step.sh');
    writeFileSync(file, content);
    const { status, stdout, stderr } = spawnSync(bash, ['--noprofile', '--norc', '-eo', 'pipefail', file], {
      cwd: workspace,
      encoding: 'utf8',
      env: {
        ...environment,
        PATH: path === '' ? programs : `${programs}:${path}`,
        GITHUB_OUTPUT: written.OUTPUT,
        GITHUB_STEP_SUMMARY: written.STEP_SUMMARY,
        CALLS: written.CALLS,
      },
    });
    const read = (name: string): string[] =>
      readFileSync(written[name] ?? '', 'utf8')
        .split('\n')
        .filter(Boolean);
    return {
      status,
      lines: `${stdout}${stderr}`.split('\n').filter(Boolean),
      outputs: read('OUTPUT'),
      summary: read('STEP_SUMMARY').join('\n'),
      calls: read('CALLS'),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Every choice of some of these, none and all of them included. */
export function subsets<T>(all: readonly T[]): T[][] {
  return Array.from({ length: 2 ** all.length }, (_, bits) => all.filter((_one, index) => (bits >> index) % 2 === 1));
}
