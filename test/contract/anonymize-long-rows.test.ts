/** Rows of 38 MB: no unit test, since each pass takes seconds. */
import { expect, test } from '@jest/globals';
import { run } from '../unit/anonymize/run.ts';

test('a dump may hold rows that do not fit in memory', async () => {
  const filler = 'lorem ipsum dolor\\n'.repeat(400_000);
  const hex = Buffer.from('x y '.repeat(1_500_000)).toString('hex');
  const address = Buffer.from('norbert@x.de ').toString('hex');
  const nobody = Buffer.from('nobody@example.com ').toString('hex');
  const row = (one: string, two: string) =>
    `CREATE TABLE t (a integer, b text, c bytea);\nCOPY t (a, b, c) FROM stdin;\n1\t${filler}${one}${filler}${one}\t\\\\x${hex}${two}${hex}${two}\n2\t${one}\t\n\\.\n`;
  const given = Buffer.from(row('norbert@x.de ', address));
  const wanted = Buffer.from(row('nobody@example.com ', nobody));
  for (const chunk of [65_536, 1_000_003]) expect((await run(given, { chunk })).bytes.equals(wanted)).toBe(true);
});
