/** Which columns may have changed: all others of an anonymised file must hold what they held. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { changedColumns } from '../../../src/anonymize/pipeline/changed-columns.ts';
import { Counts } from '../../../src/anonymize/rewrite/counts.ts';
import { noRules } from '../../../src/anonymize/rules/file/rules-file.ts';
import { makePlan } from '../../../src/anonymize/rules/plan/make-plan.ts';
import { catalogue } from './catalogues.ts';
import { copy, rulesFor, table } from './one-table.ts';
import { key, run } from './run.ts';

const columns = [
  'id integer',
  'note text',
  'mail text',
  'n numeric',
  'j jsonb',
  'u uuid',
  'd date',
  'half integer GENERATED ALWAYS AS ((id / 2)) STORED',
];
const named = 'id, note, mail, n, j, u, d';

async function changed(rows: string, rules?: string): Promise<readonly string[] | undefined> {
  const { report } = await run(copy(table(columns.join(',\n')), named, rows), rules === undefined ? {} : { rules });
  const found = report.changed?.get('public.t');
  return found && [...found].sort();
}
const row = (note: string, mail: string): string => `1\t${note}\t${mail}\t2.5\t{}\t\\N\t2026-01-01`;

test('without an address and without a rule, nothing has', async () => {
  expect(await changed(row('hello', 'none'))).toEqual([]);
});

test.each([
  ['plain addresses', row('hello', 'ada@corp.example'), ['half', 'mail']],
  ['an address within text', row('write to <ada%40corp.example>', 'none'), ['half', 'note']],
  [
    'addresses in different rows',
    `${row('ada@corp.example', 'x')}\n1\tx\tx\t1\t{"a": "ada@corp.example"}\t\\N\t\\N`,
    ['half', 'j', 'note'],
  ],
  ['an address that stays', row('hello', 'nobody@example.com'), []],
])('of columns without rules, those with %s, and what is computed', async (_what, rows, expected) => {
  expect(await changed(rows)).toEqual(expected);
});

test.each([
  ['with a list of columns', ' (id, note, mail)'],
  ['without', ''],
])('of rows written as INSERT %s, too', async (_what, list) => {
  const insert = `INSERT INTO public.t${list} VALUES (1, 'hello', 'ada@corp.example'), (2, 'none', NULL);\n`;
  const { report } = await run(`${table('id integer, note text, mail text')}\n${insert}`);
  expect(report.changed?.get('public.t')).toEqual(new Set(['mail']));
});

test('of a row too long to be held, too', async () => {
  const filler = 'lorem ipsum '.repeat(400_000);
  expect(await changed(row(filler, 'ada@corp.example'))).toEqual(['half', 'mail']);
  expect(await changed(row(`${filler} ada@corp.example ${filler}`, 'none'))).toEqual(['half', 'note']);
});

test('addresses are reported by table and rule as before', async () => {
  const { report } = await run(copy(table(columns.join(',\n')), named, row('ada@corp.example', 'ada@corp.example')));
  expect(report.counts).toEqual([{ table: 'public.t', rule: 'emails', count: 2 }]);
});

test('where the column of an address is not known, all that can hold one have', () => {
  const known = catalogue(table(columns.join(',\n')));
  const plan = makePlan({ rules: noRules, catalogue: known, complete: true, key });
  const counts = new Counts();
  counts.addColumn('public.t', plan.table('public.t').column(''));
  expect(changedColumns(known, plan, counts).get('public.t')).toEqual(new Set(['note', 'mail', 'j', 'half']));
});

test('columns with rules have, others only with addresses of their own', async () => {
  const rules = rulesFor('      n: {noise: 10%}\n');
  expect(await changed(row('hello', 'ada@corp.example'), rules)).toEqual(['half', 'mail', 'n']);
});

test.each([
  [
    'an address in one',
    `SELECT pg_catalog.lowrite(0, '\\x${Buffer.from('to ada@corp.example').toString('hex')}');`,
    true,
  ],
  ['an address in the comment on one', "COMMENT ON LARGE OBJECT 7 IS 'of ada@corp.example';", true],
  ['an address elsewhere', "COMMENT ON TABLE public.t IS 'of ada@corp.example';", false],
  ['none', `SELECT pg_catalog.lowrite(0, '\\x${Buffer.from('to nobody').toString('hex')}');`, false],
])('whether large objects have, with %s', async (_what, statement, expected) => {
  const close = 'SELECT pg_catalog.lo_close(0);\n';
  const { report } = await run(`${table('id integer')}\n${statement}\n${close}`);
  expect(report.largeObjectsChanged).toBe(expected);
});

test('a dump from a pipe tells nothing of it', async () => {
  const { report } = await run(copy(table(columns.join(',\n')), named, row('a', 'b')), { pipe: true });
  expect(report.changed).toBeUndefined();
});

test('every column that did change is among them', async () => {
  const text = fc.constantFrom('x', 'ada@corp.example', 'a@b', 'see grace@corp.example\\n', '\\N');
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 5 }),
      fc.boolean(),
      async (rows, rule) => {
        const lines = rows.map(([note, mail]) => row(note, mail)).join('\n');
        const options = rule ? { rules: rulesFor('      mail: {mask: 2}\n').replace('{mask: 2}', 'keep') } : {};
        const { text: out, report } = await run(copy(table(columns.join(',\n')), named, lines), options);
        const after = out.split('\n').slice(-rows.length - 2, -2);
        const names = named.split(', ');
        lines.split('\n').forEach((before, at) => {
          const [was, is] = [before.split('\t'), (after[at] ?? '').split('\t')];
          names.forEach((name, index) => {
            if (was[index] !== is[index]) expect(report.changed?.get('public.t')?.has(name)).toBe(true);
          });
        });
      },
    ),
    { numRuns: 40 },
  );
});
