/** Databases of a server and volumes of an instance: each is judged by itself. */
import { describe, expect, test } from '@jest/globals';
import type { BackupKind, KeptBackup, UnreadPart } from '../../../../src/domain/backup.ts';
import { inputOf } from '../../../../src/watch/page/from-watch.ts';
import { pageModel } from '../../../../src/watch/page/model/model.ts';
import { renderPage } from '../../../../src/watch/page/render/page.ts';
import type { PromisedSource } from '../../../../src/watch/promises/promise.ts';
import { watch } from '../../../../src/watch/watchdog/watchdog.ts';
import { backup, promised, schedule } from './given.ts';

const now = new Date('2026-11-27T03:00:00Z');
const targets = { allowanceSeconds: 12 * 3600, rpoSeconds: 26 * 3600 };
const server: Partial<PromisedSource> = { source: 'srv', allDatabases: true, targets };
const dump = (database: string, at: string, more: Partial<KeptBackup> = {}) =>
  backup(at, { source: `srv/${database}`, id: `${database} ${at}`, ...more });

function look(
  more: Partial<PromisedSource>,
  backups: readonly KeptBackup[],
  unread: readonly UnreadPart[] = [],
  others: readonly PromisedSource[] = [],
) {
  const [one] = watch({ promises: [promised(more), ...others], inventory: { backups, unread }, now });
  if (one === undefined) throw new Error('no source');
  return one;
}

function pageOf(more: Partial<PromisedSource>, backups: readonly KeptBackup[]) {
  const inventory = { backups, unread: [] };
  const sources = watch({ promises: [promised(more)], inventory, now });
  const settings = { title: 't', timeZone: 'UTC', writtenBy: 'x' };
  const rest = { problems: [], history: undefined, now, settings };
  return pageModel(inputOf({ repositories: [{ sources }], inventory, ...rest }));
}

const texts = ({ failures }: ReturnType<typeof look>) => failures.map(({ kind, what }) => `${kind}: ${what}`);

describe('a server with several databases', () => {
  const old = dump('orders', '2026-09-28T03:18:00Z');
  const fresh = dump('misc', '2026-11-26T03:18:00Z');

  test('is not backed up by a fresh dump of another database', () => {
    const found = look(server, [old, fresh]);
    expect(texts(found)).toEqual([
      'missing: no backup of srv/orders since 2026-09-28 03:18:00 UTC: the run promised for 2026-11-26 03:17:00 UTC made none within 12h',
      'too-old: the newest proven backup of srv/orders is of 2026-09-28 03:18:00 UTC; the target is 1d2h',
    ]);
    expect(found.failures[0]?.likelyCause).toMatch(/other databases of the server were dumped/);
    // What metrics and the summary show is the worst one.
    expect([found.newest, found.proven]).toEqual([old, old]);
    expect(texts(look(server, [dump('orders', '2026-11-26T03:19:00Z'), fresh]))).toEqual([]);
  });

  test('names all that fail', () => {
    const found = look(
      server,
      ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((name) => dump(name, '2026-11-20T03:18:00Z')),
    );
    expect(texts(found)[0]).toMatch(
      /^missing: no backup of srv\/a since .*; the same of srv\/b, srv\/c, srv\/d, srv\/e, srv\/f and 2 more$/,
    );
    expect(found.failures[0]?.likelyCause).toMatch(/GitHub started no run/);
  });

  test('has targets for one of them, also one that was never dumped', () => {
    const targetsOfDatabases = { 'srv/orders': { allowanceSeconds: 43_200, rpoSeconds: 90 * 86_400 } };
    const rare = { ...server, targetsOfDatabases };
    expect(look(rare, [old, fresh]).failures.map(({ kind }) => kind)).toEqual(['missing']);
    expect(texts(look(rare, [fresh]))[0]).toMatch(/^missing: srv\/orders has never been backed up/);
  });

  test('does not miss a database that is no longer on it, says so, and misses it again once it came back', () => {
    const gone = { ...server, goneDatabases: { 'srv/orders': '2026-09-29T03:17:00.000Z' } };
    const found = look(gone, [old, fresh]);
    expect([texts(found), found.notes]).toEqual([
      [],
      ['orders is no longer among the databases of srv since 2026-09-29 03:17:00 UTC'],
    ]);
    const back = look(gone, [dump('orders', '2026-10-10T03:18:00Z'), fresh]);
    expect([back.failures.length, back.notes]).toEqual([2, undefined]);
  });

  test('leaves to its own promise what is promised alone', () => {
    const own = promised({ source: 'srv/orders', schedules: [schedule('0 0 1 1 *')] });
    expect(texts(look(server, [old, fresh], [], [own]))).toEqual([]);
  });

  test('is unknown only where receipts of that database are hidden', () => {
    const part = { what: 'receipts of x', reason: 'denied', hides: ['database-dump'] satisfies BackupKind[] };
    expect(look(server, [old, fresh], [{ ...part, folder: 'receipts/srv/orders/' }])).toMatchObject({
      failures: [],
      unknown: expect.stringContaining('denied'),
    });
    expect(texts(look(server, [old, fresh], [{ ...part, folder: 'receipts/srv/misc/' }]))).toHaveLength(2);
  });

  test('is on the page by database, and no page says that all is proven', () => {
    const page = (more: Partial<PromisedSource>) =>
      pageOf({ ...server, ...more }, [old, fresh]).sources.map(({ source, state, troubles }) => [
        source,
        state,
        troubles.map(({ trouble }) => trouble),
      ]);
    expect(page({})).toEqual([
      ['srv/orders', 'missing', ['missing', 'too-old']],
      ['srv/misc', 'proven', []],
    ]);
    expect(
      renderPage(pageOf({ ...server, goneDatabases: { 'srv/orders': '2026-09-29T03:17:00.000Z' } }, [old, fresh])),
    ).not.toContain('<dt>Note</dt>');
    expect(page({ goneDatabases: { 'srv/orders': '2026-09-29T03:17:00.000Z' } })).toEqual([
      ['srv/misc', 'proven', []],
      ['srv/orders', 'retired', []],
    ]);
  });
});

