import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { serialize } from 'bson';
import { fetchDump } from '../../../../scripts/lib/engines/mongodb/dump-file.ts';
import { ArchiveWriter } from '../../../../src/anonymize/bson/format/archive-writer.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-mongo-file-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const fetch = (bytes: Buffer) => fetchDump((load) => load(Readable.from([bytes])));

function tarball(files: Readonly<Record<string, string>>): Buffer {
  const root = mkdtempSync(join(folder, 'tar-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, 'in', path)), { recursive: true });
    writeFileSync(join(root, 'in', path), text);
  }
  execFileSync('tar', ['-C', join(root, 'in'), '-czf', join(root, 'tar.gz'), '.']);
  return readFileSync(join(root, 'tar.gz'));
}

test('a tarball as users know it: databases, collections by their own names, views and time series', async () => {
  const dump = await fetch(
    tarball({
      'data/db/dump/2018-04-04T11_37/shop/people.bson': '',
      'data/db/dump/2018-04-04T11_37/shop/people.metadata.json': '{"indexes":[]}',
      'data/db/dump/2018-04-04T11_37/shop/odd+name%2Fx.bson': '',
      'data/db/dump/2018-04-04T11_37/shop/short.metadata.json': '{"type":"view","collectionName":"a longer name"}',
      'data/db/dump/2018-04-04T11_37/shop/weather.metadata.json': '{"type":"timeseries"}',
      'data/db/dump/2018-04-04T11_37/oplog.bson': '',
      'data/db/dump/2018-04-04T11_37/prelude.json': '{}',
    }),
  );
  expect(dump.contents.map(({ database, collection, type }) => `${database}.${collection} ${type}`).sort()).toEqual([
    'shop.a longer name view',
    'shop.odd name/x collection',
    'shop.people collection',
    'shop.weather timeseries',
  ]);
  expect(dump.oplog).toBe(true);
  expect(dump.input).toEqual([expect.stringMatching(/^--dir=.*\/data\/db\/dump\/2018-04-04T11_37$/)]);
  const [path = ''] = dump.input;
  await dump.remove();
  expect(existsSync(path.slice('--dir='.length))).toBe(false);
});

test('what somebody packed otherwise is found, too', async () => {
  const dump = await fetch(tarball({ 'dump/a/one.bson': '', 'dump/b/two.bson': '' }));
  expect(dump.input[0]).toMatch(/\/dump$/);
  expect(dump.contents.map(({ database }) => database).sort()).toEqual(['a', 'b']);
  await dump.remove();
});

function archive(): Buffer {
  const parts: Buffer[] = [];
  const writer = new ArchiveWriter({
    copy: (bytes, from, to) => void parts.push(Buffer.from(bytes.subarray(from, to))),
  });
  const collection = (db: string, name: string, type: string) =>
    Buffer.from(serialize({ db, collection: name, metadata: '{}', size: 0, type }));
  writer.prelude({
    header: Buffer.from(
      serialize({ concurrent_collections: 1, version: '0.1', server_version: '8', tool_version: '100' }),
    ),
    collections: [
      collection('shop', 'people', 'collection'),
      collection('shop', 'adults', 'view'),
      collection('', 'oplog', 'collection'),
    ],
  });
  return Buffer.concat(parts);
}

test.each([
  ['compressed', gzipSync(archive()), ['--gzip']],
  ['as it is', archive(), []],
] as const)('an archive, %s, says at its head what is in it', async (_, bytes, more) => {
  const dump = await fetch(bytes);
  expect(dump.contents).toMatchObject([
    { database: 'shop', collection: 'people', type: 'collection' },
    { database: 'shop', collection: 'adults', type: 'view' },
  ]);
  expect(dump.oplog).toBe(true);
  expect(dump.input).toEqual([expect.stringMatching(/^--archive=/), ...more]);
  await dump.remove();
});

test('what is neither, or is damaged, is refused', async () => {
  await expect(fetch(Buffer.from('CREATE TABLE x ();'))).rejects.toThrow(
    'neither a tarball of mongodump nor an archive',
  );
  await expect(fetch(gzipSync(archive().subarray(0, 60)))).rejects.toThrow();
  await expect(fetch(tarball({ 'd/shop/a.metadata.json': '{"type":' }))).rejects.toThrow(
    'the dump is damaged: a.metadata.json',
  );
  await expect(fetchDump(() => Promise.reject(new Error('its SHA-256 differs')))).rejects.toThrow(
    'its SHA-256 differs',
  );
});
