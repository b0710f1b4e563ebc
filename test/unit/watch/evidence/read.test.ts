import { describe, expect, test } from '@jest/globals';
import { actions } from '../../../../scripts/lib/actions.ts';
import type { StoredObject } from '../../../../src/domain/s3.ts';
import { versionsOf } from '../../../../src/watch/evidence/read/receipts.ts';
import { readRecord } from '../../../../src/watch/evidence/read/retention.ts';
import { retentionInputs } from '../../../../src/watch/evidence/read/retention-settings.ts';

const version = (key: string, at: string, more: Partial<StoredObject> = {}): StoredObject => ({
  key,
  versionId: at,
  size: 1,
  modifiedAt: new Date(at),
  latest: false,
  deleteMarker: false,
  ...more,
});

describe('receipts that were deleted', () => {
  test('are read in their newest version, with the time of their deletion', () => {
    const { found, deletedSince } = versionsOf([
      version('a.json', '2026-03-01T00:00:00Z'),
      version('a.json', '2026-03-01T00:10:00Z'),
      version('a.json', '2026-04-01T00:00:00Z', { latest: true, deleteMarker: true }),
      version('b.json', '2026-05-01T00:00:00Z', { latest: true }),
      version('c.json', '2026-02-01T00:00:00Z', { latest: true, deleteMarker: true }),
    ]);
    expect(found.map(({ object, deletedAt }) => [object.key, object.versionId, deletedAt])).toEqual([
      ['a.json', '2026-03-01T00:10:00Z', '2026-04-01T00:00:00.000Z'],
      ['b.json', '2026-05-01T00:00:00Z', undefined],
    ]);
    // The draft was replaced at 00:10: the bucket keeps what was replaced since then.
    expect(new Date(deletedSince ?? 0).toISOString()).toBe('2026-03-01T00:10:00.000Z');
  });

  test('are not known of a bucket without versions', () => {
    expect(versionsOf([version('a.json', '2026-03-01T00:00:00Z', { latest: true })]).deletedSince).toBeUndefined();
  });
});

const file = (days: number, more = ''): string => `on: push
jobs:
  backup:
    uses: acme/holdfast/.github/workflows/infobright-backup.yml@v1
    with:
      source: ib01
      retention-days: ${days}
${more}`;
const rotation = `  rotate:
    steps:
      - run: true
      - uses: acme/holdfast/actions/ebs-rotate@v1
        with:
          retention: 7d 4w
`;

