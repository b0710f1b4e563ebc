/** What a dump holds beside its collections: the oplog, and the files of a tarball. */
import { describe, expect, test } from '@jest/globals';
import { Timestamp } from 'bson';
import { archiveOf, type Dump, failure, run, tarballOf, users } from './dumps.ts';

describe('the oplog', () => {
  const ts = new Timestamp({ t: 1, i: 1 });
  const entry = (op: string, ns: string, o: object, o2?: object): object => ({ ts, op, ns, o, ...(o2 ? { o2 } : {}) });
  const dump = (entries: readonly object[]): Dump => ({
    ...users([{ _id: 1, mail: 'jo@real.com', name: 'Jo' }], {
      indexes: [{ key: { mail: 1 }, name: 'm', unique: true }],
    }),
    oplog: { documents: entries },
  });
  const rules = 'tables: { app.users: { columns: { name: mask } } }\nleak-check: { replaced-values: "off" }';

  test.each([
    ['an insert', entry('i', 'app.users', { _id: 1, mail: 'jo@real.com', name: 'Jo' }), ['o', 'mail'], ['o', 'name']],
    [
      'a whole document',
      entry('u', 'app.users', { _id: 1, mail: 'jo@real.com', name: 'Jo' }, { _id: 1 }),
      ['o', 'mail'],
      ['o', 'name'],
    ],
    [
      '$set',
      entry('u', 'app.users', { $set: { mail: 'jo@real.com', name: 'Jo' } }, { _id: 1 }),
      ['o', '$set', 'mail'],
      ['o', '$set', 'name'],
    ],
    [
      'a diff',
      entry('u', 'app.users', { $v: 2, diff: { u: { mail: 'jo@real.com' }, i: { name: 'Jo' } } }),
      ['o', 'diff', 'u', 'mail'],
      ['o', 'diff', 'i', 'name'],
    ],
    [
      'a transaction',
      entry('c', 'admin.$cmd', {
        applyOps: [{ op: 'i', ns: 'app.users', o: { _id: 1, mail: 'jo@real.com', name: 'Jo' } }],
      }),
      ['o', 'applyOps', '0', 'o', 'mail'],
      ['o', 'applyOps', '0', 'o', 'name'],
    ],
  ])('%s is treated as the collection is', async (_, one, mail, name) => {
    for (const file of [archiveOf(dump([one])), await tarballOf(dump([one]))]) {
      const result = await run(file, { rules });
      const at = (path: readonly string[]): unknown =>
        path.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], result.documents('oplog')[0]);
      expect(at(mail)).toBe(result.documents('app.users')[0]?.mail);
      expect(at(name)).toBe('xx');
    }
  });

  test('holds nothing of a collection that is left out', async () => {
    const entries = [entry('i', 'app.users', { _id: 1 }), entry('n', '', { msg: 'x' })];
    const drop = 'tables: { app.users: { rows: drop } }';
    expect(
      (await run(archiveOf(dump(entries)), { rules: drop })).documents('oplog').map(({ op }) => op as string),
    ).toEqual(['n']);
    const inside = entry('c', 'admin.$cmd', { applyOps: [{ op: 'd', ns: 'app.users', o: { _id: 1 } }] });
    expect(await failure(archiveOf(dump([inside])), { rules: drop })).toContain(
      'a transaction in the oplog changes app.users',
    );
  });
});

describe('tar files', () => {
  test('that hold something else, or nothing of mongodump, are refused', async () => {
    expect(await failure(await tarballOf(users([]), { extra: { 'notes.txt': 'x' } }))).toContain(
      'notes.txt, which is no file of mongodump',
    );
    expect(await failure(await tarballOf({}))).toContain('holds no file of mongodump');
    expect(
      await failure(await tarballOf(users([]), { extra: { '._users.bson': '\0\x05\x16\x07x', '.DS_Store': 'x' } })),
    ).toBe('nothing');
  });

  test.each([
    [
      'backup/shop.sql.zst',
      'holds backup/shop.sql.zst, not plain SQL',
      'tar -xOf FILE backup/shop.sql.zst > dump.sql.zst',
    ],
    ['shop.sql', 'holds shop.sql, not plain SQL', 'tar -xOf FILE shop.sql > dump.sql'],
    ['shop/3021.dat.gz', 'a folder of pg_dump -Fd', 'pg_restore'],
    ['shop/toc.dat', 'a folder of pg_dump -Fd', 'pg_restore'],
  ])('of PostgreSQL are told as such: %s', async (name, what, fix) => {
    await expect(run(await tarballOf({}, { extra: { [name]: 'x' } }))).rejects.toMatchObject({
      what: expect.stringContaining(what),
      fix: expect.stringContaining(fix),
    });
  });

  test('that are cut off, or whose documents are, are refused', async () => {
    const tarball = await tarballOf(users([{ _id: 1, a: 'x'.repeat(5000) }]));
    expect(await failure(tarball.subarray(0, tarball.length - 40))).toContain('cannot be read beyond');
    const cut = await tarballOf({ ...users([]), 'app.logs': { documents: [Buffer.from([9, 0, 0, 0, 1])] } });
    expect(await failure(cut)).toContain('app/logs.bson cannot be read: its last document is cut off');
  });

  test('with large collections, which do not stay in memory', async () => {
    const documents = Array.from({ length: 60 }, (_, index) => ({
      _id: index,
      mail: 'jo@real.com',
      filler: 'x'.repeat(100_000),
    }));
    const result = await run(await tarballOf(users(documents)));
    expect(result.documents('app.users').map(({ mail }) => mail as string)).toEqual(
      documents.map(() => 'nobody@example.com'),
    );
  });
});
