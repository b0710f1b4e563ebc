/** One workflow file by both runners: what they make of each job. */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { type Outcome, type RunnerLine, worst } from '../../../lab/runner/result.ts';
import { Runner } from '../../../lab/runner/runner.ts';
import { startGitHub } from '../../../lab/services/github/server.ts';
import { root } from '../../../scripts/lib/actions.ts';
import { undisturbed } from '../../lib/lab-account.ts';
import type { Surroundings } from './aws.ts';

export interface Seen {
  readonly result: string;
  /** What the steps printed with `SEEN` before it, in order. */
  readonly lines: string[];
  readonly summary: string;
  /** Warnings, notices and errors. */
  readonly annotations: string[];
}

/** Jobs by their id; the jobs of a matrix are joined, in the order of their lines. */
export type Jobs = Map<string, Seen>;

const bundles = ['anonymize', 'db-dump', 'ebs-rotate', 'ebs-rotate-post', 'ib-snapshot', 'ib-snapshot-post'];
const called = ['ebs-rotate', 'postgres-dump', 'postgres-server'].map((name) => `.github/workflows/${name}.yml`);

/**
 * What of the syntax act does not know yet, in its older form: the repository is the same, and is checked out; one run waits at most. The
 * step that only pull requests have is left out, since act fetches what it uses from GitHub.
 */
