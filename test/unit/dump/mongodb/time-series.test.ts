/** Time series: a dump has their buckets, not the measurements that both readings and the copy have. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from '@jest/globals';
import { type Document, ObjectId, serialize } from 'bson';
import { pack } from 'tar-stream';
import { factsOf } from '../../../../src/adapters/databases/mongodb/dump/dump.ts';
import { DumpContent } from '../../../../src/adapters/databases/mongodb/dump/held.ts';
import { hashesOf, type Reading, tableOf } from '../../../../src/adapters/databases/mongodb/fingerprint.ts';
import { fingerprintOnHost } from '../../../../src/adapters/databases/mongodb/on-host/fingerprint.ts';
import type { Comparison, DumpFingerprint } from '../../../../src/domain/dump.ts';
import { compareMongo } from '../../../../src/dump/engines/mongodb/compare/compare.ts';
import { collectionWords, indexWords } from '../../../../src/dump/engines/mongodb/fingerprint/definitions.ts';
import { DocumentSums } from '../../../../src/dump/engines/mongodb/fingerprint/document-sums.ts';
import { indexId } from '../../../../src/dump/engines/mongodb/fingerprint/names.ts';

const since = 1_700_000_000;
/** Measurements that were made so many seconds after the first reading. */
const measured = (from: number, count: number, seconds: number): Document[] =>
  Array.from({ length: count }, (_, at) => {
    const id = (from + at).toString(16).padStart(16, '0');
    return { at: new Date(0), _id: new ObjectId(`${(since + seconds).toString(16)}${id}`), value: at };
  });
const old = measured(0, 100, -1000);
const more = (count: number): Document[] => [...old, ...measured(1000, count, 1)];

function reading(measurements: readonly Document[] | undefined, expiring = false): Reading {
  const sums = new DocumentSums({ classes: 128, recentSince: since });
  for (const one of measurements ?? []) sums.add(Buffer.from(serialize(one)));
  const isThere = measurements !== undefined;
  return {
    tables: isThere ? [tableOf('iot.m', sums)] : [],
    words: new Map(isThere ? [['COLLECTION iot.m', 'timeseries timeseries:{"timeField":"at"}']] : []),
    ...{ objects: {}, unread: [], leftOut: [], expiring: isThere && expiring ? ['iot.m'] : [] },
  };
}

const empty = { takenAt: '', seconds: 0, serverVersion: '', sequences: {}, extensions: {} };
const bucket = { op: 'u', ns: 'iot.system.buckets.m', o: { $v: 2 }, o2: { _id: 1 } };

/** Compares a copy with a dump that was made between two readings. */
function compared(first: Reading, second: Reading, copy: Reading, oplog: readonly Document[] = []): Comparison {
  const content = new DumpContent(() => true, since, first.tables);
  const namespace = { name: 'iot.m', database: 'iot', collection: 'm' };
  content.announce([{ namespace, metadata: '', type: 'timeseries', document: Buffer.alloc(0) }]);
  content.replay(Buffer.concat(oplog.map((one) => serialize(one))));
  const source: DumpFingerprint = { ...empty, ...factsOf(first, second, content, new Date(0)) };
  const { tables, objects, expiring } = copy;
  return compareMongo(source, { ...empty, tables, objects, expiring, definitions: hashesOf(copy.words) });
}

describe.each([
  ['without an oplog', []],
  ['with an oplog of others', [{ op: 'i', ns: 'iot.other', o: { _id: 1 } }]],
  ['with an oplog of its buckets', [bucket]],
])('a time series that is written to during a dump %s', (_, oplog) => {
  test.each([
    [5, 10],
    [0, 1],
    [10, 10],
  ])('is not wrong with %i new measurements in the dump, and %i at its end', (dumped, later) =>
    expect(compared(reading(old), reading(more(later)), reading(more(dumped)), oplog).differences).toEqual([]),
  );
  test('is not wrong when it comes or goes meanwhile', () => {
    expect(compared(reading(old), reading(undefined), reading(more(5)), oplog).differences).toEqual([]);
    expect(compared(reading(undefined), reading(old), reading(more(5)), oplog).differences).toEqual([]);
    const { differences, notes } = compared(reading(undefined), reading(undefined), reading(more(5)), oplog);
    expect(differences).toEqual([]);
    expect(notes?.join()).toContain('existed only while the dump was made are in it: iot.m');
  });
});

