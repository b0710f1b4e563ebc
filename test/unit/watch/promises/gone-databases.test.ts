/** Which databases are no longer on their server. */
import { expect, test } from '@jest/globals';
import { withGoneDatabases } from '../../../../src/watch/promises/gone-databases.ts';
import type { PromisedSource } from '../../../../src/watch/promises/promise.ts';
import { backup, promised } from '../watchdog/given.ts';

const dump = (database: string, at: string, run: number) =>
  backup(at, { source: `srv/${database}`, runUrl: `https://github.com/acme/shop/actions/runs/${run}/attempts/1` });
const all = [dump('orders', '2026-11-20T03:18:00Z', 1), dump('misc', '2026-11-20T03:18:00Z', 1)];
const without = dump('misc', '2026-11-21T03:18:00Z', 2);

// The fields of GitHub's REST API, "Get a workflow run".
const ended = {
  event: 'schedule',
  conclusion: 'success',
  path: '.github/workflows/a.yml',
  created_at: '2026-11-21T03:17:30Z',
};

async function gone(run: object, more: Partial<PromisedSource> = {}, backups = [...all, without]) {
  const asked: string[] = [];
  const github = {
    get: (path: string) => {
      asked.push(path);
      return Promise.resolve({ status: 200, body: run });
    },
  };
  const [one] = await withGoneDatabases(
    [promised({ source: 'srv', allDatabases: true, ...more })],
    backups,
    github,
    'acme/shop',
  );
  return [one?.goneDatabases, asked];
}

test('a scheduled run that ended well without it', async () => {
  expect(await gone(ended)).toEqual([{ 'srv/orders': '2026-11-21T03:17:30.000Z' }, ['repos/acme/shop/actions/runs/2']]);
});

test.each([
  ['failed', { conclusion: 'failure' }],
  ['has not ended', { conclusion: null }],
  ['was started by hand, perhaps for one database', { event: 'workflow_dispatch' }],
  ['is of another workflow', { path: '.github/workflows/b.yml' }],
])('a run that %s says nothing', async (_, more) => {
  expect((await gone({ ...ended, ...more }))[0]).toBeUndefined();
});

test('what is known is not asked again, and ends when it is dumped again', async () => {
  const known = { goneDatabases: { 'srv/orders': '2026-11-21T03:17:30.000Z' } };
  expect(await gone(ended, known)).toEqual([known.goneDatabases, []]);
  const back = dump('orders', '2026-11-22T03:18:00Z', 3);
  const misc = dump('misc', '2026-11-22T03:18:00Z', 3);
  expect(await gone(ended, known, [...all, without, back, misc])).toEqual([undefined, []]);
});

test('nothing is asked while the newest run made all, or without GitHub', async () => {
  expect(await gone(ended, {}, all)).toEqual([undefined, []]);
  const one = promised({ source: 'srv', allDatabases: true });
  expect(await withGoneDatabases([one], [...all, without], undefined, 'acme/shop')).toEqual([one]);
});
