/** Addresses in columns of limited room: alone in their field they are replaced at once, beside other text with regard to all of it. */
import { describe, expect, test } from '@jest/globals';
import { run } from './run.ts';

/** What the values of a column come out as, in a table without other rules, and in one with a rule for another column. */
async function written(type: string, values: readonly string[]): Promise<readonly string[][]> {
  const rows = values.map((value, id) => `${id}\t${value}\tend\n`).join('');
  const dump = `CREATE TABLE t (\n    id bigint,\n    mail ${type},\n    name text\n);\nCOPY t (id, mail, name) FROM stdin;\n${rows}\\.\n`;
  const rules = 'version: 1\ntables: { t: { columns: { name: { fixed: other } } } }';
  const outputs = [await run(dump), await run(dump, { rules })];
  return outputs.map(({ text }) =>
    (text.split('stdin;\n')[1] ?? '')
      .split('\n')
      .slice(0, values.length)
      .map((row) => row.split('\t')[1] ?? ''),
  );
}

describe('an address in a column of limited room', () => {
  test.each<[string, string, string]>([
    // Fits.
    ['character varying(20)', 'jane.doe@corp.example', 'nobody@example.com'],
    ['character varying(18)', 'a@b.example', 'nobody@example.com'],
    // Does not, and gets shorter.
    ['character varying(17)', 'a@b.example', 'obody@example.com'],
    ['character varying(13)', 'a@b.example', 'y@example.com'],
    // Beside other text, all of the value counts.
    ['character varying(20)', 'to a@b.example', 'to obody@example.com'],
    ['character varying(20)', 'a@b.example, x', 'obody@example.com, x'],
    ['character varying(30)', 'a@b.example c@d.example', 'xxxxxxxxxxx nobody@example.com'],
    // What the server fills with blanks.
    ['character(20)', 'a@b.example         ', 'nobody@example.com  '],
  ])('%s: %s becomes %s', async (type, value, expected) => {
    expect(await written(type, [value])).toEqual([[expected], [expected]]);
  });
});
