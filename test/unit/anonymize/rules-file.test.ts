/** The rules file: its words, those of earlier versions, and its JSON schema. */
import { describe, expect, test } from '@jest/globals';
import { jsonSchema } from '../../../src/anonymize/rules/file/document.ts';
import { parseRules } from '../../../src/anonymize/rules/file/parse-rules.ts';
import { run } from './run.ts';

const dump = `CREATE TABLE public.t (a text, j jsonb, kept text);
COPY public.t (a, j, kept) FROM stdin;
x@y.de\t{"mail": "x@y.de", "name": "Ann"}\tx@y.de
\\.
`;

/** A file that says in every place what becomes of addresses. */
const file = (word: string): string => `version: 1
unknown-columns: ${word}
leak-check: { ${word}: warn }
tables:
  public.t:
    columns:
      a: ${word}
      j: { json: { "$.mail": ${word}, "$.name": mask } }
      kept: keep
`;

describe('the word for e-mail addresses', () => {
  test('is emails, and the addresses of earlier versions means the same', async () => {
    expect(parseRules(file('addresses'), 'rules.yml')).toEqual(parseRules(file('emails'), 'rules.yml'));
    const [now, before] = await Promise.all(['emails', 'addresses'].map((word) => run(dump, { rules: file(word) })));
    expect(now?.text).toContain('\nnobody@example.com\t{"mail": "nobody@example.com", "name": "xxx"}\tx@y.de\n');
    expect(before).toEqual(now);
  });

  test('counts as emails in reports', async () => {
    const { report } = await run(dump, { rules: file('addresses') });
    expect(report.counts).toEqual([
      { table: 'public.t', rule: 'emails', count: 1 },
      { table: 'public.t', rule: 'json', count: 1 },
    ]);
  });

  test('sets the action of the leak check', () => {
    for (const word of ['emails', 'addresses'])
      expect(parseRules(`version: 1\nleak-check: { ${word}: off }`, 'rules.yml').leakActions).toEqual({
        emails: 'off',
      });
  });

  test('is not given twice', () => {
    const both = 'version: 1\nleak-check: { emails: fail, addresses: off }';
    expect(() => parseRules(both, 'rules.yml')).toThrow(
      'line 2, leak-check: "addresses" is the old word for "emails"; allowed: one of the two',
    );
  });

  test('is what errors recommend', () => {
    expect(() => parseRules('version: 1\nunknown-columns: all', 'rules.yml')).toThrow('allowed: emails or fail');
  });
});

test('the JSON schema offers emails, and declares addresses deprecated everywhere', () => {
  const offered: string[] = [];
  const deprecated: unknown[] = [];
  const walk = (node: unknown, path: string): void => {
    if (node === null || typeof node !== 'object') return;
    const { enum: words, const: word, deprecated: old } = node as Record<string, unknown>;
    if (Array.isArray(words) && words.includes('emails')) offered.push(path);
    if (word === 'addresses' || path.endsWith('/addresses')) deprecated.push(old);
    for (const [key, value] of Object.entries(node)) walk(value, `${path}/${key}`);
  };
  walk(jsonSchema(), '');
  // Unknown columns, a column, a value inside JSON; and a kind of findings.
  expect(offered).toHaveLength(4);
  expect(deprecated).toEqual([true, true, true, true]);
});

describe('mistakes in a file', () => {
  test('are all named, each with its line', () => {
    const text =
      'version: 1\ntables:\n  a.b:\n    columns:\n      x: hide\n      y: { fake: dog }\n      z: { noise: 200% }\n    rows: some\nunknown: 1\n';
    const wrong = () => parseRules(text, 'rules.yml');
    for (const part of [
      'line 5, tables › a.b › columns › x: is not a rule; allowed: keep, emails',
      'line 6',
      'line 7',
      'line 8, tables › a.b › rows',
      'has the unknown word "unknown"',
    ])
      expect(wrong).toThrow(part);
  });
});

test.each([
  ['{ fake: dog }', /columns › x: fake: Invalid option/],
  ['{ shift-days: x }', /columns › x: shift-days: Invalid input/],
  [
    '{ json: { "$.a": { noise: 10% } } }',
    /columns › x: json › \$\.a: is not a rule for a value inside JSON; allowed: keep/,
  ],
])('a rule with one wrong part gets a specific error: %s', (rule, message) => {
  expect(() => parseRules(`version: 1\ntables:\n  a.b: { columns: { x: ${rule} } }`, 'rules.yml')).toThrow(message);
});
