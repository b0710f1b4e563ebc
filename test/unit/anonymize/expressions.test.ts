/** Expressions of SQL: how they are read, and what they are for given values. PostgreSQL's own answers: test/contract/anonymize-checks.test.ts. */
import { describe, expect, test } from '@jest/globals';
import { evaluate } from '../../../src/anonymize/schema/expressions/evaluate.ts';
import type { SqlDialect } from '../../../src/anonymize/schema/expressions/lexer.ts';
import { parseExpression } from '../../../src/anonymize/schema/expressions/parse.ts';
import { readPattern } from '../../../src/anonymize/schema/expressions/patterns.ts';
import { samplesOf } from '../../../src/anonymize/schema/expressions/regex/samples.ts';
import { columnsIn } from '../../../src/anonymize/schema/expressions/tree.ts';
import { type SqlValue, unknown } from '../../../src/anonymize/schema/expressions/values.ts';

const values: Readonly<Record<string, SqlValue>> = {
  email: 'Kim.Lee@firm.example',
  nothing: null,
  emails: ['kim@firm.example', 'lou@firm.example'],
  number: 7,
  '"Odd name"': 'x',
};

function compute(sql: string, dialect: SqlDialect = 'postgresql'): SqlValue {
  return evaluate(parseExpression(sql, dialect), {
    valueOf: (name) => (name in values ? (values[name] as SqlValue) : unknown),
    ignoresCase: (name) => dialect === 'mysql' && name === 'email',
    dialect,
  });
}

describe('an expression', () => {
  test.each<[string, SqlValue]>([
    // As pg_dump prints them.
    ["((email)::text ~~ '%@firm.example'::text)", true],
    ["((email)::text !~~* '%FIRM%'::text)", false],
    [
      "((email)::text = ANY ((ARRAY['a'::character varying, 'Kim.Lee@firm.example'::character varying])::text[]))",
      true,
    ],
    ["((email)::text <> ALL (ARRAY['a'::text, 'b'::text]))", true],
    ["(POSITION(('@'::text) IN (email)) > 1)", true],
    ['("position"(email, \'@\'::text) = 8)', true],
    ["(email ~ similar_to_escape('%@(firm|home).example'::text))", true],
    ["((email)::public.citext OPERATOR(public.=) 'KIM.LEE@FIRM.EXAMPLE'::public.citext)", true],
    ["(SUBSTRING(email FROM '@(.*)$'::text) = 'firm.example'::text)", true],
    ['(TRIM(BOTH FROM email) = btrim(email))', true],
    ['(email = ANY (\'{x,"Kim.Lee@firm.example"}\'::text[]))', true],
    ['(NOT (email IS DISTINCT FROM nothing))', false],
    // As people write them.
    ["lower(email) BETWEEN 'a' AND 'z' AND number BETWEEN 1 AND 9", true],
    ["email NOT IN ('a', 'b') AND NOT email IS NULL", true],
    ["CASE number WHEN 7 THEN 'seven' ELSE 'other' END = 'seven'", true],
    ['num_nonnulls(email, nothing, number) = 2', true],
    ['-number < -6 AND number - 7 = 0 AND number*2=14', true],
    ['\'x\' = "Odd name"', true],
    ["'kim@firm.example' = ANY(emails) AND cardinality(emails) = 2 AND emails[2] LIKE 'lou%'", true],
    ["email ILIKE 'kim!_%' ESCAPE '!'", false],
    ["split_part(email, '@', -1)", 'firm.example'],
    ["date '2020-01-01' < '2020-02-01'::date", true],
    // Signs that end a string are no operators.
    ["email <> '+' AND email <> '-' AND '_+' <> email", true],
  ])('%s', (sql, expected) => {
    expect(compute(sql)).toEqual(expected);
  });

  test.each([
    ['what is known decides', 'false AND f(email)', false],
    ['what is known decides', 'f(email) OR true', true],
    ['a function that nobody knows', 'public.lower(email) = email', unknown],
    ['NULL', 'nothing = nothing', null],
    ['NULL or not known', 'nothing = 1 AND f(1) = 1', unknown],
    ['a back reference', String.raw`email ~ '(.)\1'`, unknown],
    ['what time it is', 'now() > number', unknown],
    ['a subquery', 'email IN (SELECT x FROM y)', unknown],
    ['a part that is not understood', "(EXTRACT(year FROM born) > 2000) OR email ~ '@'", true],
    ['no expression at all', 'WITH )( x', unknown],
    ['nothing', '', unknown],
  ])('%s: %s', (_name, sql, expected) => {
    expect(compute(sql)).toEqual(expected);
  });

  test.each<[string, SqlValue]>([
    ["(`email` regexp _utf8mb4'@firm\\\\.example$')", true],
    ["regexp_like(`email`,_utf8mb4'^kim')", true],
    ["(`email` = _utf8mb4'KIM.LEE@FIRM.EXAMPLE')", true],
    ["(`email` = binary 'KIM.LEE@FIRM.EXAMPLE')", false],
    ["json_valid('{\"a\":1}') && not json_valid('{')", true],
    ['email like "%@firm.example" or 1 = 2', true],
    ["substring_index(email, '@', -1) = 'firm.example'", true],
  ])('of MySQL: %s', (sql, expected) => {
    expect(compute(sql, 'mysql')).toEqual(expected);
  });

  test('names its columns, also in what is not understood', () => {
    const names = columnsIn(parseExpression('lower(email) = norm AND (EXTRACT(year FROM born) > 1)'));
    expect(['email', 'norm', 'born'].every((name) => names.has(name))).toBe(true);
    expect(names.has('lower')).toBe(false);
  });

  test('ends in bounded time, whatever it is', () => {
    expect(compute(`${'('.repeat(5000)}email${')'.repeat(5000)}`)).toBe(unknown);
    expect(compute(`'${'a'.repeat(60)}' ~ '^(a+)+(a|aa)*$x'`)).toBe(false);
    expect(compute(`'${'a'.repeat(60)}' LIKE '${'%a'.repeat(30)}b'`)).toBe(false);
    expect(compute(`repeat('x', 1000000000) = 'y'`)).toBe(unknown);
  });
});

describe('samples of a pattern', () => {
  test.each([
    '^[a-z.]+@corp\\.example$',
    '^[A-Z]{2}[0-9]{4,}$',
    '^(kim|lou)[.@][^a-y]+$',
    '^\\+[0-9 ]{10,}$',
    '^(?:[^@\\s]+)@(?:[a-z]+\\.)+(com|example)$',
  ])('%s matches each of them', (source) => {
    const pattern = readPattern(source);
    const samples = pattern ? samplesOf(pattern) : [];
    expect(samples.length).toBeGreaterThan(0);
    for (const sample of samples) expect(compute(`'${sample}' ~ '${source}'`)).toBe(true);
  });
});
