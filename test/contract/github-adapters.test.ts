import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createClient, GitHubError } from '../../src/adapters/github/client.ts';
import { findIssues, syncIssue } from '../../src/adapters/github/issues.ts';
import { createRuns } from '../../src/adapters/github/runs.ts';
import { writeSummary } from '../../src/adapters/github/summary.ts';
import { issueMarker } from '../../src/report/render/issue.ts';
import { summaryLimit } from '../../src/report/render/summary.ts';
import type { Report } from '../../src/report/report.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import { bad, good } from '../unit/report/samples.ts';
import { type Answer, type Asked, serve, type TestServer } from './http-server.ts';

const clock: Clock = { now: () => new Date(), sleep: async () => {} };

interface Issue {
  number: number;
  state: string;
  title: string;
  body: string;
  labels: string[];
  comments: string[];
  pull_request?: object;
}

/** GitHub's issues of one repository, two to a page. `interfere` may answer instead, before or after the effect. */
class Issues {
  issues: Issue[] = [];
  labels = new Set<string>();
  interfere: (asked: Asked, effect: () => Answer) => Answer = (_, effect) => effect();
  server: TestServer | undefined;

  async start(): Promise<TestServer> {
    this.server = await serve((asked) => this.interfere(asked, () => this.#answer(asked)));
    return this.server;
  }

  #answer({ method, path, body }: Asked): Answer {
    const url = new URL(path, 'http://x');
    const [, number, sub] = /^\/repos\/acme\/backups\/issues(?:\/(\d+))?(\/comments)?$/.exec(url.pathname) ?? [];
    const data = body === '' ? {} : JSON.parse(body);
    if (url.pathname.startsWith('/repos/acme/backups/labels')) {
      const name = decodeURIComponent(url.pathname.split('/')[5] ?? '');
      if (method === 'GET')
        return this.labels.has(name) ? { status: 200 } : { status: 404, body: { message: 'Not Found' } };
      this.labels.add(data.name);
      return { status: 201 };
    }
    if (method === 'GET') {
      const page = Number(url.searchParams.get('page') ?? '1');
      const wanted = this.issues.filter(
        (issue) =>
          url.searchParams.get('state') === 'all' && issue.labels.includes(url.searchParams.get('labels') ?? ''),
      );
      url.searchParams.set('page', String(page + 1));
      const more = wanted.length > page * 2;
      const link = `<${this.server?.url}${url.pathname}${url.search}>; rel="next"`;
      return { status: 200, body: wanted.slice(page * 2 - 2, page * 2), headers: more ? { link } : {} };
    }
    const issue = this.issues.find((one) => String(one.number) === number);
    if (method === 'POST' && number === undefined) {
      const made = { number: this.issues.length + 1, state: 'open', comments: [], ...data };
      this.issues.push(made);
      return { status: 201, body: { ...made, html_url: `https://github.example/${made.number}` } };
    }
    if (issue === undefined) return { status: 404, body: { message: 'Not Found' } };
    if (sub !== undefined) issue.comments.push(data.body);
    else Object.assign(issue, data);
    return { status: sub === undefined ? 200 : 201, body: { ...issue, html_url: 'https://github.example/i' } };
  }
}

const github = new Issues();
let path: string | undefined;
afterEach(async () => {
  await github.server?.close();
  Object.assign(github, new Issues(), { server: undefined });
  if (path !== undefined) rmSync(path, { recursive: true });
  path = undefined;
});

async function options() {
  const { url } = await github.start();
  return { octokit: createClient({ token: 't', apiUrl: url, timeoutSeconds: 5 }), repository: 'acme/backups', clock };
}

const later: Report = { ...bad, run: { ...bad.run, key: 'acme/backups/actions/runs/78' } };

describe('issues', () => {
  test('one issue: made with its label, updated, closed, opened again', async () => {
    const at = await options();
    expect(await syncIssue(at, bad)).toEqual({
      decision: 'create',
      text: 'opened issue 1',
      url: 'https://github.example/1',
    });
    expect(github.labels).toEqual(new Set(['holdfast']));
    expect((await syncIssue(at, later)).decision).toBe('update');
    expect(github.issues).toHaveLength(1);
    expect(github.issues[0]?.comments).toHaveLength(1);
    expect((await syncIssue(at, good)).decision).toBe('close');
    expect(github.issues[0]?.state).toBe('closed');
    expect((await syncIssue(at, bad)).decision).toBe('reopen');
    expect(github.issues[0]).toMatchObject({ state: 'open', labels: ['holdfast'] });
    expect(github.issues[0]?.comments).toHaveLength(3);
  });

  test('finds the issue on a later page, and takes no pull request for it', async () => {
    const other = (number: number): Issue => ({
      number,
      state: 'closed',
      title: '',
      body: 'other',
      labels: ['holdfast'],
      comments: [],
    });
    const body = issueMarker('ib01.prod');
    github.issues = [other(1), other(2), { ...other(3), body, pull_request: {} }, other(4), { ...other(5), body }];
    expect(await findIssues(await options(), 'ib01.prod')).toEqual([{ number: 5, state: 'closed', body }]);
  });

  test('an answer lost after the issue was made does not make a second one', async () => {
    const at = await options();
    let lost = false;
    github.interfere = (asked, effect) => {
      const answer = effect();
      if (asked.method === 'POST' && asked.path.endsWith('/issues') && !lost) {
        lost = true;
        return { ...answer, drop: true };
      }
      return answer;
    };
    expect((await syncIssue(at, bad)).decision).toBe('update');
    expect(github.issues).toHaveLength(1);
    expect(github.issues[0]?.comments).toEqual([]);
  });

  test.each([
    ['broke off', '[{"number":1,"bo'],
    ['is empty', ''],
  ])('a list that %s is no list without issues: no second issue is made', async (_how, broken) => {
    const at = await options();
    await syncIssue(at, bad);
    let left = 1;
    github.interfere = (asked, effect) =>
      asked.method === 'GET' && asked.path.includes('/issues?') && left-- > 0
        ? { status: 200, body: broken, headers: { 'content-type': 'application/json; charset=utf-8' } }
        : effect();
    expect((await syncIssue(at, later)).decision).toBe('update');
    expect(left).toBeLessThan(0);
    expect(github.issues).toHaveLength(1);
  });

  test('a missing permission is named, with what to add, and not tried again', async () => {
    const at = await options();
    github.interfere = () => ({ status: 403, body: { message: 'Resource not accessible by integration' } });
    const error = await syncIssue(at, bad).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(GitHubError);
    expect(error).toMatchObject({ status: 403, temporary: false });
    expect((error as GitHubError).fix).toContain('permissions:\n  issues: write');
    expect(github.server?.asked).toHaveLength(1);
  });

  test('disabled issues, a wrong token and an exhausted rate limit give different errors', async () => {
    const at = await options();
    const outcome = async (answer: Answer) => {
      github.interfere = () => answer;
      return (await syncIssue(at, bad).catch((cause: unknown) => cause)) as GitHubError;
    };
    expect((await outcome({ status: 410, body: { message: 'gone' } })).fix).toContain('Issues');
    expect((await outcome({ status: 401, body: { message: 'Bad credentials' } })).likelyCause).toBe(
      'the token is not valid',
    );
    const limited = {
      status: 403,
      body: { message: 'API rate limit exceeded' },
      headers: { 'x-ratelimit-remaining': '0' },
    };
    expect((await outcome(limited)).temporary).toBe(true);
  });
});

describe('runs', () => {
  const run = 'acme/backups/actions/runs/42';
  const ask = async (answer: Answer, key = run) => {
    github.interfere = () => answer;
    return createRuns((await options()).octokit, { debug: () => {} }).state(key);
  };

  test.each([
    ['completed', 'over'],
    ['in_progress', 'alive'],
    ['queued', 'alive'],
    ['waiting', 'alive'],
  ])('%s is %s', async (status, state) => {
    expect(await ask({ status: 200, body: { status } })).toBe(state);
    expect(github.server?.asked[0]?.path).toBe('/repos/acme/backups/actions/runs/42');
  });

  test.each([
    { status: 404, body: { message: 'Not Found' } },
    { status: 403, body: { message: 'no' } },
    { status: 500, body: 'oops' },
    { status: 200, body: {} },
    { status: 200, drop: true },
  ])('$status says nothing about a run', async (answer) => {
    expect(await ask(answer)).toBe('unknown');
  });

  test('what is no run key is asked of nobody', async () => {
    expect(await ask({ status: 200, body: { status: 'completed' } }, '../../etc/actions/runs/1')).toBe('unknown');
    expect(github.server?.asked).toEqual([]);
  });
});

describe('the job summary', () => {
  const withFile = async (content: string, render: (limit: number) => string): Promise<string | false> => {
    path = mkdtempSync(join(tmpdir(), 'summary-'));
    const file = join(path, 'summary.md');
    writeFileSync(file, content);
    const before = process.env.GITHUB_STEP_SUMMARY;
    process.env.GITHUB_STEP_SUMMARY = file;
    try {
      return (await writeSummary(render)) && readFileSync(file, 'utf8');
    } finally {
      if (before === undefined) delete process.env.GITHUB_STEP_SUMMARY;
      else process.env.GITHUB_STEP_SUMMARY = before;
    }
  };

  test('appends, and counts what is there against the limit', async () => {
    let limit = 0;
    const text = await withFile('first\n', (given) => {
      limit = given;
      return 'second\n';
    });
    expect(text).toBe('first\n\nsecond\n');
    expect(limit).toBe(summaryLimit - 7);
  });

  test('writes nothing when nothing fits', async () => {
    expect(await withFile('x'.repeat(summaryLimit), (limit) => (limit > 0 ? 'text' : ''))).toBe(false);
  });
});
