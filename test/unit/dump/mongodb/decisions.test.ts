import { describe, expect, test } from '@jest/globals';
import { Code, Double, Int32, Long, ObjectId, serialize } from 'bson';
import type { DumpFingerprint, TableFingerprint } from '../../../../src/domain/dump.ts';
import { compareMongo } from '../../../../src/dump/engines/mongodb/compare/compare.ts';
import { explainedByRefusals } from '../../../../src/dump/engines/mongodb/compare/explained.ts';
import { documentsPath, metadataPath } from '../../../../src/dump/engines/mongodb/dump-paths.ts';
import {
  collectionWords,
  indexWords,
  isImplied,
} from '../../../../src/dump/engines/mongodb/fingerprint/definitions.ts';
import { classesFor, DocumentSums } from '../../../../src/dump/engines/mongodb/fingerprint/document-sums.ts';
import { indexId, isIndexOf } from '../../../../src/dump/engines/mongodb/fingerprint/names.ts';
import { orderedDocument } from '../../../../src/dump/engines/mongodb/fingerprint/ordered.ts';
import { isUsersCollection, userOrRole } from '../../../../src/dump/engines/mongodb/fingerprint/users.ts';
import { isDamage, parseRestoreMessages, refusalsOf } from '../../../../src/dump/engines/mongodb/restore/messages.ts';
import { renamed, renameParameters, scratchIdOf } from '../../../../src/dump/engines/mongodb/restore/names.ts';
import { chosenOfServer, collectionsOfUsers, selectDatabases } from '../../../../src/dump/engines/mongodb/selection.ts';
import { incompleteFingerprint } from '../../../../src/dump/proof/incomplete.ts';

describe('databases', () => {
  const present = ['admin', 'local', 'config', 'shop', 'test_1', 'test_2', 'crm'];
  test('of a server are all but its own and the excluded', () => {
    const wanted = { database: undefined, databases: [], exclude: ['test_*'] };
    expect(selectDatabases(wanted, present)).toEqual({
      databases: ['crm', 'shop'],
      excluded: ['test_1', 'test_2'],
      forgotten: [],
      missing: [],
      whole: true,
    });
  });
  test('that are named twice are dumped once; those of the server itself are known', () => {
    const wanted = { database: undefined, databases: ['shop', 'admin', 'shop'], exclude: [] };
    expect(selectDatabases({ ...wanted, databases: ['shop', 'shop'] }, present).databases).toEqual(['shop']);
    expect(chosenOfServer(wanted)).toEqual(['admin']);
    expect(chosenOfServer({ ...wanted, database: 'shop' })).toEqual([]);
  });
  test('that are chosen leave others, which are named', () => {
    const wanted = { database: undefined, databases: ['shop', 'gone'], exclude: ['test_?'] };
    expect(selectDatabases(wanted, present)).toMatchObject({
      databases: ['shop'],
      forgotten: ['crm'],
      missing: ['gone'],
      whole: false,
    });
  });
});

describe('collections in databases of the server itself', () => {
  test.each([
    ['admin', ['system.users', 'system.version', 'temproles', 'payments'], ['admin.payments']],
    ['config', ['transactions', 'system.indexBuilds', 'cache.chunks.a.b', 'image_collection', 'mine'], ['config.mine']],
    ['local', ['oplog.rs', 'startup_log', 'replset.minvalid', 'scratch'], ['local.scratch']],
    ['shop', ['people'], []],
  ])("are a user's where the server did not make them: %s", (database, names, found) =>
    expect(collectionsOfUsers(database, names)).toEqual(found),
  );
});

describe('names of files', () => {
  test.each([
    ['people', 'people'],
    ['sp ace', 'sp+ace'],
    ["it's(me)!*", 'it%27s%28me%29%21%2A'],
    ['a/b%ü', 'a%2Fb%25%C3%BC'],
  ])('%s is %s', (collection, file) => {
    expect(documentsPath('shop', collection)).toBe(`shop/${file}.bson`);
    expect(metadataPath('shop', collection)).toBe(`shop/${file}.metadata.json`);
  });
  test('of long collections are cut, and stay unlike', () => {
    const [one, two] = [documentsPath('d', `${'ü'.repeat(80)}1`), documentsPath('d', `${'ü'.repeat(80)}2`)];
    expect(one).not.toBe(two);
    expect(one.length).toBe('d/.bson'.length + 238);
  });
});

