/** Rows stay in their partition where no address decides where they belong; otherwise they go to the partitioned table. */
import { expect, test } from '@jest/globals';
import { run } from './run.ts';

/** @param key of the one row in the partition. @param more other columns of the row */
function dump(key: string, more = 'ann@corp.example'): string {
  return `CREATE TABLE public.stays (guest text, room integer, note text) PARTITION BY RANGE (guest);
CREATE TABLE public.stays_all (guest text, room integer, note text);
ALTER TABLE ONLY public.stays ATTACH PARTITION public.stays_all DEFAULT;
COPY public.stays_all (note, guest, room) FROM stdin;
${more}\tzoe\t1
${more}\t${key}\t2
\\.
`;
}

test.each([
  ['a word', 'bob', 'public.stays_all'],
  ['NULL', '\\N', 'public.stays_all'],
  ['letters that are no ASCII', 'Zoë 漢', 'public.stays_all'],
  ['an address', 'bob@corp.example', 'public.stays'],
  ['an address in a URL', '?to=bob%40corp.example', 'public.stays'],
  ['an address in HTML', 'bob&#64;corp.example', 'public.stays'],
  ['an address in JSON', 'bob\\\\u0040corp.example', 'public.stays'],
  ['another at sign of Unicode', 'bob＠corp.example', 'public.stays'],
])('a key that is %s', async (_what, key, table) => {
  for (const chunk of [1, 7, 1000]) {
    const { text, report } = await run(dump(key), { chunk });
    expect(text).toContain(`COPY ${table} (note, guest, room) FROM stdin;`);
    expect(text).not.toContain('ann@corp.example');
    expect(report.warnings.some((line) => line.includes('are written to public.stays,'))).toBe(
      table === 'public.stays',
    );
  }
});

test('a rule for the key redirects whatever it holds', async () => {
  const rules =
    'version: 1\ntables: { public.stays: { columns: { guest: mask } } }\nleak-check: { replaced-values: off }\n';
  expect((await run(dump('bob'), { rules })).text).toContain('COPY public.stays (note, guest, room) FROM stdin;');
});

test('of a pipe, and of INSERT, what the keys hold is not known', async () => {
  expect((await run(dump('bob'), { pipe: true })).text).toContain('COPY public.stays (');
  const inserts = `${dump('bob').split('COPY')[0]}INSERT INTO public.stays_all VALUES ('bob', 1, 'x');\n`;
  expect((await run(inserts)).text).toContain('INSERT INTO public.stays (');
});

test('one partition is not judged by another', async () => {
  const two = `CREATE TABLE public.t (k text) PARTITION BY HASH (k);
CREATE TABLE public.t_0 (k text);
CREATE TABLE public.t_1 (k text);
ALTER TABLE ONLY public.t ATTACH PARTITION public.t_0 FOR VALUES WITH (modulus 2, remainder 0);
ALTER TABLE ONLY public.t ATTACH PARTITION public.t_1 FOR VALUES WITH (modulus 2, remainder 1);
COPY public.t_0 (k) FROM stdin;
a@corp.example
\\.
COPY public.t_1 (k) FROM stdin;
b
\\.
`;
  const { text } = await run(two);
  expect(text).toContain('COPY public.t (k)');
  expect(text).toContain('COPY public.t_1 (k)');
});
