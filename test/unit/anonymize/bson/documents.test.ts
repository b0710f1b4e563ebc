/** Documents without rules: every address is replaced wherever it stands, lengths are right, and all else is equal byte for byte. */
import { describe, expect, test } from '@jest/globals';
import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  DBRef,
  Decimal128,
  Double,
  deserialize,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  serialize,
  Timestamp,
} from 'bson';
import fc from 'fast-check';
import { archiveOf, bytesOf, type Given, type Result, rewriter, run, tarballOf } from './dumps.ts';

const one = async (document: object | Buffer, given: Partial<Given> = {}): Promise<Result> =>
  run(archiveOf({ 'app.c': { documents: [document], ...given } }));

const only = async (document: object | Buffer, given: Partial<Given> = {}): Promise<Record<string, unknown>> =>
  (await one(document, given)).documents('app.c')[0] as Record<string, unknown>;

const nobody = 'nobody@example.com';
const unlike = /^nobody-[a-z2-7]{16}@example\.com$/;

/** An element of a document, as bytes. */
const element = (type: number, name: string, value: Buffer): Buffer =>
  Buffer.concat([Buffer.from([type]), Buffer.from(`${name}\0`), value]);
const framed = (...elements: readonly Buffer[]): Buffer => {
  const bytes = Buffer.concat([Buffer.alloc(4), ...elements, Buffer.from([0])]);
  bytes.writeInt32LE(bytes.length);
  return bytes;
};
const text = (value: string): Buffer => {
  const bytes = Buffer.from(`    ${value}\0`);
  bytes.writeInt32LE(bytes.length - 4);
  return bytes;
};

describe('addresses are replaced', () => {
  test.each([
    ['in a string', { a: 'write to jo@real.com now' }, { a: `write to ${nobody} now` }],
    ['in an array', { a: ['jo@real.com', 1, 'x'] }, { a: [nobody, 1, 'x'] }],
    ['in nested documents', { a: { b: [{ c: 'jo@real.com' }] } }, { a: { b: [{ c: nobody }] } }],
    ['where it becomes shorter', { a: 'a.very.long.address.of.somebody@real-company.com', b: 1 }, { a: nobody, b: 1 }],
    ['in a URL', { a: 'https://x.io/?m=jo%40real.com' }, { a: 'https://x.io/?m=nobody%40example.com' }],
    ['in PHP, with its length', { a: 's:11:"jo@real.com";' }, { a: 's:18:"nobody@example.com";' }],
  ])('%s', async (_, document, expected) => {
    expect(await only(document)).toEqual(deserialize(serialize(expected), { promoteValues: false }));
  });

  test('in symbols, code, code with scope and regular expressions', async () => {
    const document = await only({
      symbol: new BSONSymbol('jo@real.com'),
      code: new Code('send("jo@real.com")'),
      scoped: new Code('send(to)', { to: 'jo@real.com', n: new Int32(1) }),
      both: new Code('x("jo@real.com")', { to: 'jo@real.com' }),
      pattern: new BSONRegExp('^jo@real\\.com$', 'i'),
    });
    expect(document.symbol).toEqual(new BSONSymbol(nobody));
    expect(document.code).toEqual(new Code(`send("${nobody}")`));
    expect(document.scoped).toEqual(new Code('send(to)', { to: nobody, n: new Int32(1) }));
    expect(document.both).toEqual(new Code(`x("${nobody}")`, { to: nobody }));
    expect(String(document.pattern)).toBe('/^nobody@example\\.com$/i');
  });

  test('in binary data that is text, of any subtype that may be one, and in none that is not', async () => {
    const content = Buffer.from('mail jo@real.com');
    const old = Buffer.concat([Buffer.from([content.length, 0, 0, 0]), content]);
    const document = bytesOf({
      plain: new Binary(content),
      own: new Binary(content, 0x80),
      encrypted: new Binary(Buffer.concat([Buffer.from([0]), content]), 6),
      picture: new Binary(
        Buffer.concat([Buffer.from([0xff, 0xd8, 0]), Buffer.from(' norbert@real.com '), Buffer.from([1])]),
      ),
    });
    const value = Buffer.concat([Buffer.from([old.length, 0, 0, 0, 2]), old]);
    const with2 = framed(document.subarray(4, -1), element(5, 'old', value));
    const result = await only(with2);
    const binary = (name: string): string => Buffer.from((result[name] as Binary).buffer).toString('latin1');
    expect(binary('plain')).toBe(`mail ${nobody}`);
    expect(binary('own')).toBe(`mail ${nobody}`);
    expect(binary('old')).toBe(`mail ${nobody}`);
    expect(binary('encrypted')).toBe('\0mail jo@real.com');
    expect(binary('picture')).toBe(`\xff\xd8\0 ${nobody} \x01`);
  });

  test('in the names of fields, each by one of its own, and no report shows one', async () => {
    const result = await one({ by: { 'jo@real.com': { n: 'al@real.com' }, 'al@real.com': 2, 'jo%40real.com': 3 } });
    const names = Object.keys((result.documents('app.c')[0] as { by: object }).by);
    expect(names.slice(0, 2).every((name) => unlike.test(name))).toBe(true);
    expect(new Set(names).size).toBe(3);
    expect(names[2]).toBe((names[0] as string).replace('@', '%40'));
    expect(JSON.stringify(result.report)).not.toContain('real.com');
    expect([...(result.report.changed?.get('app.c') ?? [])].toSorted()).toEqual(['(names of fields)', 'by.*.n']);
  });

  test('of a DBRef, whose reference stays that of the document', async () => {
    const dump = archiveOf({
      'app.users': { documents: [{ _id: 'jo@real.com' }, { _id: 'al@real.com' }] },
      'app.orders': { documents: [{ _id: 1, by: new DBRef('users', 'jo@real.com' as unknown as ObjectId) }] },
    });
    const result = await run(dump);
    const ids = result.documents('app.users').map(({ _id }) => _id as string);
    expect(ids.every((id) => unlike.test(id))).toBe(true);
    expect(new Set(ids).size).toBe(2);
    expect(JSON.parse(JSON.stringify(result.documents('app.orders')[0]))).toMatchObject({
      by: { $ref: 'users', $id: ids[0] },
    });
  });
});