describe('definitions', () => {
  const words = (options: Record<string, unknown>): string =>
    collectionWords({ name: 'c', type: 'collection', options });
  test('do not differ by what belongs to the server', () => {
    expect(words({ uuid: 'x', capped: false })).toBe(words({}));
    expect(words({ collation: { locale: 'en', version: '57.1' } })).toBe(
      words({ collation: { version: '153', locale: 'en' } }),
    );
    expect(words({ size: new Int32(4096), capped: true })).toBe(words({ capped: true, size: new Double(4096) }));
    const index = { name: 'i', key: { a: new Int32(1) } };
    expect(indexWords({ ...index, v: 2, ns: 'a.b', background: true })).toBe(indexWords({ ...index, key: { a: 1.0 } }));
    expect(indexWords({ ...index, key: { a: Long.fromNumber(1) } })).toBe(indexWords(index));
  });
  test.each([
    [{ unique: 1 }, { unique: true }],
    [{ sparse: new Double(2) }, { sparse: true }],
    [{ unique: 'yes' }, { unique: true }],
    [{ unique: new Int32(0) }, {}],
    [{ expireAfterSeconds: Number.NaN }, { expireAfterSeconds: 2147483647 }],
    [{ expireAfterSeconds: new Double(Number.NaN) }, { expireAfterSeconds: new Int32(2147483647) }],
  ])('of indexes are the same, as servers list them: %j, %j', (one, two) =>
    expect(indexWords({ key: { a: 1 }, ...one })).toBe(indexWords({ key: { a: 1 }, ...two })),
  );
  test.each([
    [{ key: { a: 1, b: 1 } }, { key: { b: 1, a: 1 } }],
    [
      { key: { a: 1 }, expireAfterSeconds: Number.NaN },
      { key: { a: 1 }, expireAfterSeconds: 0 },
    ],
    [{ key: { a: 1 } }, { key: { a: -1 } }],
    [{ key: { a: 1 } }, { key: { a: 'hashed' } }],
    [{ key: { a: 1 } }, { key: { a: 1 }, unique: true }],
    [{ key: { a: 1 } }, { key: { a: 1 }, hidden: true }],
    [
      { key: { a: 1 }, expireAfterSeconds: 1 },
      { key: { a: 1 }, expireAfterSeconds: 2 },
    ],
    [{ key: { a: 1 } }, { key: { a: 1 }, collation: { locale: 'de' } }],
    [
      { key: { a: 1 }, partialFilterExpression: { b: { $gt: 1 } } },
      { key: { a: 1 }, partialFilterExpression: { b: { $gt: 2 } } },
    ],
  ])('of indexes differ: %j, %j', (one, two) => expect(indexWords(one)).not.toBe(indexWords(two)));
  const ordered = (...entries: [string, unknown][]): Map<string, unknown> => new Map(entries);
  const stored = (options: object): Record<string, unknown> => orderedDocument(Buffer.from(serialize(options))).record;
  test('of an index have the order of its keys, of names that are digits, too', () =>
    expect(indexWords(stored({ name: 'x', key: ordered(['b', 1], ['10', -1]) }))).toBe('{"b":1,"10":-1}'));
  test.each(['validator', 'pipeline'])('have the order of names that are digits in a %s', (option) => {
    const [ascending, descending] = [ordered(['1', 1], ['b', 1]), ordered(['b', 1], ['1', 1])].map((fields) =>
      words(stored({ [option]: [ordered(['$sort', fields])] })),
    );
    expect(descending).toBe(`collection ${option}:[{"$sort":{"b":1,"1":1}}]`);
    expect(ascending).not.toBe(descending);
  });
  test('have both of two fields of one name', () => {
    const twice = Buffer.concat([serialize({ a: 1 }).subarray(4, -1), serialize({ a: 2 }).subarray(4)]);
    const bytes = Buffer.concat([Buffer.of(twice.length + 4, 0, 0, 0), twice]);
    expect(orderedDocument(bytes).entries.map(([name, value]) => `${name}${value}`)).toEqual(['a1', 'a2']);
  });
  test('of an index belong to the collection that has it, and to none with a longer or a quoted name', () => {
    expect(isIndexOf(indexId('d.people', 'a "b"'), 'd.people')).toBe(true);
    for (const other of ['d.peoples', 'd.people x', 'd.people "x"', 'd.people "x'])
      expect([other, isIndexOf(indexId(other, 'a'), 'd.people')]).toEqual([other, false]);
  });
  test('that every collection has are left out', () => {
    expect(isImplied({ name: '_id_', key: { _id: 1 } })).toBe(true);
    expect(isImplied({ name: '_id_', key: { _id: 1 }, collation: { locale: 'de' } })).toBe(false);
  });
});