describe('who changed retention', () => {
  const path = '.github/workflows/a.yml';
  const commit = (sha: string, date: string, login: string | null, parent?: string) => ({
    sha,
    parents: parent === undefined ? [] : [{ sha: parent }],
    html_url: `https://github.example/acme/backups/commit/${sha}`,
    commit: { committer: { date }, author: { name: 'Ada' } },
    author: login === null ? null : { login },
  });
  const texts: Readonly<Record<string, string>> = { c0: file(30), c1: file(30), c2: file(7), c3: file(7, rotation) };
  const asked: string[] = [];
  const github = {
    get: async (url: string) => {
      asked.push(url);
      if (url.includes('/commits?') && url.includes('since='))
        // Newest first, as GitHub lists them; c1 changed something else.
        return {
          status: 200,
          body: [
            commit('c3', '2026-01-20T00:00:00Z', null, 'c2'),
            commit('c2', '2026-01-10T00:00:00Z', 'ada', 'c1'),
            commit('c1', '2026-01-05T00:00:00Z', 'ada', 'c0'),
          ],
        };
      const ref = /ref=(\w+)/.exec(url)?.[1];
      if (ref !== undefined)
        return { status: 200, body: { content: Buffer.from(texts[ref] ?? '').toString('base64') } };
      if (url.includes('status=success')) return { status: 200, body: { total_count: 29 } };
      if (url.includes('status=failure')) return { status: 200, body: { total_count: 1 } };
      return { status: 200, body: { total_count: 31 } };
    },
  };
  const period = { from: '2026-01-01', to: '2026-01-31' };

  test('is read from the commits of the workflow file, with what was before', async () => {
    const record = await readRecord(github, { repository: 'acme/backups', workflows: [path], period });
    expect(record.unread).toEqual([]);
    expect(
      record.changes.map(({ at, author, place, setting, before, after, commit: sha }) => [
        at,
        author,
        place,
        setting,
        before,
        after,
        sha,
      ]),
    ).toEqual([
      ['2026-01-10T00:00:00.000Z', 'Ada (ada)', 'backup', 'retention-days', '30', '7', 'c2'],
      ['2026-01-20T00:00:00.000Z', 'Ada', 'rotate, step 2', 'retention', undefined, '7d 4w', 'c3'],
    ]);
    expect(record.retention.map(({ setting, value }) => [setting, value])).toEqual([
      ['retention-days', '7'],
      ['retention', '7d 4w'],
    ]);
    expect(record.runs).toEqual([{ workflow: path, total: 31, succeeded: 29, failed: 1 }]);
    expect(asked[0]).toContain('commits?since=2026-01-01T00:00:00.000Z&per_page');
    expect(asked[1]).toContain('since=2026-01-01T00:00:00.000Z&until=2026-01-31T23:59:59.000Z');
  });

  test('is seen in an expression, too, and what that stood for is told as not known, once', async () => {
    const given = (days: string): string => file(30).replace('retention-days: 30', `retention-days: ${days}`);
    const versions: Readonly<Record<string, string>> = {
      c0: given("${{ vars.DAYS || '30' }}"),
      c1: given("${{ vars.DAYS || '30' }}"),
      c2: given("${{ vars.DAYS || '7' }}"),
      c3: given("${{ vars.DAYS || '7' }}"),
    };
    const get = async (url: string) => {
      const ref = /ref=(\w+)/.exec(url)?.[1] ?? '';
      const content = Buffer.from(versions[ref] ?? '').toString('base64');
      return ref === '' ? await github.get(url) : { status: 200, body: { content } };
    };
    const record = await readRecord({ get }, { repository: 'acme/backups', workflows: [path], period });
    expect(record.changes.map(({ before, after, commit: sha }) => [before, after, sha])).toEqual([
      ["${{ vars.DAYS || '30' }}", "${{ vars.DAYS || '7' }}", 'c2'],
    ]);
    expect(record.unread).toHaveLength(2);
    expect(record.unread[0]).toMatch(
      /^What retention-days of .*, backup, was: the file has \$\{\{ vars\.DAYS \|\| '30' \}\}/,
    );
  });

  test('is read from the commits of workflows that it calls, too, whoever called them first', async () => {
    const ours = '.github/workflows/ours.yml';
    const caller = (given: string): string =>
      `on: { schedule: [] }\njobs: { all: { uses: ./${ours}, with: ${given} } }`;
    const called = (days: string): string =>
      `on: { workflow_call: { inputs: { days: {} } } }\njobs: { dump: { steps: [{ with: { retention-days: '${days}' } }] } }`;
    const given = '${{ inputs.days }}';
    const versions: Readonly<Record<string, Readonly<Record<string, string>>>> = {
      c0: { [path]: caller('{ days: 30 }') },
      d0: { [path]: caller('{ days: 30 }'), [ours]: called(given) },
      c1: { [path]: caller('{ days: 14 }'), [ours]: called(given) },
      d1: { [path]: caller('{ days: 14 }'), [ours]: called('3') },
      c2: { [ours]: called('3') },
    };
    const lists: Readonly<Record<string, readonly string[]>> = {
      '': ['c2', 'd1', 'c1'],
      [path]: ['c2', 'c1'],
      [ours]: ['d1'],
    };
    const days: Readonly<Record<string, readonly [string, string]>> = {
      c1: ['2026-01-05', 'd0'],
      d1: ['2026-01-10', 'c1'],
      c2: ['2026-01-20', 'd1'],
    };
    const get = async (url: string) => {
      const ref = /ref=(\w+)/.exec(url)?.[1];
      const file = decodeURIComponent(/contents\/([^?]+)/.exec(url)?.[1] ?? /path=([^&]+)/.exec(url)?.[1] ?? '');
      if (ref !== undefined) {
        const text = versions[ref]?.[file];
        return {
          status: text === undefined ? 404 : 200,
          body: { content: Buffer.from(text ?? '').toString('base64') },
        };
      }
      const listed = (lists[file] ?? []).map((sha) => {
        const [day, parent] = days[sha] ?? [];
        return commit(sha, `${day}T00:00:00Z`, 'ada', parent);
      });
      return { status: 200, body: url.includes('/commits?') ? listed : { total_count: 1 } };
    };
    const record = await readRecord({ get }, { repository: 'acme/backups', workflows: [path], period });
    expect(record.unread).toEqual([]);
    expect(record.changes.map((one) => [one.commit, one.workflow, one.place, one.before, one.after])).toEqual([
      ['c1', ours, `dump, step 1, called by all of ${path}`, '30', '14'],
      ['d1', ours, `dump, step 1, called by all of ${path}`, '14', '3'],
      ['c2', ours, `dump, step 1, called by all of ${path}`, '3', undefined],
    ]);
  });

  test('is told as not known where GitHub refuses', async () => {
    const refused = { get: async () => ({ status: 403, body: {} }) };
    const record = await readRecord(refused, { repository: 'acme/backups', workflows: [path], period });
    expect(record).toMatchObject({ retention: [], changes: [], runs: [] });
    expect(record.unread.join('\n')).toMatch(/Who changed .* status 403[\s\S]*Runs of .* status 403/);
  });

  test('looks at every input of an action that decides how long backups are kept', () => {
    const names = actions.flatMap(({ inputs }) => Object.keys(inputs));
    const deciding = names.filter((name) => /retention|^keep|^lock-(days|mode)|^max-copies/.test(name));
    expect(deciding.filter((name) => name !== 'compare-retention' && !retentionInputs.has(name))).toEqual([]);
  });
});