test('pieces of files in GridFS keep their length', async () => {
  const data = (content: string): Binary => new Binary(Buffer.from(content));
  const pieces = ['from jo.doe.of.somewhere@real-company.com!', 'a@b.co says'];
  const result = await run(
    archiveOf({ 'app.fs.chunks': { documents: pieces.map((piece, n) => ({ _id: n, n, data: data(piece) })) } }),
  );
  const written = result
    .documents('app.fs.chunks')
    .map(({ data: one }) => Buffer.from((one as Binary).buffer).toString());
  expect(written.map((piece) => piece.length)).toEqual(pieces.map((piece) => piece.length));
  expect(written).toEqual([`from ${'x'.repeat(18)}${nobody}!`, 'xxxxxx says']);
});

describe('everything else stays', () => {
  /** Values of every type of the specification, those that it calls deprecated included. */
  const rare = framed(
    ...[
      element(6, 'undefined', Buffer.alloc(0)),
      element(12, 'pointer', Buffer.concat([text('db.c'), Buffer.alloc(12, 7)])),
    ],
    ...[element(14, 'symbol', text('s')), element(255, 'min', Buffer.alloc(0)), element(127, 'max', Buffer.alloc(0))],
    ...[element(1, 'nan', Buffer.from('0100000000000ff8'.match(/../g)?.map((two) => Number.parseInt(two, 16)) ?? []))],
    element(2, 'latin1', Buffer.from([3, 0, 0, 0, 0xe9, 0xe8, 0])),
  );

  test('values of every type, also those that a driver would not write again', async () => {
    const result = await one(rare);
    expect(result.content.get('app.c')?.equals(rare)).toBe(true);
    const mixed = framed(rare.subarray(4, -1), element(2, 'mail', text('jo@real.com')));
    const expected = framed(rare.subarray(4, -1), element(2, 'mail', text(nobody)));
    expect((await one(mixed)).content.get('app.c')?.equals(expected)).toBe(true);
  });

  /** No address, in no way of writing its sign: a string that is one by chance would not be expected. */
  const noAddress = fc.string().map((some) => some.replaceAll(/[@%&\\=]/g, '#'));
  const noText = fc.uint8Array().map((some) => some.map((byte) => (byte === 0x40 ? 0x41 : byte)));
  const leaf = fc.oneof(
    ...[noAddress, fc.double().map((value) => new Double(value)), fc.integer().map((value) => new Int32(value))],
    ...[fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => Long.fromBigInt(value)), fc.boolean()],
    ...[noText.map((value) => new Binary(value)), fc.constant(null), fc.date({ noInvalidDate: true })],
    ...[fc.uint8Array({ minLength: 12, maxLength: 12 }).map((value) => new ObjectId(value)), fc.constant(new MinKey())],
    fc.constant(new MaxKey()),
    fc.constant(Decimal128.fromString('1.50')),
    fc.constant(new Timestamp({ t: 5, i: 6 })),
    fc.constantFrom('jo@real.com', 'x <al@real.com>, bo@real.com'),
  );
  const name = fc.stringMatching(/^[a-z]{1,3}$/);
  const { document } = fc.letrec((tie) => ({
    value: fc.oneof({ depthSize: 'small' }, leaf, tie('document'), fc.array(tie('value'), { maxLength: 3 })),
    document: fc.dictionary(name, tie('value'), { maxKeys: 5 }),
  }));

  /** The same value with addresses replaced, by the driver's objects instead of bytes. */
  const expected = (value: unknown): unknown => {
    if (typeof value === 'string') return value.replaceAll(/\b(jo|al|bo)@real\.com/g, nobody);
    if (Array.isArray(value)) return value.map(expected);
    const isPlain =
      typeof value === 'object' &&
      value !== null &&
      [Object.prototype, null].includes(Object.getPrototypeOf(value) as null);
    return isPlain
      ? Object.fromEntries(Object.entries(value as object).map(([key, inner]) => [key, expected(inner)]))
      : value;
  };

  test('of any documents: the bytes are those of the driver for the replaced values', () => {
    const rewrite = rewriter();
    fc.assert(
      fc.property(fc.array(document as fc.Arbitrary<Record<string, unknown>>, { maxLength: 4 }), (documents) => {
        const bytes = Buffer.concat(documents.map((each) => bytesOf(expected(each) as object)));
        expect(rewrite(Buffer.concat(documents.map(bytesOf)))).toEqual(bytes);
      }),
      { numRuns: 1000 },
    );
  });

  test('however the file is cut into chunks', async () => {
    const documents = Array.from({ length: 40 }, (_, index) => ({
      _id: index,
      a: ['jo@real.com', { b: 'x'.repeat(index) }],
    }));
    const whole = (await run(archiveOf({ 'app.c': { documents } }))).content;
    for (const chunk of [1, 7, 100])
      expect((await run(archiveOf({ 'app.c': { documents } }), { chunk })).content).toEqual(whole);
  });
});

