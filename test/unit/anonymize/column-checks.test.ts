/** Each check of a column against its rule, and of a table's rows: one case that offends it, and one beside it that passes. */
import { describe, expect, test } from '@jest/globals';
import { checkRules } from '../../../src/anonymize/rules/check/check-rules.ts';
import { parseRules } from '../../../src/anonymize/rules/file/parse-rules.ts';
import { ConfigurationError } from '../../../src/runtime/errors.ts';
import { catalogue } from './catalogues.ts';

/** What is wrong with a rule for the column a of public.t. */
function problems(definition: string, rule: string, more: readonly string[] = [], rules = ''): readonly string[] {
  const made = catalogue(`CREATE TABLE public.t (${definition})`, ...more);
  const file = `version: 1\ntables:\n  public.t: { columns: { a: ${rule} } }\n${rules}`;
  try {
    checkRules(parseRules(file, 'rules.yml'), made);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}

const mood = "CREATE TYPE public.mood AS ENUM ('calm', 'sad')";
const twoColumns = 'a text, b integer, UNIQUE (a, b)';

describe('a column', () => {
  test.each([
    ['NOT NULL', 'a text NOT NULL', '"null"', 'a text', 'the column is NOT NULL; allowed: any rule but null'],
    [
      'its type',
      'a inet',
      'mask',
      'a text',
      'mask is not for the type inet; allowed: mask for text; null, fixed, keep or emails here',
    ],
    [
      'arrays',
      'a text[]',
      'hash',
      'a text',
      'hash is not for the type text[]; allowed: hash for text, uuid, bytes; null, fixed, keep or emails here',
    ],
    [
      'NULLs that must differ',
      'a text, UNIQUE NULLS NOT DISTINCT (a)',
      '"null"',
      'a text UNIQUE',
      'must be unique, NULL too (unique); allowed: pseudonym, hash, emails, keep',
    ],
    [
      'the length of a text',
      'a varchar(2)',
      '{ fixed: abc }',
      'a varchar(3)',
      '"abc" is longer than varchar(2); allowed: at most 2 characters',
    ],
    [
      'the form of a value',
      'a uuid',
      '{ fixed: abc }',
      'a text',
      '"abc" is not a value of uuid; allowed: a value of that type',
    ],
    [
      'room for a hash',
      'a varchar(7)',
      'hash',
      'a varchar(8)',
      'hash needs 8 characters, the column takes 7; allowed: null, fixed, mask',
    ],
    [
      'room for an invented value',
      'a varchar(5)',
      '{ fake: first-name }',
      'a varchar(8)',
      'fake needs 8 characters, the column takes 5; allowed: null, fixed, mask',
    ],
    [
      'room for a hash of this length',
      'a varchar(9)',
      '{ hash: { length: 10 } }',
      'a varchar(10)',
      'a hash of 10 characters does not fit varchar(9); allowed: at most 9',
    ],
    [
      'the column that a shift uses',
      'a date',
      '{ shift-days: 3, by: b }',
      'a date, b text',
      'by: the table has no column b; allowed: a column of the table',
    ],
    [
      'digits of a unique hash',
      'a text UNIQUE',
      '{ hash: { length: 15 } }',
      'a text',
      'must be unique, for which a hash needs 16 digits; allowed: a longer one, keep',
    ],
    [
      'characters of a unique pseudonym',
      'a varchar(12) UNIQUE',
      'pseudonym',
      'a varchar(13) UNIQUE',
      'must be unique, for which a pseudonym needs 13 characters; allowed: null, keep',
    ],
    [
      'uniqueness with other columns',
      twoColumns,
      'mask',
      'a text, b integer UNIQUE',
      'must be unique together with other columns (unique), which mask may break; allowed: pseudonym, hash, emails, null, keep',
    ],
    [
      'its own uniqueness',
      'a text UNIQUE',
      'mask',
      'a text',
      'must be unique (unique), which mask would break; allowed: pseudonym, hash, emails, keep',
    ],
    [
      'room, where NULL is not allowed',
      'a varchar(5) NOT NULL',
      '{ fake: first-name }',
      'a text',
      'fake needs 8 characters, the column takes 5; allowed: fixed, mask',
    ],
    [
      'room, where only itself is allowed',
      'a varchar(5) PRIMARY KEY',
      'hash',
      'a varchar(16) PRIMARY KEY',
      [
        'hash needs 8 characters, the column takes 5; allowed: keep',
        'must be unique, for which a hash needs 16 digits; allowed: a longer one, keep',
      ],
    ],
    [
      'its type, where NULL is not allowed',
      'a inet NOT NULL',
      'mask',
      'a text NOT NULL',
      'mask is not for the type inet; allowed: mask for text; fixed, keep or emails here',
    ],
    [
      'uniqueness that takes no pseudonyms',
      'a date NOT NULL UNIQUE',
      '{ shift-days: 3 }',
      'a date NOT NULL',
      'must be unique (unique), which shift-days would break; allowed: emails, keep',
    ],
    [
      'that it is not generated',
      'a text GENERATED ALWAYS AS (lower(b)) STORED, b text',
      'mask',
      'a text, b text',
      'the column is generated, so its values are not in the dump; allowed: keep, or rules for the columns in its expression',
    ],
  ])('is checked for %s', (_what, offending, rule, passing, problem) => {
    expect(problems(offending, rule)).toEqual([problem].flat().map((one) => `public.t.a: ${one}`));
    expect(problems(passing, rule)).toEqual([]);
  });

  test('is checked for the labels of its enumeration', () => {
    expect(problems('a public.mood', '{ fixed: glad }', [mood])).toEqual([
      'public.t.a: "glad" is not a label of public.mood; allowed: calm, sad',
    ]);
    expect(problems('a public.mood', '{ fixed: sad }', [mood])).toEqual([]);
  });

  test('is checked for every path into its JSON', () => {
    expect(problems('a jsonb', '{ json: { "$.a": mask, b: mask, $: hash } }')).toEqual([
      'public.t.a: "b", "$" are not paths; allowed: paths such as $.email, $.list[*].name or $..phone',
    ]);
  });

  test.each(['mask', '{ fixed: x }', '"null"', 'keep', 'emails', 'hash', 'pseudonym'])(
    'under %s, linked by a foreign key, needs the same rule on the other side, or one that keeps values distinct',
    (rule) => {
      const other = ['CREATE TABLE public.u (z text REFERENCES public.t (a))'];
      const same = problems('a text', rule, other, `  public.u: { columns: { z: ${rule} } }\n`);
      const alone = problems('a text', rule, other);
      const linked = [
        'public.t.a: foreign keys link it to public.u.z; allowed: the same rule for all of them, pseudonym or hash',
      ];
      // What leaves values distinct is right as soon as both sides agree; what leaves NULL breaks nothing.
      expect(alone).toEqual(['"null"', 'keep', 'emails'].includes(rule) ? [] : linked);
      expect(same.filter((one) => one.startsWith('public.t.'))).toEqual(
        rule === 'mask' || rule.includes('fixed') ? linked : [],
      );
    },
  );
});

describe('rows that are left out', () => {
  const made = (foreign: string) =>
    catalogue(
      'CREATE TABLE public.t (id integer PRIMARY KEY, a text)',
      `CREATE TABLE public.u (t_id integer${foreign})`,
    );
  const reference = ' REFERENCES public.t (id)';
  const check = (rules: string, foreign = reference): readonly string[] => {
    try {
      checkRules(parseRules(`version: 1\ntables:\n${rules}`, 'rules.yml'), made(foreign));
      return [];
    } catch (error) {
      if (error instanceof ConfigurationError) return error.problems;
      throw error;
    }
  };
  const dangling =
    'public.t: rows of public.u refer to rows that are left out (t_id); allowed: rows: drop there, the same sample by: t_id, null for t_id, or rows: keep here';

  test.each([
    ['to which rows that stay refer', '  public.t: { rows: drop }', [dangling]],
    ['together with the rows that refer to them', '  public.t: { rows: drop }\n  public.u: { rows: drop }', []],
    ['to which references become NULL', '  public.t: { rows: drop }\n  public.u: { columns: { t_id: "null" } }', []],
    ['of a sample', '  public.t: { rows: { sample: 5% } }', [dangling]],
    [
      'of the same sample on both sides',
      '  public.t: { rows: { sample: 5% } }\n  public.u: { rows: { sample: 5%, by: t_id } }',
      [],
    ],
    [
      'of samples of different sizes',
      '  public.t: { rows: { sample: 5% } }\n  public.u: { rows: { sample: 6%, by: t_id } }',
      [dangling],
    ],
    [
      'of samples by different values',
      '  public.t: { rows: { sample: 5%, by: a } }\n  public.u: { rows: { sample: 5%, by: t_id } }',
      [dangling],
    ],
    [
      'of a sample by no column of the table',
      '  public.t: { rows: { sample: 5%, by: b } }',
      ['public.t: the sample uses b, which is not a column of the table; allowed: a column of the table', dangling],
    ],
  ])('%s', (_what, rules, expected) => {
    expect(check(rules)).toEqual(expected);
  });

  test('a sample needs a column to go by', () => {
    expect(check('  public.u: { rows: { sample: 5% } }')).toEqual([
      'public.u: a sample needs a column, since the table has no primary key of one column; allowed: by: COLUMN',
    ]);
    expect(check('  public.t: { rows: { sample: 5% } }', '')).toEqual([]);
  });
});
