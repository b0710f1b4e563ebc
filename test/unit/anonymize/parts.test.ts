/** The parts that stand alone: escapes, compression, the catalogue's names. */
import { randomBytes } from 'node:crypto';
import { gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decode, encode, Scratch } from '../../../src/anonymize/format/codec.ts';
import { canonicalQualified } from '../../../src/anonymize/format/names.ts';
import { Catalogue } from '../../../src/anonymize/schema/catalogue.ts';
import { compressor, decompress } from '../../../src/runtime/compression/format.ts';
import { chunks } from './run.ts';

test('what is escaped is read back', () => {
  const scratch = new Scratch();
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 100 }),
      fc.constantFrom('copy', 'string', 'escape-string', 'raw'),
      (bytes, codec) => {
        const written = encode(Buffer.from(bytes), codec);
        const length = decode(written, 0, written.length, codec, scratch);
        expect(scratch.bytes.subarray(0, length)).toEqual(Buffer.from(bytes));
      },
    ),
  );
});

describe('compression', () => {
  const data = Buffer.concat([randomBytes(300_000), Buffer.from('lorem ipsum '.repeat(200_000)), randomBytes(7)]);
  const compress = async (kind: 'gzip' | 'zstd', blocks: readonly Buffer[]): Promise<Buffer> => {
    const parts: Buffer[] = [];
    const out = compressor(kind, (bytes) => void parts.push(Buffer.from(bytes)));
    for (const block of blocks) await out.write(block);
    await out.end();
    return Buffer.concat(parts);
  };
  const blocksOf = (size: number): Buffer[] =>
    Array.from({ length: Math.ceil(data.length / size) }, (_, index) =>
      Buffer.from(data.subarray(index * size, (index + 1) * size)),
    );
  const all = async (source: AsyncIterable<Buffer>): Promise<Buffer> => {
    const parts: Buffer[] = [];
    for await (const part of source) parts.push(Buffer.from(part));
    return Buffer.concat(parts);
  };

  test.each([1000, 65_536, 1_048_576, 10_000_000])('in blocks of %i bytes is one gzip member', async (size) => {
    const packed = await compress('gzip', blocksOf(size));
    expect(gunzipSync(packed).equals(data)).toBe(true);
    expect((await all(decompress(chunks(packed, 1013)))).equals(data)).toBe(true);
  });

  test('of no bytes is an empty member', async () => {
    expect(gunzipSync(await compress('gzip', [])).length).toBe(0);
    expect(zstdDecompressSync(await compress('zstd', [])).length).toBe(0);
  });

  test.each([1, 7, 4096, 1_000_000])('Zstandard of many frames is read in chunks of %i bytes', async (size) => {
    const small = data.subarray(299_000, 340_000);
    const skippable = Buffer.concat([Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0]), Buffer.from('abc')]);
    const frames = [0, 1, 2].map((index) => zstdCompressSync(small.subarray(index * 10_000, (index + 1) * 10_000)));
    const packed = Buffer.concat([frames[0] as Buffer, skippable, ...frames.slice(1)]);
    expect((await all(decompress(chunks(packed, size)))).equals(small.subarray(0, 30_000))).toBe(true);
    const ours = await compress('zstd', blocksOf(1_048_576));
    if (size > 1000) expect((await all(decompress(chunks(ours, size)))).equals(data)).toBe(true);
  });

  test.each([
    ['an archive', 'PGDMP\x01\x0e', 'archive of pg_dump'],
    ['bzip2', 'BZh91AY', 'bzip2'],
    ['xz', '\xfd7zXZ\0', 'xz'],
    ['ZIP', 'PK\x03\x04\x14\0', 'ZIP'],
    ['a byte order mark', '\xef\xbb\xbf--\n', 'byte order mark'],
    ['UTF-16', '\xff\xfe-\0-\0', 'UTF-16'],
  ])('refuses %s by its name, whatever the size of the chunks', async (_name, begin, named) => {
    for (const size of [1, 3, 100])
      await expect(all(decompress(chunks(Buffer.from(begin, 'latin1'), size)))).rejects.toThrow(named);
  });

  test('that is cut off or damaged is refused', async () => {
    const packed = await compress('gzip', blocksOf(65_536));
    await expect(all(decompress(chunks(packed.subarray(0, -5), 1000)))).rejects.toThrow('unexpected end of file');
    const flipped = Buffer.from(gzipSync(data));
    flipped[flipped.length - 6] = (flipped.at(-6) as number) ^ 1;
    await expect(all(decompress(chunks(flipped, 1000)))).rejects.toThrow('incorrect data check');
    const zstd = await compress('zstd', blocksOf(65_536));
    await expect(all(decompress(chunks(zstd.subarray(0, -5), 1000)))).rejects.toThrow('in the middle of a frame');
  });
});

