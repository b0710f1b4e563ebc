/**
 * AWS's own command line, at the newest version that a registry has: the command blocks of the pages, against the lab. The suite that runs
 * them with Debian's old version (test/contract/documented-commands.long.test.ts) runs them here with this one.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../../scripts/lib/actions.ts';
import { jest } from '../../../scripts/lib/test-runs.ts';
import { pythonTools } from '../../../scripts/lib/tools.ts';
import type { Witness } from '../../witness.ts';

const suite = 'test/contract/documented-commands.long.test.ts';
const program = (): string => join(pythonTools(join(import.meta.dirname, 'install')), 'aws');

/** A pattern for the names of the tests of those pages that call it. */
function pagesWithCalls(): string {
  const pages = globSync(['*.md', 'docs/**/*.md', 'actions/*/README.md', 'ops/*.md'], { cwd: root });
  const calling = pages.filter((page) => /\baws [a-z0-9]+ [a-z]/.test(readFileSync(join(root, page), 'utf8')));
  return `^(${calling.map((page) => page.replaceAll('.', '\\.')).join('|')}): `;
}

interface Call {
  readonly page: string;
  readonly words: readonly string[];
  /** Missing where it was only noted: a session needs the plugin of Session Manager, and a terminal. */
  readonly status?: number;
  /** What its answer shows to be wrong in the page: see answerProblems of the suite. */
  readonly problems: readonly string[];
}

export const awsCli: Witness = {
  name: 'aws-cli',
  compares: 'Every call of `aws` in the command blocks of the pages, run against the lab as it stands there.',
  known: [],
  async install() {
    const { stdout } = spawnSync(program(), ['--version'], { encoding: 'utf8' });
    return stdout.split(' ')[0]?.replace('/', ' ') ?? 'aws-cli';
  },
  async run(points) {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-aws-cli-'));
    try {
      const file = join(folder, 'calls');
      const { status, stdout, stderr } = spawnSync(process.execPath, [...jest, suite, '-t', pagesWithCalls()], {
        cwd: root,
        encoding: 'utf8',
        maxBuffer: 64 * 1024 * 1024,
        env: { ...process.env, HOLDFAST_AWS_CLI: program(), HOLDFAST_AWS_CALLS: file },
      });
      const calls = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
      for (const { page, words, status: ended, problems } of calls.map((line) => JSON.parse(line) as Call)) {
        const point = `${page}: aws ${words.join(' ')}`;
        if (ended !== undefined && problems.length > 0) points.differ(point, [], problems);
        else if (ended !== undefined) points.compare(point, 0, ended);
      }
      if (status !== 0) throw new Error(`${suite} failed:\n${`${stdout}${stderr}`.slice(-6000)}`);
      if (calls.length === 0) throw new Error(`${suite} called no aws`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