describe('users and roles', () => {
  const user = {
    _id: 'admin.ada',
    user: 'ada',
    db: 'admin',
    roles: [
      { role: 'read', db: 'a' },
      { role: 'read', db: 'b' },
    ],
  };
  const wordsOf = (more: object): string => userOrRole({ ...user, ...more })?.[1] ?? '';
  test('are named with their database, and have no secret', () => {
    const credentials = { 'SCRAM-SHA-256': { storedKey: 'k1' }, 'SCRAM-SHA-1': { storedKey: 'k2' } };
    const [id, text] = userOrRole({ ...user, credentials, customData: { name: 'Ada Lovelace' } }) ?? [];
    expect(id).toBe('USER admin.ada');
    expect(text).toContain('mechanisms:["SCRAM-SHA-1","SCRAM-SHA-256"]');
    expect(text).not.toMatch(/k1|k2|Lovelace/);
    expect(userOrRole({ role: 'clerk', db: 'shop' })?.[0]).toBe('ROLE shop.clerk');
    expect(userOrRole({ _id: 'authSchema', currentVersion: 5 })).toBeUndefined();
  });
  test.each([
    { roles: [] },
    { credentials: { 'SCRAM-SHA-1': {} } },
    { authenticationRestrictions: [{ clientSource: ['10.0.0.0/8'] }] },
    { customData: { a: 1 } },
  ])('differ by %j', (more) => expect(wordsOf(more)).not.toBe(wordsOf({})));
  test('do not differ by the order of roles', () =>
    expect(wordsOf({ roles: user.roles.toReversed() })).toBe(wordsOf({})));
  test('are found where mongodump writes them', () => {
    const is = (database: string, collection: string): boolean => isUsersCollection({ database, collection });
    expect([is('admin', 'system.users'), is('shop', '$admin.system.roles')]).toEqual([true, true]);
    expect([is('shop', 'system.users'), is('admin', 'users')]).toEqual([false, false]);
  });
});

