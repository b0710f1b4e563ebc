/** Addresses inside arrays, composite values and ranges: what is written instead fits the part that it is in. */
import { describe, expect, test } from '@jest/globals';
import { copy } from './one-table.ts';
import { run } from './run.ts';

const types = `CREATE DOMAIN public.mail AS character varying(14);
CREATE DOMAIN public.mails AS public.mail[];
CREATE TYPE public.person AS (
	label character varying(10),
	mail character varying(14),
	note text
);
CREATE TYPE public.family AS (
	head public.person,
	others public.person[]
);
CREATE TYPE public.span AS RANGE (
    subtype = text,
    multirange_type_name = public.spans
);
CREATE TYPE public.short_span AS RANGE (
    subtype = public.mail
);
CREATE TABLE public.row (
    id integer,
    mail character varying(14)
);
`;

async function rewritten(type: string, value: string): Promise<string> {
  const { text } = await run(copy(`${types}CREATE TABLE public.t (\n    a ${type}\n);`, 'a', value));
  return text.split('FROM stdin;\n')[1]?.split('\n')[0] ?? '';
}

test.each([
  ['character(20)', 'a@b.example         ', 'nobody@example.com  '],
  ['character(13)', 'a@b.example  ', 'y@example.com'],
  ['character varying(20)', 'see a@b.example     ', 'see body@example.com'],
])('the blanks that fill %s go before letters of the address', async (type, before, after) => {
  expect(await rewritten(type, before)).toBe(after);
});

describe('an address', () => {
  test.each([
    ['an array', 'character varying(14)[]', '{a@b.example,cd@e.example}', '{dy@example.com,dy@example.com}'],
    [
      'an array of two dimensions',
      'character varying(14)[]',
      '{{a@b.example,q},{NULL,""}}',
      '{{dy@example.com,q},{NULL,""}}',
    ],
    ['an array with bounds', 'character varying(14)[]', '[0:1]={a@b.example,q}', '[0:1]={dy@example.com,q}'],
    ['characters of fixed length', 'character(20)[]', '{"a@b.example         "}', '{"nobody@example.com         "}'],
    ['an array of a domain', 'public.mail[]', '{a@b.example}', '{dy@example.com}'],
    ['a domain over an array', 'public.mails', '{a@b.example}', '{dy@example.com}'],
    [
      'an array of arrays of a domain',
      'public.mails[]',
      '{"{a@b.example,\\\\"x\\\\"}"}',
      '{"{dy@example.com,\\\\"x\\\\"}"}',
    ],
    [
      'a composite value',
      'public.person',
      '(a@b.ex,a@b.example,a@b.example)',
      '(xxxxxxxxxx,dy@example.com,nobody@example.com)',
    ],
    [
      'quotes',
      'public.person',
      '("x ""a@b.ex",,"say ""hi"" a@b.example")',
      '("x ""xxxxxxx",,"say ""hi"" nobody@example.com")',
    ],
    [
      'an array of them',
      'public.person[]',
      '{"(w,a@b.example,)","(w,b@c.example,)"}',
      '{"(w,dy@example.com,)","(w,dy@example.com,)"}',
    ],
    [
      'a composite value in another',
      'public.family',
      '("(,a@b.example,)","{""(w,b@c.example,)""}")',
      '("(,dy@example.com,)","{""(w,dy@example.com,)""}")',
    ],
    [
      'four levels',
      'public.family[]',
      '{"(\\\\"(,a@b.example,)\\\\",\\\\"{\\\\"\\\\"(w,b@c.example,)\\\\"\\\\"}\\\\")"}',
      '{"(\\\\"(,dy@example.com,)\\\\",\\\\"{\\\\"\\\\"(w,dy@example.com,)\\\\"\\\\"}\\\\")"}',
    ],
    ['the row of a table', 'public."row"', '(1,a@b.example)', '(1,dy@example.com)'],
    ['a range', 'public.short_span', '[a@b.example,z@b.example)', '[dy@example.com,dy@example.com)'],
    ['one bound of a range', 'public.span', '[a@b.example,m)', '[,m)'],
    ['the other bound', 'public.span[]', '{"[a,\\\\"z z@b.example, q\\\\"]"}', '{"[a,]"}'],
    ['ranges', 'public.spans', '{[a@b.example,c),[t,"z,@b c@d.example")}', '{[,c),[t,)}'],
  ])('in %s', async (_name, type, before, after) => {
    expect(await rewritten(type, before)).toBe(after);
  });

  test('in a text that does not look like its type is replaced and not shortened', async () => {
    expect(await rewritten('public.person', '(a@b.example')).toBe('(nobody@example.com');
    expect(await rewritten('character varying(14)[]', '{a@b.example')).toBe('{nobody@example.com');
  });

  test('in an INSERT fits, too', async () => {
    const { text } = await run(
      `${types}CREATE TABLE public.t (\n    a public.person[]\n);\nINSERT INTO public.t VALUES ('{"(w,a@b.example,\\"it''s\\")"}');\n`,
    );
    expect(text).toContain(`VALUES ('{"(w,dy@example.com,\\"it''s\\")"}');`);
  });

  test('of a unique array keeps what makes it distinct', async () => {
    const dump = `${copy(`${types}CREATE TABLE public.t (\n    a character varying(20)[]\n);`, 'a', '{a@b.example}\n{b@b.example}')}ALTER TABLE ONLY public.t ADD CONSTRAINT u UNIQUE (a);\n`;
    const { text } = await run(dump);
    const [one, two] = [...text.matchAll(/^\{(.*)\}$/gm)].map((match) => match[1]);
    expect(one).toMatch(/^[a-z2-7]{8}@example\.com$/);
    expect(two).toMatch(/^[a-z2-7]{8}@example\.com$/);
    expect(one).not.toBe(two);
  });

  test('in types of types of types is found in time', async () => {
    const levels = Array.from({ length: 60 }, (_, index) => {
      const below = index === 0 ? 'character varying(14)' : `public.l${index - 1}`;
      return `CREATE TYPE public.l${index} AS (\n\ta ${below},\n\tb ${below}\n);\n`;
    });
    const { text } = await run(
      copy(`${levels.join('')}CREATE TABLE public.t (\n    a public.l59\n);`, 'a', '(a@b.example,)'),
    );
    expect(text).toContain('(nobody@example.com,)');
  });
});
