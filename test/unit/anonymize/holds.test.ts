/** What must hold whatever the schema: foreign keys, unique columns, and nothing that slips through in another form. */
import { describe, expect, test } from '@jest/globals';
import { run } from './run.ts';

const rulesFor = (columns: string): string => `version: 1\ntables:\n  public.t:\n    columns:\n${columns}`;
const copy = (definition: string, columns: string, rows: string): string =>
  `${definition}\nCOPY public.t (${columns}) FROM stdin;\n${rows}\n\\.\n`;
const table = (columns: string): string => `CREATE TABLE public.t (\n${columns}\n);`;

describe('foreign keys between columns of different types', () => {
  const dump = `CREATE TABLE public.users (id bigint, email text, login public.citext);
CREATE TABLE public.t (user_id integer, email character varying(30), login text);
COPY public.users (id, email, login) FROM stdin;
1\tjoe@firm.de\tJoe
9000000000\tann@firm.de\tAnn
\\.
COPY public.t (user_id, email, login) FROM stdin;
1\tjoe@firm.de\tjoe
\\.
ALTER TABLE ONLY public.users ADD CONSTRAINT pk PRIMARY KEY (id);
ALTER TABLE ONLY public.users ADD CONSTRAINT u1 UNIQUE (email);
ALTER TABLE ONLY public.users ADD CONSTRAINT u2 UNIQUE (login);
ALTER TABLE ONLY public.t ADD CONSTRAINT f1 FOREIGN KEY (user_id) REFERENCES public.users(id);
ALTER TABLE ONLY public.t ADD CONSTRAINT f2 FOREIGN KEY (email) REFERENCES public.users(email);
ALTER TABLE ONLY public.t ADD CONSTRAINT f3 FOREIGN KEY (login) REFERENCES public.users(login);
`;
  const rules = `version: 1
tables:
  public.users: { columns: { id: pseudonym, login: pseudonym } }
  public.t: { columns: { user_id: pseudonym, login: pseudonym } }
`;

  test('equal values become equal in both, and fit the narrower', async () => {
    const { text } = await run(dump, { rules });
    const [first, wide, bound] = [...text.matchAll(/^(\d+)\t(\S+)\t(\S+)$/gm)].map((match) => match.slice(1));
    expect(bound).toEqual(first);
    expect(Number(first?.[0])).toBeLessThan(2 ** 31);
    expect(Number(wide?.[0])).toBeGreaterThanOrEqual(2 ** 31);
    expect(first?.[1]?.length).toBeLessThanOrEqual(30);
  });
});

describe('unique columns', () => {
  test('too short for addresses of their own stop the run instead of breaking the restore', async () => {
    const rows = Array.from({ length: 3000 }, (_, index) => `a${index}@b.de`).join('\n');
    const dump = `${copy(table('    a character varying(14)'), 'a', rows)}ALTER TABLE ONLY public.t ADD CONSTRAINT u UNIQUE (a);\n`;
    await expect(run(dump)).rejects.toThrow(/must stay unique/);
  });

  test.each([
    ['a', '{ hash: { length: 8 } }', 'ALTER TABLE ONLY public.t ADD CONSTRAINT u UNIQUE (a);', /16 digits/],
    ['a', '{ fixed: x }', 'ALTER TABLE ONLY public.t ADD CONSTRAINT u UNIQUE (a, b);', /together with other columns/],
  ])('%s under %s is refused', async (column, rule, constraint, expected) => {
    const dump = `${copy(table('    a text,\n    b integer'), 'a, b', 'x\t1')}${constraint}\n`;
    await expect(run(dump, { rules: rulesFor(`      ${column}: ${rule}\n`) })).rejects.toMatchObject({
      problems: [expect.stringMatching(expected)],
    });
  });
});