describe('sums of documents', () => {
  const sumsOf = (
    documents: readonly object[],
    rule = { classes: 16, recentSince: 2_000_000_000 },
    fields = false,
  ): DocumentSums => {
    const sums = new DocumentSums(rule, fields);
    for (const one of documents) sums.add(Buffer.from(serialize(one)));
    return sums;
  };
  const many = Array.from({ length: 300 }, (_, _id) => ({ _id, a: 1 }));
  test('do not depend on the order of documents, but on that of fields, and on types', () => {
    expect(sumsOf(many).total).toEqual(sumsOf(many.toReversed()).total);
    expect(sumsOf([{ _id: 1, a: 1, b: 2 }]).total).not.toEqual(sumsOf([{ _id: 1, b: 2, a: 1 }]).total);
    expect(sumsOf([{ _id: 1, a: new Int32(1) }]).total).not.toEqual(sumsOf([{ _id: 1, a: new Double(1) }]).total);
  });
  test('count every byte of types that no library writes any more', () => {
    const sumOf = (at: number): unknown => {
      const document = serialize({ _id: 1, scoped: new Code('x', { x: 1 }) });
      // DBPointer (bsonspec.org: type 12, a string and twelve bytes).
      const pointer = Buffer.concat([Buffer.from('\x0cold\0\x07\0\0\0people\0', 'latin1'), Buffer.alloc(12, 7)]);
      const bytes = Buffer.concat([document.subarray(0, -1), pointer, Buffer.alloc(1)]);
      bytes.writeInt32LE(bytes.length);
      if (at > 0) bytes.writeUInt8(8, bytes.length - 1 - at);
      const sums = new DocumentSums({ classes: 16, recentSince: 0 }, true);
      sums.add(bytes);
      return [sums.total, sums.fields];
    };
    expect(sumOf(0)).toEqual(sumOf(0));
    expect(sumOf(1)).not.toEqual(sumOf(0));
  });
  test('change in one class alone when a document changes', () => {
    const [one, two] = [sumsOf(many).classes, sumsOf([...many.slice(1), { _id: 0, a: 2 }]).classes];
    expect(one.filter(({ sum }, at) => sum !== two[at]?.sum)).toHaveLength(1);
    expect(one.filter(({ documents }) => documents > 0)).toHaveLength(16);
  });
  test('have a class for what was inserted later', () => {
    const rule = { classes: 16, recentSince: 1_700_000_000 };
    const sums = sumsOf(
      [...many, { _id: ObjectId.createFromTime(1_700_000_001) }, { _id: ObjectId.createFromTime(1_699_999_999) }],
      rule,
    );
    expect(sums.classes.at(-1)?.documents).toBe(1);
    expect(sums.total.documents).toBe(302);
  });
  test('by field say which one changed', () => {
    const [one, two] = [
      sumsOf([{ _id: 1, a: 'x', b: 'y' }], undefined, true).fields,
      sumsOf([{ _id: 1, a: 'x', b: 'z' }], undefined, true).fields,
    ];
    expect(Object.keys(one ?? {}).filter((name) => one?.[name] !== two?.[name])).toEqual(['b']);
  });
  test.each([
    [0, 16],
    [1000, 1024],
    [1e9, 4096],
  ])('of about %i documents have %i classes', (documents, classes) => expect(classesFor(documents)).toBe(classes));
});

describe('a comparison', () => {
  const of = (tables: readonly TableFingerprint[], more: Partial<DumpFingerprint> = {}): DumpFingerprint => ({
    takenAt: '',
    seconds: 0,
    serverVersion: '',
    sequences: {},
    extensions: {},
    objects: {},
    tables,
    definitions: {},
    ...more,
  });
  const table = (classes: readonly string[], kept = true, rows = 100): TableFingerprint => ({
    name: 'd.c',
    rows: String(rows),
    checksum: classes.join(),
    ...(kept ? { classes } : {}),
  });
  const still = ['50:1', '45:2', '5:3', '0:0'];
  const after = { takenAt: '', tables: [table(['50:1', '45:2', '5:4', '0:0'])], definitions: {} };

  test('of what stood still wants all the same', () => {
    expect(compareMongo(of([table(still, false)]), of([table(still)])).differences).toEqual([]);
    expect(compareMongo(of([table(still, false)]), of([table(['x'])])).differences).toHaveLength(1);
    expect(compareMongo(of([table(still, false)]), of([])).differences).toHaveLength(1);
    expect(compareMongo(of([]), of([table(still)])).differences).toHaveLength(1);
  });
  test('leaves out what moved, and tells how much was compared', () => {
    const copy = of([table(['50:1', '45:2', '5:9', '1:1'])]);
    const found = compareMongo(of([table(still)], { after }), copy);
    expect(found.differences).toEqual([]);
    expect(found.unread).toEqual([]);
    expect(found.notes?.[0]).toContain('95.0 %');
  });
  test('notices a document that stood still and is another in the copy', () => {
    const copy = of([table(['50:1', '44:8', '5:9', '0:0'])]);
    expect(compareMongo(of([table(still)], { after }), copy).differences).toHaveLength(1);
  });
  test('leaves out a collection that came and went while the dump was made, and no other', () => {
    const passing = { name: 'd.p', rows: '0', checksum: '', classes: [] };
    const source = of([table(still, false)], { after: { ...after, tables: [table(still, false), passing] } });
    const copy = (name: string): DumpFingerprint =>
      of([table(still), { ...table(['1:1']), name }], {
        definitions: { [`COLLECTION ${name}`]: '1', [indexId(name, 'a')]: '1' },
      });
    expect(compareMongo(source, copy('d.p')).differences).toEqual([]);
    expect(compareMongo(source, copy('d.q')).differences).toHaveLength(3);
  });
  test('of less than nine tenths proves nothing', () => {
    const moved = { ...after, tables: [table(['50:9', '45:2', '5:4', '0:0'])] };
    const found = compareMongo(of([table(still)], { after: moved }), of([table(['50:7', '45:2', '5:7', '0:0'])]));
    expect(found.differences).toEqual([]);
    expect(found.unread?.[0]?.why).toContain('only 45.0 %');
  });
  test('with a source whose second reading failed finds nothing wrong, and proves nothing', () => {
    const definitions = { 'COLLECTION d.c': '1', [indexId('d.c', 'a')]: '1' };
    const source = incompleteFingerprint(of([table(still)], { definitions }), 'the connection was lost');
    for (const copy of [
      of([table(['50:1', '45:9', '5:3', '1:1'])], { definitions: { 'COLLECTION d.c': '2' } }),
      of([]),
    ])
      for (const anonymised of [undefined, { rowsLeftOut: new Set<string>() }]) {
        const { differences, unread } = compareMongo(source, copy, anonymised);
        expect(differences).toEqual([]);
        expect(unread?.length).toBeGreaterThan(0);
      }
  });
  test('of definitions leaves out what changed meanwhile', () => {
    const source = of([], {
      definitions: { 'INDEX d.c a': '1', 'INDEX d.c b': '1' },
      after: { ...after, tables: [], definitions: { 'INDEX d.c a': '2', 'INDEX d.c b': '1' } },
    });
    expect(compareMongo(source, of([], { definitions: { 'INDEX d.c b': '1' } })).differences).toEqual([]);
    expect(compareMongo(source, of([], { definitions: { 'INDEX d.c b': '3' } })).differences).toHaveLength(1);
  });
});

