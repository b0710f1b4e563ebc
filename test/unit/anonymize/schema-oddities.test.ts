/** Definitions whose meaning is easily missed. */
import { describe, expect, test } from '@jest/globals';
import { catalogue, column, names, table } from './catalogues.ts';

describe('a definition', () => {
  test('may have a column called exclude, which pg_dump does not quote', () => {
    const made = catalogue(table('a integer', 'exclude boolean', 'b text'));
    expect(names(made)).toEqual(['a', 'exclude', 'b']);
    expect(made.table('public.t')?.uniques).toEqual([]);
  });

  test('may use a type whose name is a keyword, in any spelling', () => {
    const made = catalogue(
      'CREATE DOMAIN public."check" AS character varying(9)',
      table('a public."check"', 'b Public . "check"', 'c public."check"[]'),
    );
    expect(column(made, 'a').type).toMatchObject({ base: 'text', maxCharacters: 9 });
    expect(column(made, 'b').type).toMatchObject({ base: 'text', maxCharacters: 9 });
    expect(column(made, 'c').type).toMatchObject({ base: 'text', array: true, maxCharacters: undefined });
  });

  test('may use domains with unnamed checks and NOT NULL, 20,000 levels of them, and citext of any schema', () => {
    const line = Array.from({ length: 20_000 }, (_, index) => `CREATE DOMAIN d${index} AS d${index + 1}`);
    const made = catalogue(
      'CREATE DOMAIN public.d AS text CHECK (a) CHECK (b) NOT NULL',
      'CREATE DOMAIN public.n AS text DEFAULT (NULL IS NOT NULL)',
      ...line,
      table('a public.d', 'b public.n', 'c public.d[]', 'd d0', 'e ext.citext'),
    );
    expect(column(made, 'a')).toMatchObject({ notNull: true, type: { checks: ['a', 'b'] } });
    expect(column(made, 'b').notNull).toBe(false);
    expect(column(made, 'c').notNull).toBe(false);
    expect(column(made, 'd').type.base).toBe('other');
    expect(column(made, 'e').type).toMatchObject({ base: 'text', caseless: true });
  });

  test('may have comments before it, and comments in comments', () => {
    expect(names(catalogue('-- x\n/* y /* z */ */ CREATE TABLE public.t (/* a /* b */ , z int, */ a int)'))).toEqual([
      'a',
    ]);
  });

  test('may have escapes in labels', () => {
    const made = catalogue(
      String.raw`CREATE TYPE public.m AS ENUM (E'a\\b', E'\'c\'\n', E'\u0041\x42\103')`,
      table('a public.m'),
    );
    expect(column(made, 'a').type.enumeration).toEqual(['a\\b', "'c'\n", 'ABC']);
  });

  test('names types and functions in expressions, which are no columns', () => {
    const made = catalogue(
      table('email text', 'text text', 'lower integer', 'period daterange'),
      'CREATE UNIQUE INDEX i ON public.t USING btree (((email)::text) COLLATE "C")',
      'CREATE UNIQUE INDEX j ON public.t USING btree (lower)',
      'ALTER TABLE public.t ADD CONSTRAINT x EXCLUDE USING gist (lower(email) WITH =)',
      'ALTER TABLE public.t ADD CONSTRAINT y PRIMARY KEY (lower, period WITHOUT OVERLAPS)',
      'ALTER TABLE public.t ADD CONSTRAINT z UNIQUE USING INDEX j',
    );
    expect(made.table('public.t')?.uniques.map((one) => [one.kind, one.name, one.columns, one.ignoresCase])).toEqual([
      ['index', 'i', ['email'], false],
      ['unique', 'z', ['lower'], false],
      ['exclude', 'x', ['email'], true],
      ['primary', 'y', ['lower', 'period'], false],
    ]);
    expect(names(made)).toHaveLength(4);
  });

  test('may have foreign keys with PERIOD and SET DEFAULT, which is not a default', () => {
    const made = catalogue(
      table(
        'a integer REFERENCES public.s ON DELETE SET DEFAULT NOT NULL',
        'v daterange',
        'FOREIGN KEY (a, PERIOD v) REFERENCES public.s (id, PERIOD w)',
      ),
    );
    expect(column(made, 'a')).toMatchObject({ default: undefined, notNull: true });
    expect(made.table('public.t')?.foreignKeys[1]).toMatchObject({ columns: ['a', 'v'], referenced: ['id', 'w'] });
  });

  test('inherits columns of several parents, and adds to them', () => {
    const made = catalogue(
      'CREATE TABLE public.p (a integer, b text)',
      'CREATE TABLE public.q (x integer)',
      'CREATE TABLE public.t (c text, CONSTRAINT n NOT NULL a) INHERITS (public.p, public.q)',
      "ALTER TABLE ONLY public.t ALTER COLUMN b SET DEFAULT 'z'::text",
      'CREATE TABLE public.r PARTITION OF public.p (a NOT NULL, b WITH OPTIONS DEFAULT 3) FOR VALUES IN (1)',
    );
    expect(names(made)).toEqual(['a', 'b', 'x', 'c']);
    expect(column(made, 'a')).toMatchObject({ notNull: true, type: { base: 'integer' } });
    expect(column(made, 'b')).toMatchObject({ default: "'z'::text", type: { base: 'text' } });
    expect(column(made, 'a', 'public.r')).toMatchObject({ notNull: true, type: { base: 'integer' } });
    expect(column(made, 'b', 'public.r')).toMatchObject({ default: '3', type: { base: 'text' } });
  });

  test('may make two tables partitions of each other', () => {
    const made = catalogue(
      'CREATE TABLE a (x int)',
      'CREATE TABLE b (x int)',
      'ALTER TABLE a ATTACH PARTITION b',
      'ALTER TABLE b ATTACH PARTITION a',
    );
    expect(made.tables()).toHaveLength(2);
    expect(made.linkedColumns('a', 'x')).toHaveLength(2);
  });
});
