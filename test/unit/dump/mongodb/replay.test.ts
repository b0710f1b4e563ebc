/** Dumps with an oplog, which a restore replays: the copy is as the dump and the oplog make it, whatever the source was before and after. */
import { describe, expect, test } from '@jest/globals';
import { ObjectId, serialize } from 'bson';
import { DumpContent } from '../../../../src/adapters/databases/mongodb/dump/held.ts';
import { hashesOf, type Reading, tableOf } from '../../../../src/adapters/databases/mongodb/fingerprint.ts';
import type { Namespace } from '../../../../src/anonymize/bson/format/archive.ts';
import type { Comparison, DumpFingerprint } from '../../../../src/domain/dump.ts';
import { compareMongo } from '../../../../src/dump/engines/mongodb/compare/compare.ts';
import { DocumentSums } from '../../../../src/dump/engines/mongodb/fingerprint/document-sums.ts';
import { indexId } from '../../../../src/dump/engines/mongodb/fingerprint/names.ts';

type Documents = readonly Record<string, unknown>[];
type Contents = Readonly<Record<string, Documents>>;

const bytesOf = (documents: Documents): Buffer => Buffer.concat(documents.map((one) => serialize(one)));
const namespace = (name: string): Namespace => {
  const [database = '', collection = ''] = name.split('.');
  return { name, database, collection };
};

function reading(contents: Contents, words: Readonly<Record<string, string>> = {}): Reading {
  const tables = Object.entries(contents).map(([name, documents]) => {
    const sums = new DocumentSums({ classes: 256, recentSince: 2e9 });
    for (const one of documents) sums.add(Buffer.from(serialize(one)));
    return tableOf(name, sums);
  });
  const collections = Object.keys(contents).map((name) => [`COLLECTION ${name}`, 'collection'] as const);
  return {
    tables,
    words: new Map([...collections, ...Object.entries(words)]),
    objects: {},
    unread: [],
    leftOut: [],
    expiring: [],
  };
}

const people = Array.from({ length: 40 }, (_, _id) => ({ _id, free: true }));
const taken = people.map((one) => (one._id === 7 ? { ...one, free: false } : one));
const without = (id: number): Documents => people.filter(({ _id }) => _id !== id);

/** Both readings say `people`, and so does the dump; the oplog in it has more. */
function comparison(oplog: Documents, copy: Reading, dumped: Contents = { 'd.people': people }): Comparison {
  const before = reading({ 'd.people': people });
  const content = new DumpContent(() => true, 2e9, before.tables);
  for (const [name, documents] of Object.entries(dumped)) {
    content.announce([{ namespace: namespace(name), metadata: '', type: 'collection', document: Buffer.alloc(0) }]);
    content.add(namespace(name), bytesOf(documents));
  }
  content.replay(bytesOf(oplog));
  const held = content.compared(before, before);
  const facts = { takenAt: '', seconds: 0, serverVersion: '', sequences: {}, extensions: {}, objects: {} };
  const { tables } = before;
  const definitions = hashesOf(before.words);
  const source: DumpFingerprint = { ...facts, tables, definitions, after: { takenAt: '', tables, definitions }, held };
  const restored = { ...facts, tables: copy.tables, definitions: hashesOf(copy.words) };
  return compareMongo(source, restored);
}

function compare(...given: Parameters<typeof comparison>): readonly string[] {
  const { differences } = comparison(...given);
  return differences.map(({ what, doubt }) => (doubt === undefined ? what : `doubt: ${what}`));
}

const update = { op: 'u', ns: 'd.people', o: { $v: 2, diff: { u: { free: false } } }, o2: { _id: 7 } };
const command = (o: object): Record<string, unknown> => ({ op: 'c', ns: 'd.$cmd', o });

const insertion = { op: 'i', ns: 'd.people', o: { _id: ObjectId.createFromTime(2e9 + 1) } };

describe('a faithful copy is not wrong', () => {
  test.each([
    ['changed and changed back', [update], taken],
    ['inserted', [{ op: 'i', ns: 'd.people', o: { _id: 99 } }], [...people, { _id: 99 }]],
    ['deleted, and inserted again later', [{ op: 'd', ns: 'd.people', o: { _id: 7 } }], without(7)],
    ['changed in a transaction', [{ op: 'c', ns: 'admin.$cmd', o: { applyOps: [update] } }], taken],
    ['emptied', [command({ emptycapped: 'people' })], []],
  ] as const)('when a document was %s', (_, oplog, documents) => {
    expect(compare(oplog, reading({ 'd.people': documents }))).toEqual([]);
  });
  test.each([
    ['dropped', [command({ drop: 'people' })], {}],
    ['renamed', [command({ renameCollection: 'd.people', to: 'd.old' })], { 'd.old': people }],
    ['dropped with its database', [command({ dropDatabase: 1 })], {}],
    [
      'made beside it',
      [command({ create: 'tmp' }), { op: 'i', ns: 'd.tmp', o: { _id: 1 } }],
      { 'd.people': people, 'd.tmp': [{ _id: 1 }] },
    ],
  ] as const)('when a collection was %s, and that was taken back', (_, oplog, contents) => {
    expect(compare(oplog, reading(contents))).toEqual([]);
  });
  test.each(['createIndexes', 'commitIndexBuild'])('when an index was made by %s, and dropped', (name) => {
    const copy = reading({ 'd.people': people }, { [indexId('d.people', 'a_1')]: '{"a":1}' });
    expect(compare([command({ [name]: 'people', key: { a: 1 } })], copy)).toEqual([]);
  });
  test('when measurements of a time series came', () => {
    const entry = { op: 'i', ns: 'd.system.buckets.people', o: { _id: 1 } };
    expect(compare([entry], reading({ 'd.people': taken }))).toEqual([]);
  });
});

test('what the oplog changes is named: nothing says whether a restore made it', () => {
  const { notes } = comparison([insertion], reading({ 'd.people': [...people, { _id: 99 }] }));
  expect(notes).toContain('what the oplog in the dump changes was not compared: documents of d.people');
  expect(comparison([], reading({ 'd.people': people })).notes).toEqual([]);
});

describe('a loss is found', () => {
  const lost = 'documents of d.people that the oplog does not change';
  test('of a document that the oplog leaves as it is', () =>
    expect(compare([update], reading({ 'd.people': taken.filter(({ _id }) => _id !== 3) }))[0]).toBe(lost));
  test('of a collection, of which the oplog changes a document or an index alone', () => {
    const all = ['rows of d.people', 'COLLECTION d.people'];
    expect(compare([update], reading({}))).toEqual(all);
    expect(compare([command({ createIndexes: 'people' })], reading({}))).toContain('rows of d.people');
  });
  test('where the oplog has entries of others alone', () => {
    const entry = { op: 'i', ns: 'd.others', o: { _id: 7 } };
    expect(compare([entry, { op: 'n', ns: '', o: {} }], reading({ 'd.people': taken }))).toEqual([
      'checksum of d.people',
    ]);
  });
});

test('what only the dump has otherwise, and the oplog does not say, is a doubt', () => {
  expect(
    compare([{ op: 'd', ns: 'd.people', o: { _id: 8 } }], reading({ 'd.people': taken }), { 'd.people': taken }),
  ).toEqual(['doubt: documents of d.people in the dump']);
});
