/** Rules by collection and field, and what indexes, validators and the oplog ask of them. */

import { describe, expect, test } from '@jest/globals';
import type { Document } from 'bson';
import { type Binary, Decimal128, Double, Int32, Long, ObjectId, UUID } from 'bson';
import { parseFieldPath } from '../../../../src/anonymize/bson/fields/field-path.ts';
import { comparedPaths } from '../../../../src/anonymize/bson/fields/metadata.ts';
import { archiveOf, failure, type Given, type Result, run, users } from './dumps.ts';

const unlike = /^nobody-[a-z2-7]{16}@example\.com$/;
/** The first document of app.users under rules for its fields. */
async function ruled(document: object, columns: string, rest: Partial<Given> = {}): Promise<Record<string, unknown>> {
  const rules = `tables: { app.users: { columns: ${columns} } }\nleak-check: { replaced-values: 'off' }`;
  return (await run(archiveOf(users([document], rest)), { rules })).documents('app.users')[0] as Record<
    string,
    unknown
  >;
}
const int = (value: number): Int32 => new Int32(value);

test.each([
  ['contact.emails[]', [{ key: 'contact' }, { key: 'emails' }]],
  ['a[].b', [{ key: 'a' }, { key: 'b' }]],
  ['profiles.*.phone', [{ key: 'profiles' }, { key: '*' }, { key: 'phone' }]],
  ['$..phone', ['anywhere', { key: 'phone' }]],
  ['["odd.name"].x', [{ key: 'odd.name' }, { key: 'x' }]],
  ['a..', undefined],
  ['', undefined],
])('the path %s', (path, steps) => {
  expect(parseFieldPath(path)).toEqual(steps);
});

describe('rules hold for a field and everything below it, through arrays', () => {
  test('by path', async () => {
    const document = {
      ...{ _id: 1, Name: 'Jo Doe', contact: { phones: ['030 1234', { n: 'x12' }], city: 'Ulm' } },
      ...{ list: [{ b: 'ab' }, { b: 'cd', c: 'keep me' }], deep: { any: [{ secret: 's3' }] } },
    };
    const columns =
      '{ Name: mask, "contact.phones[]": mask, "list[].b": { fixed: z }, "$..secret": "null", deep.any: keep }';
    expect(await ruled(document, columns)).toEqual({
      ...{ _id: int(1), Name: 'xx xxx', contact: { phones: ['000 0000', { n: 'x00' }], city: 'Ulm' } },
      ...{ list: [{ b: 'z' }, { b: 'z', c: 'keep me' }], deep: { any: [{ secret: null }] } },
    });
  });

  test('null and fixed take the place of a whole document', async () => {
    expect(await ruled({ _id: 1, a: { b: 1 }, c: { d: 'x' } }, '{ a: "null", c: { fixed: gone } }')).toEqual({
      ...{ _id: int(1), a: null, c: 'gone' },
    });
  });

  test('keep keeps addresses', async () => {
    expect(await ruled({ _id: 1, a: 'jo@real.com' }, '{ a: keep }')).toMatchObject({ a: 'jo@real.com' });
  });

  test('a changed name and a changed type in one element', async () => {
    const document = await ruled(
      { _id: 1, by: { 'jo@real.com': 'x' } },
      '{ by: { hash: { length: 8 } }, "by.*": "null" }',
    );
    expect(Object.entries(document.by as object)).toEqual([[expect.stringMatching(unlike), null]]);
  });
});