function older(workflow: string): string {
  return workflow
    .replaceAll(/^( +(?:- )?uses: )\$\//gm, '$1./')
    .replaceAll(/^ +queue: max\n/gm, '')
    .replaceAll(/^ {4}steps:\n/gm, `$&      - uses: actions/checkout@v7\n`)
    .replace(/^ {6}- name: Check out the base branch\n(?: {8}.*\n)+/m, '');
}

/** A git repository with the workflows of this witness, and workflows and actions of Holdfast with their bundles. */
export function makeRepository(runner: 'act' | 'lab'): string {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-act-'));
  cpSync(join(import.meta.dirname, 'repository'), folder, { recursive: true });
  for (const path of bundles.flatMap((name) => [`actions/${name}`, `dist/${name}`]))
    if (existsSync(join(root, path))) cpSync(join(root, path), join(folder, path), { recursive: true });
  for (const path of called) {
    const text = readFileSync(join(root, path), 'utf8');
    writeFileSync(join(folder, path), runner === 'act' ? older(text) : text);
  }
  for (const parameters of [
    ['init', '--quiet', '--initial-branch=main'],
    ['remote', 'add', 'origin', 'https://github.com/acme/backups.git'],
    ['add', '--all'],
    ['-c', 'user.name=lab', '-c', 'user.email=lab@example.com', 'commit', '--quiet', '--message=x'],
  ]) {
    const { status, stderr } = spawnSync('git', parameters, { cwd: folder, encoding: 'utf8' });
    if (status !== 0) throw new Error(`git ${parameters[0]}: ${stderr}`);
  }
  return folder;
}

export async function byLab(
  folder: string,
  workflow: string,
  { environment, vars, secrets }: Surroundings,
): Promise<Jobs> {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-act-lab-'));
  const github = await startGitHub({
    ...undisturbed(),
    repository: { owner: 'acme', name: 'backups', ownerId: 42, id: 4711 },
  });
  try {
    const lines: RunnerLine[] = [];
    const runner = new Runner({
      ...{ root: folder, directory, github, vars, secrets, runnerEnvironment: environment },
      onLine: (line) => void lines.push(line),
    });
    const handle = await runner.start(`.github/workflows/${workflow}`, { event: 'workflow_dispatch' });
    const { jobs } = await handle.finished;
    const seen: Jobs = new Map();
    for (const { key, id, conclusion, summary } of jobs) {
      const own = lines.filter(({ job }) => job === key);
      // act names the jobs of a called workflow only.
      if (jobs.some((other) => other.id.startsWith(`${id}/`))) continue;
      add(seen, id.split('/').at(-1) ?? id, {
        result: conclusion,
        summary,
        lines: own.filter(({ kind }) => kind === 'text').flatMap(({ text }) => spoken(text)),
        annotations: own
          .filter(({ kind, text }) => /^(warning|notice|error)$/.test(kind) && !ownWords.test(text))
          .map((one) => `${one.kind}: ${one.text}`),
      });
    }
    return seen;
  } finally {
    await github.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Of the runner, which no step has printed. */
const ownWords =
  /^(Process completed with|An error occurred trying to start process|Unable to process file command|Invalid (format|value))/;

const spoken = (text: string): string[] => text.split('\n').flatMap((one) => /^SEEN (.*?)\s*$/.exec(one)?.[1] ?? []);

function add(jobs: Jobs, id: string, one: Seen): void {
  const before = jobs.get(id);
  if (!before) return void jobs.set(id, one);
  jobs.set(id, {
    // act gives every job of a matrix the result of all.
    result: worst([before.result, one.result] as Outcome[]),
    summary: before.summary + one.summary,
    lines: [...before.lines, ...one.lines].sort(),
    annotations: [...before.annotations, ...one.annotations].sort(),
  });
}

/** A line of act's log (`--json`). */
interface Line {
  readonly job?: string;
  readonly jobID?: string;
  readonly matrix?: object;
  readonly msg: string;
  readonly raw_output?: boolean;
  /** Of a command: its name, what follows it, and its properties. */
  readonly command?: string;
  readonly arg?: string;
  readonly kvPairs?: { readonly title?: string };
  readonly content?: string;
  readonly jobResult?: string;
}

/** @param act the program */
export async function byAct(
  act: string,
  folder: string,
  workflow: string,
  { environment, vars, secrets }: Surroundings,
): Promise<Jobs> {
  const home = mkdtempSync(join(tmpdir(), 'holdfast-act-home-'));
  mkdirSync(join(home, 'cache'), { recursive: true });
  const output = await run(
    act,
    [
      ...['workflow_dispatch', '--workflows', `.github/workflows/${workflow}`, '--json'],
      ...['--platform', 'ubuntu-latest=-self-hosted', '--action-offline-mode', '--concurrent-jobs', '1'],
      ...Object.entries(environment).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
      ...Object.entries(vars).flatMap(([name, value]) => ['--var', `${name}=${value}`]),
      ...Object.entries(secrets).flatMap(([name, value]) => ['--secret', `${name}=${value}`]),
    ],
    folder,
    { HOME: home, PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}` },
  ).finally(() => rmSync(home, { recursive: true, force: true }));
  const lines = output.split('\n').flatMap((text): Line[] => (text.startsWith('{') ? [JSON.parse(text)] : []));
  const runs = new Map<string, Line[]>();
  for (const line of lines) {
    if (!line.jobID) continue;
    const key = `${line.jobID} ${line.job?.trim()} ${JSON.stringify(line.matrix ?? {})}`;
    runs.set(key, [...(runs.get(key) ?? []), line]);
  }
  const seen: Jobs = new Map();
  for (const [key, own] of runs) {
    const id = key.split(' ')[0] ?? '';
    add(seen, id, {
      result: own.findLast((one) => one.jobResult)?.jobResult ?? 'none',
      lines: own.filter((one) => one.raw_output).flatMap(({ msg }) => spoken(msg)),
      summary: own.flatMap((one) => (one.command === 'summary' ? [one.content ?? ''] : [])).join('\n'),
      annotations: own.flatMap(({ command = '', arg = '', kvPairs: { title } = {} }) =>
        /^(warning|notice|error)$/.test(command) ? [`${command}: ${title ? `${title}: ` : ''}${arg}`] : [],
      ),
    });
  }
  return seen;
}

function run(program: string, parameters: readonly string[], cwd: string, env: object): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    // One behind the other: a piece of one would break a line of the other.
    const texts = ['', ''];
    for (const [at, stream] of [child.stdout, child.stderr].entries())
      stream.setEncoding('utf8').on('data', (piece: string) => (texts[at] += piece));
    child.on('error', reject);
    child.on('close', () => resolve(texts.join('\n')));
  });
}