describe('damage is told with its place', () => {
  const good = bytesOf({ _id: 1, a: { b: 'text' }, list: [1, 2] });

  test('whatever byte is changed, the walk ends: with documents whose lengths are right, or with the place', () => {
    const rewrite = rewriter();
    fc.assert(
      fc.property(fc.nat(good.length - 6), fc.nat(255), (at, byte) => {
        const bad = Buffer.from(good);
        bad[at + 4] = byte;
        try {
          const written = rewrite(bad);
          expect(written.readInt32LE()).toBe(written.length);
        } catch (error) {
          expect((error as Error).message).toMatch(
            /app\.c, document [\d,]+, is not valid BSON: .*, at byte [\d,]+ of it/,
          );
        }
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    [
      'a string that is longer than its document',
      framed(element(2, 'a', Buffer.from([99, 0, 0, 0, 65, 0]))),
      'a value has the length 99, at byte 7',
    ],
    [
      'a string without its zero byte',
      framed(element(2, 'a', Buffer.from([2, 0, 0, 0, 65, 66]))),
      'a string does not end with a zero byte',
    ],
    ['a name without an end', framed(Buffer.from([2, 65, 65])), 'a name has no end'],
    ['a type that does not exist', framed(element(0x20, 'a', Buffer.alloc(0))), 'there is no type 0x20'],
  ])('%s', async (_, document, message) => {
    await expect(one(document)).rejects.toThrow(message);
  });

  test('more levels than any server stores; as many as it reads pass', async () => {
    const nested = (levels: number): Buffer => {
      let inner = bytesOf({ mail: 'jo@real.com' });
      for (let level = 0; level < levels; level += 1) inner = framed(element(3, 'a', inner));
      return inner;
    };
    await expect(one(nested(201))).rejects.toThrow('nested more than 200 levels deep');
    expect((await one(nested(200))).content.get('app.c')?.includes(nobody)).toBe(true);
  });

  test('a document that becomes longer than a server stores', async () => {
    const filler = 'x'.repeat(16 * 1024 * 1024 - 45);
    await expect(one({ _id: 1, a: 'a@b.co', filler })).rejects.toThrow(
      /app\.c, document 1, would become longer than the 16,777,216 bytes/,
    );
  });
});

test('a tar file and an archive give the same documents and the same report', async () => {
  const dump = {
    'app.users': {
      documents: [{ _id: 1, mail: 'jo@real.com' }, { _id: 2 }],
      indexes: [{ key: { mail: 1 }, name: 'm', unique: true }],
    },
    'app.odd name/€': { documents: [{ _id: 'x', a: 'al@real.com' }] },
    'other.none': { documents: [] },
  };
  const archive = await run(archiveOf(dump));
  for (const tarball of [await tarballOf(dump), await tarballOf(dump, { gzip: true })]) {
    const result = await run(tarball, { chunk: 1000 });
    expect(result.content).toEqual(archive.content);
    expect(result.metadata).toEqual(archive.metadata);
    expect(result.report.counts).toEqual(archive.report.counts);
    expect(result.report.warnings).toEqual(archive.report.warnings);
  }
  expect(archive.documents('app.users')[0]?.mail).toMatch(unlike);
});
