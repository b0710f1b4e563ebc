/** Texts that a collation takes for equal become the same. What is equal was asked of PostgreSQL 15 with ICU. */
import { describe, expect, test } from '@jest/globals';
import { folder, icuCollation, mysqlCollation } from '../../../src/anonymize/schema/collations.ts';
import { run } from './run.ts';

const equal = (locale: string, one: string, other: string): boolean => {
  const fold = folder(icuCollation(locale));
  return fold(one) === fold(other);
};

describe('an ICU collation', () => {
  test.each([
    ['und-u-ks-level2', 'Ann@Corp.example', 'ann@corp.EXAMPLE'],
    ['@colStrength=secondary', 'Ann', 'aNN'],
    ['und-u-ks-level2', 'jörg', 'JO\u0308RG'],
    ['und-u-ks-level2', 'ﬁ', 'FI'],
    ['und-u-ks-level1', 'Jörg', 'jorg'],
    ['und-u-ks-level1', 'Straße', 'STRASSE'],
    ['und-u-ks-level1', 'Ærø', 'aero'],
    ['und-u-ks-level1-kc-true', 'Jörg', 'Jorg'],
    ['@colStrength=primary;colCaseLevel=yes', 'é', 'e'],
    ['und-u-ka-shifted-ks-level1', 'ann.bee', 'Ann Bee'],
    ['und-u-kn-true-ks-level2', 'a007b', 'A7B'],
    ['und', 'j\u00f6rg', 'jo\u0308rg'],
    ['und-u-ks-level2', 'a\u00adb', 'ab'],
  ])('%s takes %s for %s', (locale, one, other) => {
    expect(equal(locale, one, other)).toBe(true);
  });

  test.each([
    ['und-u-ks-level2', 'jörg', 'jorg'],
    ['und-u-ks-level1', 'jörg', 'jürg'],
    ['und-u-ks-level1-kc-true', 'Jörg', 'jorg'],
    ['und-u-ks-level1', 'ann.bee', 'annbee'],
    ['und', 'Ann', 'ann'],
    ['sv-u-ks-level1', 'å', 'a'],
    ['und-u-ks-level2', 'a07', 'a7'],
    ['und-u-kn-true', 'a70', 'a7'],
  ])('%s tells %s from %s', (locale, one, other) => {
    expect(equal(locale, one, other)).toBe(false);
  });
});

describe('a collation of MySQL', () => {
  const same = (collation: string, one: string, other: string): boolean => {
    const fold = folder(mysqlCollation(collation));
    return fold(one) === fold(other);
  };
  test('ignores accents unless its name says otherwise', () => {
    expect(same('utf8mb4_0900_ai_ci', 'José', 'jose')).toBe(true);
    expect(same('utf8mb4_general_ci', 'José', 'jose')).toBe(true);
    expect(same('utf8mb4_0900_as_ci', 'José', 'jose')).toBe(false);
    expect(same('utf8mb4_unicode_ci', 'Straße', 'strasse')).toBe(true);
    expect(same('utf8mb4_general_ci', 'Straße', 'strasse')).toBe(false);
    expect(same('utf8mb4_swedish_ci', 'Åsa', 'asa')).toBe(false);
    expect(same('latin1', 'Åsa', 'asa')).toBe(false);
  });

  test('links columns whose addresses differ only in accents', async () => {
    const dump =
      "-- MySQL dump 10.13\nCREATE TABLE `u` (\n  `email` varchar(80) NOT NULL,\n  PRIMARY KEY (`email`)\n) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;\nINSERT INTO `u` VALUES ('José@corp.example');\nCREATE TABLE `o` (\n  `email` varchar(80),\n  CONSTRAINT `f` FOREIGN KEY (`email`) REFERENCES `u` (`email`)\n) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;\nINSERT INTO `o` VALUES ('JOSE@corp.example');\n-- Dump completed\n";
    const made = [...(await run(dump)).text.matchAll(/VALUES \('(.*?)'\)/g)].map((match) => match[1]);
    expect(made[0]).toMatch(/^nobody-/);
    expect(made[1]).toBe(made[0]);
  });
});

describe('equal by its collation', () => {
  const collation =
    'CREATE COLLATION public."Any Case" (provider = icu, deterministic = false, locale = \'und-u-ks-level2\');\n';
  const made = async (definitions: string, index = ''): Promise<string[]> => {
    const dump = `${collation}${definitions}COPY public.u (email) FROM stdin;\nAnn@Corp.example\n\\.\nCOPY public.o (email) FROM stdin;\nann@corp.EXAMPLE\n\\.\n${index}ALTER TABLE ONLY public.o ADD CONSTRAINT f FOREIGN KEY (email) REFERENCES public.u(email);\n`;
    return [...(await run(dump)).text.matchAll(/^nobody.*$/gm)].map((match) => match[0]);
  };
  const unique = 'ALTER TABLE ONLY public.u ADD CONSTRAINT k UNIQUE (email);\n';

  test.each([
    [
      'a column',
      'CREATE TABLE public.u (\n    email text COLLATE public."Any Case" NOT NULL\n);\nCREATE TABLE public.o (\n    email text COLLATE public."Any Case"\n);\n',
      unique,
    ],
    [
      'a domain',
      'CREATE DOMAIN public.mail AS text COLLATE public."Any Case";\nCREATE TABLE public.u (\n    email public.mail\n);\nCREATE TABLE public.o (\n    email public.mail\n);\n',
      unique,
    ],
    [
      'an index',
      'CREATE TABLE public.u (\n    email text\n);\nCREATE TABLE public.o (\n    email text\n);\n',
      'CREATE UNIQUE INDEX k ON public.u USING btree (email COLLATE public."Any Case");\n',
    ],
  ])('in %s, addresses become the same', async (_name, definitions, index) => {
    const [one, two] = await made(definitions, index);
    expect(one).toMatch(/^nobody-/);
    expect(two).toBe(one);
  });

  test('values under hash and pseudonym become the same', async () => {
    const table =
      'CREATE TABLE public.t (\n    a text COLLATE public."Any Case",\n    b text COLLATE public."Any Case"\n);\n';
    const dump = `${collation}${table}COPY public.t (a, b) FROM stdin;\nJörg\tJörg\nJÖRG\tjörg\n\\.\n`;
    const { text } = await run(dump, {
      rules: 'version: 1\ntables:\n  public.t: { columns: { a: hash, b: pseudonym } }\n',
    });
    const [one, two] = text.split('FROM stdin;\n')[1]?.split('\n') ?? [];
    expect(two).toBe(one);
  });
});