describe('what mongorestore says', () => {
  const line = (text: string): string => `2026-11-26T09:45:03.179+0000\t${text}\n`;
  test('of documents that were refused is counted, without their values', () => {
    const said = parseRestoreMessages(
      line('continuing through error: E11000 duplicate key error collection: x.c index: a dup key: { a: "secret" }') +
        line('finished restoring x.c (3 documents, 2 failures)') +
        line('3 document(s) restored successfully. 2 document(s) failed to restore.'),
    );
    const [refusal] = refusalsOf(said, (name) => name.replace('x.', 'shop.'));
    expect(refusal).toMatchObject({
      object: 'documents of shop.c',
      reason: 'rows',
      message: expect.stringContaining('2 documents'),
    });
    expect(JSON.stringify(refusal)).not.toContain('secret');
    expect(explainedByRefusals({ what: 'rows of shop.c', expected: '5', found: '3' }, [refusal as never])).toBe(true);
    expect(explainedByRefusals({ what: 'rows of shop.d', expected: '5', found: '3' }, [refusal as never])).toBe(false);
    expect(explainedByRefusals({ what: 'rows of shop.c', expected: '5', found: '6' }, [refusal as never])).toBe(false);
  });
  test('of a file that is damaged is known', () => {
    expect(isDamage('CRC mismatch for namespace a.b, 1!=2')).toBe(true);
    expect(isDamage('a.b: error creating indexes for a.b: createIndex error: no')).toBe(false);
  });
});

test('copies have names of their own, which lead back', () => {
  const names = renamed('0123456789ab', ['a*b', 'shop']);
  expect(renameParameters(names)).toEqual([
    '--nsFrom=a\\*b.*',
    '--nsTo=holdfast_scratch_0123456789ab_1.*',
    '--nsFrom=shop.*',
    '--nsTo=holdfast_scratch_0123456789ab_2.*',
  ]);
  expect(scratchIdOf('holdfast_scratch_0123456789ab_2')).toBe('0123456789ab');
  expect(scratchIdOf('shop')).toBeUndefined();
});