describe('values keep their type', () => {
  test('numbers under noise, pseudonym, mask and fixed', async () => {
    const numbers = (): object => ({
      i: int(1000),
      l: Long.fromNumber(5_000_000_000),
      d: new Double(2.5),
      x: Decimal128.fromString('10.25'),
    });
    const noisy = await ruled({ _id: 1, n: numbers() }, '{ n: { noise: 50% } }');
    const types = (document: unknown): string[] =>
      Object.values(document as object).map((value: { _bsontype: string }) => value._bsontype);
    expect(types(noisy.n)).toEqual(['Int32', 'Long', 'Double', 'Decimal128']);
    expect(noisy.n).not.toEqual(numbers());
    expect(types((await ruled({ _id: 1, n: numbers() }, '{ n: mask }')).n)).toEqual(types(numbers()));
    const fixed = (await ruled({ _id: 1, n: numbers() }, '{ n.*: { fixed: 7 } }')).n as Record<
      string,
      { toString(): string }
    >;
    expect(Object.values(fixed).map(String)).toEqual(['7', '7', '7', '7']);
  });

  test('the same number has the same pseudonym in every type', async () => {
    const { a, b, c } = await ruled(
      { _id: 1, a: int(42), b: Long.fromNumber(42), c: new Double(42) },
      '{ "*": pseudonym }',
    );
    expect([Number(b), Number(c)]).toEqual([Number(a), Number(a)]);
    expect(Number(a)).not.toBe(42);
  });

  test('ids, UUIDs, dates', async () => {
    const [id, uuid, date] = [new ObjectId(), new UUID(), new Date('2020-01-01T10:00:00Z')];
    const document = await ruled({ _id: 1, id, uuid, date }, '{ id: pseudonym, uuid: hash, date: { shift-days: 10 } }');
    expect(document.id).toBeInstanceOf(ObjectId);
    expect(document.id).not.toEqual(id);
    expect((document.uuid as Binary).sub_type).toBe(4);
    expect((document.uuid as Binary).toString('hex')).not.toBe(uuid.toHexString(false));
    const days = ((document.date as Date).getTime() - date.getTime()) / 86_400_000;
    expect(Number.isInteger(days) && days !== 0 && Math.abs(days) <= 10).toBe(true);
  });

  test('a value that the rule is not for becomes null, and the report says so', async () => {
    const result = await run(archiveOf(users([{ _id: 1, a: true }])), {
      rules: 'tables: { app.users: { columns: { a: { fake: name } } } }',
    });
    expect(result.documents('app.users')[0]).toMatchObject({ a: null });
    expect(result.report.warnings).toContain(
      'app.users.a: 1 values of the type boolean became null, since fake name is not for that type',
    );
  });
});

describe('documents are left out', () => {
  const many = Array.from({ length: 400 }, (_, index) => ({
    _id: index,
    owner: { id: index % 40 },
    mail: 'jo@real.com',
  }));
  const of = (rows: string): Promise<Result> =>
    run(archiveOf(users(many)), { rules: `tables: { app.users: { rows: ${rows} } }` });

  test('all of them', async () => {
    expect((await of('drop')).content.get('app.users')).toEqual(Buffer.alloc(0));
  });

  test('a share, those with the same value together', async () => {
    const kept = (await of('{ sample: 50%, by: owner.id }')).documents('app.users');
    const owners = Map.groupBy(kept, ({ owner }) => Number((owner as { id: Int32 }).id));
    expect(kept.length).toBeGreaterThan(40);
    expect(kept.length).toBeLessThan(360);
    expect([...owners.values()].every((group) => group.length === 10)).toBe(true);
  });
});

describe('what must stay unique stays unlike', () => {
  const two = [
    { _id: 1, mail: 'jo@real.com', a: { b: ['x@real.com'] } },
    { _id: 2, mail: 'al@real.com', a: { b: ['y@real.com'] } },
  ];
  const mails = (result: Result): unknown[] => result.documents('app.users').map(({ mail }) => mail);

  test.each([
    ['alone', { key: { mail: 1 }, name: 'm', unique: true }],
    ['as old servers say it', { key: { mail: 1 }, name: 'm', unique: { $numberDouble: '1.0' } }],
    ['with others', { key: { tenant: 1, mail: -1 }, name: 'm', unique: true }],
    ['partly', { key: { mail: 1 }, name: 'm', unique: true, partialFilterExpression: { active: true } }],
  ])('%s', async (_, index) => {
    const [one, other] = mails(await run(archiveOf(users(two, { indexes: [index] }))));
    expect([one, other]).toEqual([expect.stringMatching(unlike), expect.stringMatching(unlike)]);
    expect(one).not.toBe(other);
  });

  test('within arrays and nested documents', async () => {
    const result = await run(archiveOf(users(two, { indexes: [{ key: { 'a.b': 1 }, name: 'ab', unique: true }] })));
    expect(mails(result)).toEqual(['nobody@example.com', 'nobody@example.com']);
    expect(new Set(result.documents('app.users').map(({ a }) => (a as { b: string[] }).b[0])).size).toBe(2);
  });

  test('with a collation that ignores case, addresses that it takes for equal stay equal', async () => {
    const documents = [
      { _id: 1, mail: 'Jo@real.com' },
      { _id: 2, mail: 'jo@REAL.com' },
    ];
    const index = {
      key: { mail: 1 },
      name: 'm',
      unique: true,
      collation: { locale: 'en', strength: { $numberInt: '2' } },
    };
    expect(new Set(mails(await run(archiveOf(users(documents, { indexes: [index] }))))).size).toBe(1);
    expect(
      new Set(mails(await run(archiveOf(users(documents, { indexes: [{ ...index, collation: undefined }] }))))).size,
    ).toBe(2);
  });

  test('a pseudonym elsewhere is the same address', async () => {
    const dump = { ...users([{ _id: 'jo@real.com' }]), 'app.orders': { documents: [{ _id: 1, by: 'jo@real.com' }] } };
    const result = await run(archiveOf(dump), { rules: 'tables: { app.orders: { columns: { by: pseudonym } } }' });
    expect(result.documents('app.orders')[0]?.by).toBe(result.documents('app.users')[0]?._id);
  });

  test('fields that a view joins, or a filter compares with an address', async () => {
    const pipeline = [
      { $match: { 'a.b': 'x@real.com' } },
      { $lookup: { from: 'logs', localField: 'mail', foreignField: 'who', as: 'l' } },
    ];
    const result = await run(
      archiveOf({
        ...users(two),
        'app.logs': { documents: [{ _id: 1, who: 'jo@real.com' }] },
        'app.shown': { documents: [], type: 'view', options: { viewOn: 'users', pipeline } },
      }),
    );
    const [jo] = result.documents('app.users');
    expect(result.documents('app.logs')[0]?.who).toBe(jo?.mail);
    const written = result.metadata.get('app.shown')?.options as { pipeline: { $match: Record<string, string> }[] };
    expect(written.pipeline[0]?.$match['a.b']).toBe(((jo as Document).a as { b: string[] }).b[0]);
    expect(comparedPaths({ $expr: { $eq: ['$who', 'x@real.com'] } })).toEqual(['who']);
  });
});