describe('an instance with several volumes', () => {
  const since = '2026-01-01T00:00:00.000Z';
  const rotation: Partial<PromisedSource> = {
    source: 'web',
    kind: 'rotation-snapshot',
    instanceId: 'i-1',
    region: 'us-east-1',
    schedules: [schedule('23 1 * * *', { slot: { everyHours: 24, timeZone: 'UTC' } })],
    volumes: { 'vol-data': since, 'vol-root': since },
  };
  const snapshot = (volumeId: string | undefined, at: string) =>
    backup(at, {
      source: 'web',
      kind: 'rotation-snapshot',
      instanceId: 'i-1',
      volumeId,
      id: `${volumeId} ${at}`,
      verdict: 'unproven',
    });
  const root = snapshot('vol-root', '2026-11-26T01:30:00Z');
  const old = snapshot('vol-data', '2026-09-01T01:30:00Z');

  test('is not backed up by a snapshot of another volume', () => {
    expect(texts(look(rotation, [old, root]))).toEqual([
      'missing: no backup of volume vol-data of web since 2026-09-01 01:30:00 UTC: the run promised for 2026-11-26 01:23:00 UTC made none within 12h',
    ]);
    expect(texts(look(rotation, [root]))[0]).toMatch(/^missing: volume vol-data of web has never been backed up/);
    expect(texts(look(rotation, [snapshot('vol-data', '2026-11-26T01:30:00Z'), root]))).toEqual([]);
  });

  test('does not miss a volume that is detached, and says so, or was attached after the last run', () => {
    const detached = look({ ...rotation, volumes: { 'vol-root': since } }, [old, root]);
    expect([texts(detached), detached.notes]).toEqual([
      [],
      ['volume vol-data of web is no longer attached, or is left out; its last backup is of 2026-09-01 01:30:00 UTC'],
    ]);
    expect(look(rotation, [old, root]).notes).toBeUndefined();
    const shown = renderPage(pageOf({ ...rotation, volumes: { 'vol-root': since } }, [old, root]));
    expect(shown).toContain('<dt>Note</dt><dd>volume vol-data of web is no longer attached');
    const volumes = { 'vol-root': since, 'vol-new': '2026-11-26T09:00:00.000Z' };
    expect(texts(look({ ...rotation, volumes }, [root]))).toEqual([]);
  });

  test('is judged as one where nobody has read its volumes, or its snapshots do not tell them', () => {
    const unread = look({ ...rotation, volumes: undefined }, [old, root]);
    expect([texts(unread), unread.notes]).toEqual([[], undefined]);
    expect(texts(look(rotation, [snapshot(undefined, '2026-11-26T01:30:00Z')]))).toEqual([]);
  });
});
