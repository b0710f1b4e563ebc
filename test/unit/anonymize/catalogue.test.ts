/** The catalogue as a whole. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canonicalQualified } from '../../../src/anonymize/format/names.ts';
import { Catalogue } from '../../../src/anonymize/schema/catalogue.ts';

describe('the catalogue', () => {
  test('reads any words without throwing', () => {
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

  test('recognises names in any spelling', () => {
    expect(canonicalQualified('Public."users"')).toBe('public.users');
    expect(canonicalQualified('"Odd.name" . "a""b"')).toBe('"Odd.name"."a""b"');
  });

  test('reads types, partitions and links between columns', () => {
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
      {
        kind: 'index',
        name: 'i',
        columns: ['a', 'b'],
        parts: ['lower((a)::text)', 'b'],
        ignoresCase: true,
        where: '(c IS NULL)',
      },
    ]);
    expect(catalogue.linkedColumns('public.u', 'z')).toEqual(
      expect.arrayContaining([
        { table: 'public.t', column: 'a' },
        { table: 'public.t_0', column: 'a' },
      ]),
    );
  });
});