test("users of the server keep the form of their _id, and the report says that their passwords' hashes are there", async () => {
  const result = await run(
    archiveOf({ 'admin.system.users': { documents: [{ _id: 'app.jo@real.com', user: 'jo@real.com', db: 'app' }] } }),
  );
  const [user] = result.documents('admin.system.users');
  expect(user?._id).toBe(`app.${user?.user as string}`);
  expect(user?.user).toMatch(unlike);
  expect(result.report.warnings.join()).toContain("holds the server's users with the hashes of their passwords");
});

describe('rules that the dump does not allow are named, all at once, and nothing is written', () => {
  const unique = { indexes: [{ key: { mail: 1 }, name: 'mail_1', unique: true }] };
  const schema = (properties: object): Partial<Given> => ({ options: { validator: { $jsonSchema: { properties } } } });
  const told = (columns: string, rest: Partial<Given> = {}): Promise<string> =>
    failure(archiveOf(users([{ _id: 1, mail: 'jo@real.com' }], rest)), {
      rules: `tables: { app.users: { columns: ${columns} } }`,
    });

  test('collections that do not exist, paths that are none, views', async () => {
    const dump = archiveOf({
      ...users([]),
      'app.shown': { documents: [], type: 'view', options: { viewOn: 'users', pipeline: [] } },
    });
    const rules =
      'tables: { app.user: {}, prod.users: {}, app.shown: { rows: drop }, app.users: { columns: { "a..": mask } } }\nleak-check: { allow: [app.nosuch.mail] }';
    const message = await failure(dump, { rules });
    expect(message).toContain('5 places; nothing was written');
    expect(message).toContain('app.user: the dump has no such collection; allowed: app.users, app.shown');
    expect(message).toContain('prod.users: the dump has no such collection; allowed: app.users');
    expect(message).toContain('app.shown: it is a view');
    expect(message).toContain('"a.." is not a path');
    expect(message).toContain('allow: app.nosuch.mail is not a field');
  });

  test.each([['mask'], ['{ fixed: x }'], ['"null"'], ['{ fake: name }'], ['{ hash: { length: 8 } }']])(
    '%s on a unique field',
    async (rule) => {
      expect(await told(`{ mail: ${rule} }`, unique)).toContain('app.users.mail: must be unique');
      expect(await told(`{ _id: ${rule} }`)).toContain('app.users._id: must be unique');
    },
  );

  test.each([
    ['a pattern that addresses under example.com do not have', '{}', { pattern: '@real\\.com$' }],
    ['a pattern, and a rule for whole values', '{ mail: mask }', { pattern: '^[a-z]+$' }],
    ['a list of values', '{ mail: hash }', { enum: ['a', 'b'] }],
    ['a fixed text that is too long', '{ mail: { fixed: long text } }', { maxLength: 5 }],
    ['null where it is not allowed', '{ mail: "null" }', { bsonType: 'string' }],
    ['a fake name in too little room', '{ mail: { fake: name } }', { maxLength: { $numberInt: '5' } }],
  ])('a validator: %s', async (_, columns, limits) => {
    expect(await told(columns, schema({ mail: limits }))).toContain('app.users.mail: ');
    expect(
      await told(columns, { options: { ...schema({ mail: limits }).options, validationAction: 'warn' } }),
    ).not.toContain('nothing was written');
  });

  test('a pattern of one domain, without rules: which rule helps, and not that one is wrong', async () => {
    const pattern = schema({ mail: { pattern: '@real\\.com$' } });
    const message = await failure(archiveOf(users([{ _id: 1, mail: 'jo@real.com' }], pattern)));
    expect(message).toContain('addresses cannot be replaced without a rule in one place; nothing was written');
    expect(message).toContain('app.users.mail: ');
    expect(message).not.toContain('do not fit');
    expect(await told('{}', pattern)).toContain('the rules do not fit the dump in one place');
  });

  test('not a validator that the replacements pass', async () => {
    const limits = { mail: { bsonType: 'string', pattern: '^.+@.+$', maxLength: 100 }, zip: { pattern: '^[0-9]{5}$' } };
    expect(await told('{}', schema(limits))).toBe('nothing');
  });

  test('addresses become shorter where the validator allows few characters, and longer where it asks for many', async () => {
    expect(await ruled({ _id: 1, mail: 'jo@real.com' }, '{}', schema({ mail: { maxLength: 14 } }))).toMatchObject({
      mail: 'dy@example.com',
    });
    expect(await ruled({ _id: 1, mail: 'jo@real.com' }, '{}', schema({ mail: { minLength: 20 } }))).toMatchObject({
      mail: expect.stringMatching(unlike),
    });
  });
});

