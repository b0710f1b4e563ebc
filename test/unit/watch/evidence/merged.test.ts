/** Retention that a pull request changed, in a real git repository: it counts from the merge, whenever it was committed. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readRecord } from '../../../../src/watch/evidence/read/retention.ts';

const path = '.github/workflows/nightly.yml';
const folder = mkdtempSync(join(tmpdir(), 'evidence-merged-'));

/** Runs git at a time, as somebody. */
function git(args: readonly string[], at = '2025-06-01', name = 'Ada'): string {
  const date = `${at}T12:00:00Z`;
  const who = {
    GIT_AUTHOR_NAME: name,
    GIT_COMMITTER_NAME: name,
    GIT_AUTHOR_EMAIL: 'a@b.c',
    GIT_COMMITTER_EMAIL: 'a@b.c',
  };
  const env = {
    ...process.env,
    ...who,
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_DATE: date,
    GIT_CONFIG_GLOBAL: '/dev/null',
  };
  return execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'pipe'] });
}

function commit(days: number, at: string, name: string): void {
  writeFileSync(
    join(folder, path),
    `on: push\njobs:\n  backup:\n    uses: acme/holdfast/.github/workflows/infobright-backup.yml@v1\n    with:\n      source: ib01\n      retention-days: ${days}\n`,
  );
  git(['add', '.']);
  git(['commit', '-q', '-m', `${days} days`], at, name);
}

function other(name: string, at: string): void {
  writeFileSync(join(folder, name), at);
  git(['add', '.']);
  git(['commit', '-q', '-m', name], at, 'Bob');
}

const merge = (branch: string, at: string): string => git(['merge', '-q', '--no-ff', '-m', branch, branch], at, 'Bob');

/** GitHub's lists, as git makes them. */
const github = {
  get: async (url: string) => {
    const { pathname, searchParams: asked } = new URL(url, 'https://api.github.test/');
    if (pathname.includes('/contents/'))
      return {
        status: 200,
        body: { content: Buffer.from(git(['show', `${asked.get('ref')}:${path}`])).toString('base64') },
      };
    if (!pathname.endsWith('/commits')) return { status: 200, body: { total_count: 1 } };
    const [count, page] = [Number(asked.get('per_page')), Number(asked.get('page') ?? 1)];
    const filters = ['since', 'until'].flatMap((name) => (asked.get(name) ? [`--${name}=${asked.get(name)}`] : []));
    const file = asked.get('path');
    const out = git([
      ...['log', '--format=%H|%P|%cI|%an', `-n${count}`, `--skip=${(page - 1) * count}`, ...filters, 'main', '--'],
      ...(file === null ? [] : [file]),
    ]);
    const body = out.split('\n').flatMap((line) => {
      const [sha, parents = '', date, name] = line.split('|');
      const ids = parents.split(' ').filter((one) => one !== '');
      return sha
        ? [
            {
              sha,
              html_url: sha,
              parents: ids.map((id) => ({ sha: id })),
              commit: { committer: { date }, author: { name } },
              author: null,
            },
          ]
        : [];
    });
    return { status: 200, body };
  },
};

async function evidence(from: string, to: string) {
  const record = await readRecord(github, { repository: 'acme/backups', workflows: [path], period: { from, to } });
  expect(record.unread).toEqual([]);
  return {
    now: record.retention.map(({ value }) => value),
    changes: record.changes.map(({ at, author, before, after }) => [at.slice(0, 10), author, before, after]),
  };
}

beforeAll(() => {
  git(['init', '-q', '-b', 'main']);
  mkdirSync(join(folder, '.github', 'workflows'), { recursive: true });
  commit(90, '2025-06-01', 'Ada');
  git(['switch', '-q', '-c', 'shorter']);
  commit(7, '2026-01-28', 'Ada');
  git(['switch', '-q', 'main']);
  other('readme', '2026-01-30');
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('retention that was committed in January, and merged in February', () => {
  test('is unchanged in January, whether it is asked before the merge or after', async () => {
    const unchanged = { now: ['90'], changes: [] };
    expect(await evidence('2026-01-01', '2026-01-31')).toEqual(unchanged);
    merge('shorter', '2026-02-03');
    expect(await evidence('2026-01-01', '2026-01-31')).toEqual(unchanged);
  });

  test('is changed in February, by whoever merged it, and in both months together by its author', async () => {
    expect(await evidence('2026-02-01', '2026-02-28')).toEqual({
      now: ['7'],
      changes: [['2026-02-03', 'merged by Bob', '90', '7']],
    });
    expect(await evidence('2026-01-01', '2026-02-28')).toEqual({
      now: ['7'],
      changes: [['2026-02-03', 'Ada, merged by Bob', '90', '7']],
    });
  });

  test('is no change in March; a month without any commit has what was before', async () => {
    other('more', '2026-03-05');
    expect(await evidence('2026-03-01', '2026-03-31')).toEqual({ now: ['7'], changes: [] });
    expect(await evidence('2026-05-01', '2026-05-31')).toEqual({ now: ['7'], changes: [] });
  });

  test('is told twice when it was changed back in between, and a branch that took main in brings nothing of it', async () => {
    git(['switch', '-q', '-c', 'longer']);
    commit(30, '2026-06-02', 'Eve');
    git(['switch', '-q', '-c', 'feature', 'main']);
    other('feature', '2026-06-03');
    git(['switch', '-q', 'main']);
    merge('longer', '2026-06-10');
    git(['switch', '-q', 'feature']);
    merge('main', '2026-06-11');
    git(['switch', '-q', 'main']);
    commit(7, '2026-06-12', 'Bob');
    merge('feature', '2026-06-20');
    expect(await evidence('2026-06-01', '2026-06-30')).toEqual({
      now: ['7'],
      changes: [
        ['2026-06-10', 'Eve, merged by Bob', '7', '30'],
        ['2026-06-12', 'Bob', '30', '7'],
      ],
    });
  });
});
