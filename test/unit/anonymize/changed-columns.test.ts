/** Which columns may have changed: all others of an anonymised file must hold what they held. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { copy, rulesFor, table } from './one-table.ts';
import { run } from './run.ts';

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

test('where addresses were replaced without regard to columns, all that can hold one, and what is computed', async () => {
  expect(await changed(row('hello', 'ada@corp.example'))).toEqual(['half', 'j', 'mail', 'note']);
});

test('columns with rules have, and where rules make columns matter, others only with addresses of their own', async () => {
  const rules = rulesFor('      n: {noise: 10%}\n');
  expect(await changed(row('hello', 'ada@corp.example'), rules)).toEqual(['half', 'mail', 'n']);
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