describe('a copy that lacks a measurement', () => {
  test('leaves a doubt where others came meanwhile', () => {
    const { differences } = compared(reading(old), reading(more(10)), reading(more(5).slice(1)));
    expect(differences).toMatchObject([{ what: 'documents of iot.m in the copy', doubt: expect.any(String) }]);
    expect(differences[0]?.doubt).toContain('time series');
  });
  test('is wrong where none came', () =>
    expect(compared(reading(old), reading(old), reading(old.slice(1))).differences).toEqual([
      { what: 'rows of iot.m', expected: '100', found: '99' },
    ]));
  test('whose server deletes expired ones leaves a doubt that says so, and nothing of a source that moved', () => {
    const { differences, notes, unread } = compared(
      reading(old, true),
      reading(old, true),
      reading(old.slice(60), true),
    );
    expect(differences).toHaveLength(1);
    expect(differences[0]?.doubt).toContain('deletes expired documents');
    expect([notes, unread]).toEqual([[], []]);
  });
});

describe('a time series on a host', () => {
  const folder = mkdtempSync(join(tmpdir(), 'time-series-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** What the host tells of two readings, and a tarball with buckets. */
  async function told(first: Reading, second: Reading): Promise<DumpFingerprint> {
    const of = ({ words, ...rest }: Reading) => ({
      since,
      databases: ['iot'],
      words: Object.fromEntries(words),
      ...rest,
    });
    const tar = pack();
    const metadata = {
      indexes: [],
      options: { timeseries: { timeField: 'at' } },
      type: 'timeseries',
      collectionName: 'm',
    };
    tar.entry({ name: 'data/db/dump/2026-11-21T02_23/iot/m.metadata.json' }, JSON.stringify(metadata));
    const bucketBytes = Buffer.from(serialize({ _id: 1, control: {}, data: {} }));
    tar.entry({ name: 'data/db/dump/2026-11-21T02_23/iot/system.buckets.m.bson' }, bucketBytes);
    tar.finalize();
    const path = join(folder, 'archive');
    const bytes = gzipSync(await buffer(tar));
    writeFileSync(path, bytes);
    const rows = [{ before: of(first), after: of(second) }];
    const archive = Promise.resolve({ path, bytes: bytes.length });
    const { signal } = new AbortController();
    return (
      await fingerprintOnHost({ takenAt: '2026-11-21T02:23:00.000Z', seconds: 5, rows, archive }, '7.0.1', signal)
    ).fingerprint;
  }

  test('that gets measurements meanwhile is not wrong; one whose copy lacks old ones leaves a doubt', async () => {
    const source = await told(reading(old), reading(more(10)));
    const differences = (documents: readonly Document[]) => {
      const { tables, words } = reading(documents);
      return compareMongo(source, { ...empty, objects: {}, tables, definitions: hashesOf(words) }).differences;
    };
    expect(differences(more(5))).toEqual([]);
    expect(differences(more(5).slice(1)).map(({ doubt }) => doubt !== undefined)).toEqual([true]);
  });
});

describe('an index of the copy alone', () => {
  const definition = (timeseries: Document): string =>
    collectionWords({ name: 'm', type: 'timeseries', options: { timeseries } });
  const withMeta = definition({ timeField: 'at', metaField: 'of "x"', granularity: 'hours' });
  const found = (collection: string, index: Document): Comparison => {
    const name = collection.startsWith('timeseries') ? 'iot.m' : 'iot.c';
    const sql = new Map([[`COLLECTION ${name}`, collection]]);
    const copied = new Map([...sql, [indexId(name, 'i'), indexWords(index)]]);
    const { tables } = { tables: [{ name, rows: '5', checksum: '1' }] };
    const of = (words: ReadonlyMap<string, string>) => ({
      ...empty,
      tables,
      objects: {},
      definitions: hashesOf(words),
      sql: words,
    });
    return compareMongo(of(sql), of(copied));
  };
  test('that servers since 6.3 make of a time series is told, and no difference', () => {
    const { differences, notes } = found(withMeta, { key: { 'of "x"': 1, at: 1 } });
    expect(differences).toEqual([]);
    expect(notes?.join()).toContain('by itself, which the source lacks: INDEX iot.m "i"');
  });
  test.each([
    ['has other fields', withMeta, { key: { 'of "x"': 1, at: 1, b: 1 } }],
    ['has another order', withMeta, { key: { at: 1, 'of "x"': 1 } }],
    ['has another direction', withMeta, { key: { 'of "x"': 1, at: -1 } }],
    ['has an option', withMeta, { key: { 'of "x"': 1, at: 1 }, sparse: true }],
    ['is of a time series without metaField', definition({ timeField: 'at' }), { key: { at: 1 } }],
    ['is of no time series', 'collection', { key: { of: 1, at: 1 } }],
  ])('that %s is a difference', (_, collection, index) => expect(found(collection, index).differences).toHaveLength(1));
});
