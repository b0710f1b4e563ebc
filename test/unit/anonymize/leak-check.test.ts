/** What the leak check finds in the result, and what does not count as personal data. */
import { describe, expect, test } from '@jest/globals';
import { copy, rulesFor, table } from './one-table.ts';
import { rows, run } from './run.ts';
import { dump } from './users.ts';

const nobody = 'nobody@example.com';

describe('a finding', () => {
  test('fails the run and names table, column and count, never the value', async () => {
    const rules = 'version: 1\ntables:\n  public.users:\n    columns: { name: mask }';
    const failing = run(dump, { rules });
    await expect(failing).rejects.toThrow('public.orders.note: 1 values of columns that were replaced');
    await expect(failing).rejects.not.toThrow('Nora');
    const allowed = await run(dump, { rules: `${rules}\nleak-check: { allow: [public.orders.note] }` });
    expect(allowed.report.leaks).toEqual([]);
    expect(allowed.text.split('\n').filter((line) => line.includes('Nora'))).toEqual([
      expect.stringMatching(/^1\tnobody-[a-z2-7]{16}@example\.com\tNora Ü1$/),
    ]);
  });

  test.each([
    ['phones', '+49 30 123 456 78', 1],
    ['phones', '(202) 555-0199', 0],
    ['phones', '2026-11-21 10:00:00.123456', 0],
    ['ibans', 'DE89 3704 0044 0532 0130 00', 1],
    ['ibans', 'DE88370400440532013000', 0],
    ['ibans', 'GB82WEST12345698765432', 1],
    ['cards', '4111 1111 1111 1111', 1],
    ['cards', '4111111111111112', 0],
  ])('in %s: %s', async (kind, value, count) => {
    const { report } = await run(`CREATE TABLE t (a text);\nCOPY t (a) FROM stdin;\nx ${value} y\n\\.\n`);
    expect(report.leaks.filter((leak) => leak.kind === kind).reduce((sum, leak) => sum + leak.count, 0)).toBe(count);
  });
});

describe('the search', () => {
  const personal = '+49 171 1234567, 4111 1111 1111 1111, DE89 3704 0044 0532 0130 00, Katharina Schmidtbauer';

  test('covers INSERT by column, like COPY', async () => {
    const dump = `${table('    name text,\n    note text')}\n\n-- rows\nINSERT INTO public.t (name, note) VALUES ('Katharina Schmidtbauer', '${personal}');\nINSERT INTO public.t (name, note) VALUES ('x', 'Katharina Schmidtbauer');\n`;
    await expect(run(dump, { rules: rulesFor('      name: { fake: name }\n') })).rejects.toMatchObject({
      detail:
        'public.t.note: 1 phone numbers\npublic.t.note: 1 card numbers\npublic.t.note: 1 IBANs\npublic.t.note: 1 values of columns that were replaced',
    });
    // What a rule keeps, it keeps on purpose.
    const kept = await run(dump.replace(personal, 'a@firm.de'), {
      rules: rulesFor('      name: keep\n      note: keep\n'),
    });
    expect(kept.text).toContain('a@firm.de');
  });

  test('finds numbers at the start of a line, after a line end that is written as a letter', async () => {
    const dump = copy(
      table('    note text'),
      'note',
      'Call:\\n0171 1234567\\n4111 1111 1111 1111\\nDE89 3704 0044 0532 0130 00',
    );
    const { report } = await run(dump);
    expect(report.leaks.map((leak) => leak.kind).toSorted()).toEqual(['cards', 'ibans', 'phones']);
  });

  test('covers JSON of which rules change a part, and rows of any length', async () => {
    const json = copy(table('    j jsonb'), 'j', '{"n": "x", "o": "4111 1111 1111 1111"}');
    await expect(run(json, { rules: rulesFor('      j: { json: { "$.n": mask } }\n') })).rejects.toThrow(
      /card numbers/,
    );
    const long = copy(table('    a text,\n    b text'), 'a, b', `${'x'.repeat(9_000_000)} 4111 1111 1111 1111\ty`);
    const { report } = await run(long);
    expect(report.leaks).toEqual([{ kind: 'cards', table: 'public.t', column: 'a', count: 1 }]);
  }, 60_000);

  test('allows in partitions what is allowed in the partitioned table', async () => {
    const dump = `CREATE TABLE public.t (a text) PARTITION BY LIST (a);
CREATE TABLE public.t1 (a text);
ALTER TABLE ONLY public.t ATTACH PARTITION public.t1 DEFAULT;
COPY public.t1 (a) FROM stdin;
4111 1111 1111 1111
\\.
`;
    const rules = 'version: 1\nleak-check: { allow: [public.t.a] }\n';
    expect((await run(dump, { rules })).report.leaks).toEqual([]);
    await expect(run(dump, { rules: rules.replace('public.t.a', 'public.T.a') })).rejects.toMatchObject({
      problems: ['leak-check: allow: public.T.a is not a column of the dump; allowed: public.t.a'],
    });
  });
});

describe('the search agrees with the rewriter', () => {
  test.each([
    ['a mention in quotes', '“@jo.doe”'],
    ['a mention after an emoji', '😀@jo.doe'],
    ['a mention after a no-break space', '\u00a0@jo.doe'],
    ['a mention after an encoded blank', 'text=hi%20@jo.doe'],
    ['a mention after a blank encoded twice', 'text=hi%2520@jo.doe'],
    ['a mention after a zero-width space', '\u200b@jo.doe'],
  ])('%s', async (_name, value) => {
    expect(await rows(value)).toBe(value);
  });

  test.each([
    ['a zero-width space before the sign', 'a\u200b@b.de', nobody],
    ['a zero-width space after the sign', 'a@\u200bb.de', nobody],
    ['a soft hyphen', 'a@b\u00ad.de', nobody],
    ['a zero-width space at the end', 'a@b.de\u200bx', `${nobody}\u200bx`],
    ['a Chinese full stop after it', 'a@b.com。谢谢', `${nobody}。谢谢`],
    ['an underscore after it', 'a@b.com_foo', `${nobody}_foo`],
    ['a domain with Chinese points', 'a@例子。公司', nobody],
    ['a domain with an underscore', 'a@my_host.example.org', nobody],
    ['a byte order mark before it', '\ufeffa@b.de', `\ufeff${nobody}`],
  ])('%s', async (_name, value, expected) => {
    expect(await rows(value)).toBe(expected);
  });

  test('a masked phone number counts as none', async () => {
    const dump = 'CREATE TABLE public.t (j jsonb);\nCOPY public.t (j) FROM stdin;\n{"phone": "+49 170 1234567"}\n\\.\n';
    const { text } = await run(dump, {
      rules: 'version: 1\ntables:\n  public.t: { columns: { j: { json: { "$.phone": mask } } } }',
    });
    expect(text).toContain('{"phone": "+00 000 0000000"}');
  });
});