describe('the leak check', () => {
  test('names collection and field, never a value', async () => {
    const documents = [
      { _id: 1, card: '4111 1111 1111 1111', tel: '+49 30 1234567', of: { name: 'Jonathan' }, note: 'Jonathan' },
    ];
    const message = await failure(archiveOf(users(documents)), {
      rules: 'tables: { app.users: { columns: { of.name: mask } } }',
    });
    for (const part of [
      'app.users.card: 1 card numbers',
      'app.users.tel: 1 phone numbers',
      'app.users.note: 1 values of columns that were replaced',
    ])
      expect(message).toContain(part);
    expect(message).not.toContain('Jonathan');
    const allowed =
      'leak-check: { allow: [app.users.card, "app.users.tel", app.users.note] }\ntables: { app.users: { columns: { of.name: mask } } }';
    expect(await failure(archiveOf(users(documents)), { rules: allowed })).toBe('nothing');
  });

  test('finds names of collections, which stay, and says in which database', async () => {
    const message = await failure(archiveOf({ 'app.jo@real.com': { documents: [] } }));
    expect(message).toContain('the name of a collection of app: …@…');
    expect(message).not.toContain('real.com');
  });

  test('leaves fields alone that are called as a name of a collection is, and finds names of collections by theirs', async () => {
    const filter = { partialFilterExpression: { from: 'jo@real.com', ns: { coll: 'al@real.com' } } };
    const indexes = [{ v: 2, key: { a: 1 }, name: 'a_1', ns: 'app.users', ...filter }];
    const stages = [{ $match: { from: 'jo@real.com' } }, { $lookup: { from: 'o@old.com', as: 'o', pipeline: [] } }];
    const dump = {
      ...users([{ _id: 1, from: 'jo@real.com' }], { indexes }),
      'app.v': { documents: [], type: 'view', options: { viewOn: 'users', pipeline: stages } },
    };
    expect(await failure(archiveOf(dump))).toContain('(definitions): 1 e-mail addresses (in the metadata of app.v)');
    expect(await failure(archiveOf(users([{ _id: 1 }], { indexes })))).toBe('nothing');
  });

  test('fails where a field has no rule and unknown-columns: fail asks for one', async () => {
    const rules = 'unknown-columns: fail\ntables: { app.users: { columns: { _id: keep, a: keep } } }';
    expect(await failure(archiveOf(users([{ _id: 1, a: { b: 1 }, c: [{ d: 2 }] }])), { rules })).toContain(
      'unknown-columns: fail): app.users.c.d',
    );
    expect(await failure(archiveOf(users([{ _id: 1, a: { b: 1 } }])), { rules })).toBe('nothing');
  });

  test('a rule whose field no document has is told', async () => {
    const { report } = await run(archiveOf(users([{ _id: 1 }])), {
      rules: 'tables: { app.users: { columns: { phne: mask } } }',
    });
    expect(report.warnings).toContain(
      'app.users.phne: no document has this field, for which there is a rule; check its spelling',
    );
  });
});