describe('the leak check', () => {
  const personal = '+49 171 1234567, 4111 1111 1111 1111, DE89 3704 0044 0532 0130 00, Katharina Schmidtbauer';

  test('looks into INSERT by column, as into COPY', async () => {
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

  test('sees numbers at the begin of a line, whose end is written as a letter', async () => {
    const dump = copy(
      table('    note text'),
      'note',
      'Call:\\n0171 1234567\\n4111 1111 1111 1111\\nDE89 3704 0044 0532 0130 00',
    );
    const { report } = await run(dump);
    expect(report.leaks.map((leak) => leak.kind).toSorted()).toEqual(['cards', 'ibans', 'phones']);
  });

  test('looks into JSON of which rules change a part, and into rows of any length', async () => {
    const json = copy(table('    j jsonb'), 'j', '{"n": "x", "o": "4111 1111 1111 1111"}');
    await expect(run(json, { rules: rulesFor('      j: { json: { "$.n": mask } }\n') })).rejects.toThrow(
      /card numbers/,
    );
    const long = copy(table('    a text,\n    b text'), 'a, b', `${'x'.repeat(9_000_000)} 4111 1111 1111 1111\ty`);
    const { report } = await run(long);
    expect(report.leaks).toEqual([{ kind: 'cards', table: 'public.t', column: 'a', count: 1 }]);
  }, 60_000);

  test('is told of a partitioned table what holds for its partitions', async () => {
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
      problems: ['leak-check: allow: public.T.a is no column of the dump; allowed: public.t.a'],
    });
  });
});

describe('rules reach what they name', () => {
  const one = async (type: string, value: string, rule: string): Promise<string> => {
    const { text } = await run(copy(table(`    a ${type}`), 'a', value), { rules: rulesFor(`      a: ${rule}\n`) });
    return text.split('FROM stdin;\n')[1]?.split('\n')[0] ?? '';
  };

  test('a path of JSON also means what is below it', async () => {
    const value = '{"phone": {"home": "Karl Beispiel"}, "name": ["Anton Berger"]}';
    expect(await one('jsonb', value, '{ json: { "$.phone": "null", "$..name": mask } }')).toBe(
      '{"phone": {"home": null}, "name": ["xxxxx xxxxxx"]}',
    );
  });

  test.each(['-$5,000.00', '($5,000.00)', '1.2345e+20', '1.2345e-05'])('noise changes %s', async (value) => {
    const out = await one('money', value, '{ noise: 20% }');
    expect(out).not.toBe(value.replaceAll(',', ''));
    expect(out.replace(/[\d.]/g, '')).toBe(value.replace(/[\d.,]/g, ''));
  });

  test('a scale beyond the precision, and dates beyond what can be reckoned with', async () => {
    expect(await one('numeric(3,5)', '0.00123', '{ noise: 10% }')).toMatch(/^0\.00\d{3}$/);
    expect(await one('date', '275761-01-01', '{ shift-days: 9 }')).toBe('275761-01-01');
  });

  test('what is too short to hide a part of is masked whole', async () => {
    expect(await one('text', 'Li', '{ mask: { keep-first: 3, keep-last: 4 } }')).toBe('xx');
    expect(await one('text', 'Jürgen1', '{ mask: { keep-first: 3, keep-last: 4 } }')).toBe('xxxxxx0');
    expect(await one('text', 'Katharina', '{ mask: { keep-first: 3, keep-last: 4 } }')).toBe('Katxxrina');
  });

  test('integers of domains keep to the range below', async () => {
    const dump = `CREATE DOMAIN public.small AS smallint;\nCREATE DOMAIN public.big AS bigint;\n${copy(table('    a public.small,\n    b public.big'), 'a, b', '7\t9000000000')}`;
    const { text } = await run(dump, { rules: rulesFor('      a: pseudonym\n      b: pseudonym\n') });
    expect(Number(/^(\d+)\t\d+$/m.exec(text)?.[1])).toBeLessThan(2 ** 15);
  });
});