describe('the catalogue', () => {
  test('never throws', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom(
            'CREATE',
            'TABLE',
            'a',
            '"b c"',
            '(',
            ')',
            ',',
            'int',
            "'x",
            '$$',
            'PRIMARY KEY',
            'ALTER',
            'ONLY',
            'ADD',
            'CONSTRAINT',
            ';',
            'REFERENCES',
            '--',
            '/*',
          ),
        ),
        (words) => {
          const catalogue = new Catalogue();
          catalogue.read(words.join(' '));
          for (const table of catalogue.tables()) catalogue.linkedColumns(table.name, 'a');
        },
      ),
    );
  });

  test('knows names however they are written', () => {
    expect(canonicalQualified('Public."users"')).toBe('public.users');
    expect(canonicalQualified('"Odd.name" . "a""b"')).toBe('"Odd.name"."a""b"');
  });

  test('reads types, partitions, and what binds columns together', () => {
    const catalogue = new Catalogue();
    for (const statement of [
      `CREATE DOMAIN public.email AS citext CONSTRAINT c CHECK ((VALUE ~ '@'::citext))`,
      `CREATE TYPE public.mood AS ENUM ('a', 'it''s')`,
      'CREATE TYPE public.pair AS (a text, b text)',
      `CREATE TABLE public.t (a public.email NOT NULL, b character varying(20)[] DEFAULT '{}'::character varying[], c public.mood, d public.pair[], e numeric(10,2) GENERATED ALWAYS AS ((1)::numeric) STORED, CONSTRAINT x CHECK ((length((a)::text) > 1))) PARTITION BY HASH (a)`,
      'CREATE TABLE public.t_0 (a public.email NOT NULL, b character varying(20)[])',
      'ALTER TABLE ONLY public.t ATTACH PARTITION public.t_0 FOR VALUES WITH (modulus 1, remainder 0)',
      'CREATE UNIQUE INDEX i ON public.t USING btree (lower((a)::text), b) WHERE (c IS NULL)',
      'CREATE TABLE public.u (z public.email REFERENCES public.t(a))',
    ])
      catalogue.read(statement);
    const table = catalogue.table('public.t');
    expect(
      table?.columns.map(({ name, type, generated }) => [name, type.base, type.array, type.caseless, generated]),
    ).toEqual([
      ['a', 'text', false, true, false],
      ['b', 'text', true, false, false],
      ['c', 'other', false, false, false],
      ['d', 'other', true, false, false],
      ['e', 'number', false, false, true],
    ]);
    expect(table?.columns[2]?.type.enumeration).toEqual(['a', "it's"]);
    expect(table?.columns[3]?.type.composite).toBe('public.pair');
    expect(table?.checks).toEqual([{ name: 'x', expression: '(length((a)::text) > 1)', columns: ['a'] }]);
    expect(catalogue.root('public.t_0')).toBe('public.t');
    expect([...catalogue.partitionColumns('public.t_0')]).toEqual(['a']);
    expect(catalogue.uniques('public.t_0')).toEqual([
      { kind: 'index', name: 'i', columns: ['a', 'b'], ignoresCase: true },
    ]);
    expect(catalogue.linkedColumns('public.u', 'z')).toEqual(
      expect.arrayContaining([
        { table: 'public.t', column: 'a' },
        { table: 'public.t_0', column: 'a' },
      ]),
    );
  });
});
