/** What a restored copy of MongoDB's anonymised file is compared with. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { serialize } from 'bson';
import { BsonFiles } from '../../../../src/actions/db-dump/files/bson-files.ts';
import { noRules } from '../../../../src/anonymize/rules/file/rules-file.ts';
import type { Comparison } from '../../../../src/domain/dump.ts';
import { compareMongo } from '../../../../src/dump/engines/mongodb/compare/compare.ts';
import { DocumentSums } from '../../../../src/dump/engines/mongodb/fingerprint/document-sums.ts';
import type { DescribedFingerprint } from '../../../../src/ports/dump-engine.ts';
import type { Upload } from '../../../../src/ports/objects.ts';
import { key, run, tarballOf } from '../../anonymize/bson/dumps.ts';

type Documents = readonly object[];
type Definitions = Readonly<Record<string, string>>;

function fingerprint(documents: Documents, definitions: Definitions): DescribedFingerprint {
  const sums = new DocumentSums({ classes: 16, recentSince: 0 }, true);
  for (const one of documents) sums.add(Buffer.from(serialize(one)));
  return {
    ...{ takenAt: '', seconds: 0, serverVersion: '', sequences: {}, extensions: {}, objects: {} },
    tables: [{ name: 'd.c', rows: String(documents.length), checksum: '', columns: sums.fields ?? {} }],
    definitions: Object.fromEntries(Object.entries(definitions).map(([id, text]) => [id, `hash of ${text}`])),
    sql: new Map(Object.entries(definitions)),
  };
}

/** Compares a copy of what the anonymiser made with what it is expected to be. @param change of the copy's documents */
async function compared(
  documents: Documents,
  [source, copy]: readonly [Definitions, Definitions] = [{}, {}],
  { change = (all: Documents): Documents => all, moved = {} as Definitions } = {},
): Promise<Comparison> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-anonymised-'));
  try {
    const dump = await tarballOf({ 'd.c': { documents } });
    const archive = join(folder, 'dump.tar.gz');
    writeFileSync(archive, dump);
    const files = new BsonFiles();
    const file = await files.make({
      ...{ archive, plain: undefined, anonymised: { write: async () => undefined } as unknown as Upload },
      settings: { rules: noRules, anonymizeKey: key, compression: 'gzip', compressionLevel: 1 },
      ...{ signal: new AbortController().signal, onProgress: () => undefined, onComplete: () => undefined },
    });
    const after = { takenAt: '', tables: fingerprint(documents, {}).tables, definitions: moved };
    const taken = { ...fingerprint(documents, source), ...(Object.keys(moved).length > 0 ? { after } : {}) };
    const changes = file?.changes(taken) ?? { rowsLeftOut: [] };
    const expected = files.expected({ source: taken, changes, copy: fingerprint(documents, source) });
    const found = (await run(dump)).documents('d.c');
    const comparison = compareMongo(
      expected.source as DescribedFingerprint,
      fingerprint(change(found), copy),
      expected.anonymised,
    );
    return { ...comparison, notes: [...(expected.notes ?? []), ...(comparison.notes ?? [])] };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('fields of an anonymised file', () => {
  const mail = 'jo@real.com';
  test.each([
    ['a year', { '2024': mail, b: 1 }],
    ['an ObjectId', { '5f0000000000000000000001': { mail }, b: 1 }],
    ['an address', { [mail]: 1 }],
    ['one of very many', Object.fromEntries(Array.from({ length: 600 }, (_, at) => [`f${at}`, mail]))],
  ])('whose names are data are not compared, but the number of documents is: %s', async (_, fields) => {
    const documents = [{ _id: 1, ...fields }];
    const found = await compared(documents);
    expect(found.differences).toEqual([]);
    expect(found.notes?.join()).toContain('only the number of documents was compared: d.c');
    expect((await compared(documents, undefined, { change: () => [] })).differences).toHaveLength(1);
  });
  test.each([
    { 'a.b': mail, c: 1 },
    { '': { x: mail }, c: 1 },
  ])('with changes may have any name: %j', async (fields) => {
    const documents = [{ _id: 1, ...fields }];
    const found = await compared(documents);
    expect(found.differences).toEqual([]);
    expect(found.notes).toEqual([]);
    const change = (all: Documents): Documents => all.map((one) => ({ ...one, c: 2 }));
    expect((await compared(documents, undefined, { change })).differences).toHaveLength(1);
  });
});

describe('definitions of an anonymised file', () => {
  const differences = async (source: Definitions, copy: Definitions, moved?: Definitions): Promise<readonly string[]> =>
    (await compared([{ _id: 1 }], [source, copy], { moved: moved ?? {} })).differences.map(({ what }) => what);

  test.each(['@', '＠', '%40', '\\u0040'])('with %s may be another, and must be there', async (at) => {
    const id = 'INDEX d.c "mail_1"';
    const source = { [id]: `{"mail":1} partialFilterExpression:{"mail":"jo${at}real.com"}` };
    expect(await differences(source, { [id]: 'another' })).toEqual([]);
    expect(await differences(source, {})).toEqual([id]);
    const found = await compared([{ _id: 1 }], [source, { [id]: 'another' }]);
    expect(found.notes?.join()).toContain('only their number was compared: 1');
  });
  test('without addresses must be the same', async () => {
    expect(await differences({ 'INDEX d.c "a"': 'one' }, { 'INDEX d.c "a"': 'two' })).toHaveLength(1);
    expect(await differences({}, { 'INDEX d.c "a"': 'one' })).toEqual(['INDEX d.c "a"']);
  });
  test('may have another name where an address is in it', async () => {
    const source = { 'INDEX d.c "for jo@real.com"': '{"mail":1}' };
    expect(await differences(source, { 'INDEX d.c "for x@example.com"': '{"mail":1}' })).toEqual([]);
    expect(await differences(source, {})).toHaveLength(1);
    expect(await differences(source, { 'INDEX d.c "one"': 'a', 'INDEX d.c "two"': 'b' })).toHaveLength(1);
  });
  test('that changed while the dump was made are those of the dump', async () => {
    expect(await differences({ 'INDEX d.c "a"': 'one' }, { 'INDEX d.c "a"': 'one' }, { 'INDEX d.c "a"': 'x' })).toEqual(
      [],
    );
  });
});

test('a collection named as macOS names its own files is kept', async () => {
  const result = await run(
    await tarballOf({ 'd.._x': { documents: [{ _id: 1 }] }, 'd.x': { documents: [{ _id: 2 }] } }),
  );
  expect(result.documents('d.._x')).toHaveLength(1);
  expect(result.metadata.has('d.._x')).toBe(true);
});
