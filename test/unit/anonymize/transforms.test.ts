/** What rules do to values and rows. */
import { describe, expect, test } from '@jest/globals';
import { Arena } from '../../../src/anonymize/bytes/arena.ts';
import { fakes } from '../../../src/anonymize/rules/file/rule.ts';
import { longestFake, writeFake } from '../../../src/anonymize/rules/transforms/fakes.ts';
import { copy as copyTable, rulesFor, table } from './one-table.ts';
import { run } from './run.ts';
import { apply, copy, definition, dump, of, row } from './users.ts';

describe('a rule', () => {
  test.each([
    ['keep', '      email: keep', 1, 'u1@x.de'],
    ['null', '      name: "null"', 2, '\\N'],
    ['null as YAML has it', '      name: null', 2, '\\N'],
    ['fixed', '      name: { fixed: "a\\tb" }', 2, 'a\\tb'],
    ['mask', '      name: mask', 2, 'xxxx x0'],
    ['mask with ends', '      name: { mask: { keep-first: 1, keep-last: 2 } }', 2, 'Nxxx Ü1'],
    ['an odd name', '      "Odd, name": { fixed: z }', 9, 'z'],
    [
      'json',
      '      profile: { json: { "$.a.phone": mask } }',
      6,
      '{"a": {"phone": "+00 00 0000", "n": 1.50}, "mail": "nobody@example.com"}',
    ],
  ])('%s', async (_name, rules, column, expected) => {
    expect((await apply(of(rules)))[0]?.[column]).toBe(expected);
  });

  test('with a key turns equal values into equal ones that fit the type', async () => {
    const rules = of(
      '      name: pseudonym\n      born: { shift-days: 30 }\n      seen: { shift-days: 5, by: id }\n      salary: { noise: 10% }\n      token: hash\n      level: pseudonym\n      "Odd, name": { fake: name }',
    );
    const [one, two] = await Promise.all([apply(rules), apply(rules)]);
    expect(one).toEqual(two);
    const [first = []] = one;
    expect(first[2]).toMatch(/^p[a-z2-7]{16}$/);
    expect(first[3]).toMatch(/^19(79|80)-\d\d-\d\d$/);
    expect(first[3]).not.toBe('1980-02-21');
    expect(first[4]).toMatch(/^20(19|20)-\d\d-\d\d 10:00:00\+00$/);
    expect(Math.abs(Number(first[5]) - 1234.5)).toBeLessThanOrEqual(123.45);
    expect(first[7]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(Number(first[8])).toBeLessThan(2 ** 15);
    expect(new Set(one.map((fields) => fields[8])).size).toBe(3);
  });

  test('keeps unique addresses distinct and foreign keys valid', async () => {
    const { text, report } = await run(dump);
    const [user] = /nobody-[a-z2-7]{16}@example\.com/.exec(text) ?? [];
    expect(text.split(user ?? '-').length - 1).toBe(2);
    expect(report.warnings).toEqual(
      expect.arrayContaining([expect.stringContaining('public.users.email must stay unique: 3 addresses')]),
    );
  });

  test('for rows leaves them out', async () => {
    const dropped = await run(dump, { rules: 'version: 1\ntables:\n  public.orders: { rows: drop }' });
    expect(dropped.text).toContain('COPY public.orders (id, user_email, note) FROM stdin;\n\\.\n');
    const many = `${definition}${copy(Array.from({ length: 400 }, (_, id) => row(id)))}`;
    const kept = await apply('  public.users: { rows: { sample: 25%, by: id } }', many);
    expect(kept.length).toBeGreaterThan(60);
    expect(kept.length).toBeLessThan(140);
    expect(await apply('  public.users: { rows: { sample: 25%, by: id } }', many)).toEqual(kept);
  });

  test('works on INSERT as on COPY', async () => {
    const insert = `${definition}INSERT INTO public.users (id, email, name) VALUES (1, 'u1@x.de', 'O''Neil'), (2, E'u2@x.de', NULL);\nINSERT INTO public.orders VALUES (1, 'u1@x.de', 'x');\n`;
    const { text } = await run(insert, {
      rules:
        'version: 1\nleak-check: { replaced-values: off }\ntables:\n  public.users:\n    columns: { name: mask, email: { fixed: "it\'s" } }\n  public.orders: { rows: drop }',
    });
    expect(text).toContain("VALUES (1, 'it''s', 'x''xxxx'), (2, E'it''s', NULL);");
    expect(text).not.toContain('INTO public.orders');
  });
});

describe('a value', () => {
  const one = async (type: string, value: string, rule: string): Promise<string> => {
    const { text } = await run(copyTable(table(`    a ${type}`), 'a', value), {
      rules: rulesFor(`      a: ${rule}\n`),
    });
    return text.split('FROM stdin;\n')[1]?.split('\n')[0] ?? '';
  };

  test('in JSON has the rule of the nearest path above it', async () => {
    const value = '{"phone": {"home": "Karl Beispiel"}, "name": ["Anton Berger"]}';
    expect(await one('jsonb', value, '{ json: { "$.phone": "null", "$..name": mask } }')).toBe(
      '{"phone": {"home": null}, "name": ["xxxxx xxxxxx"]}',
    );
  });

  test.each(['-$5,000.00', '($5,000.00)', '1.2345e+20', '1.2345e-05'])(
    'such as %s is changed by noise',
    async (value) => {
      const out = await one('money', value, '{ noise: 20% }');
      expect(out).not.toBe(value.replaceAll(',', ''));
      expect(out.replace(/[\d.]/g, '')).toBe(value.replace(/[\d.,]/g, ''));
    },
  );

  test('with a scale beyond its precision is changed; a date beyond all calendars stays', async () => {
    expect(await one('numeric(3,5)', '0.00123', '{ noise: 10% }')).toMatch(/^0\.00\d{3}$/);
    expect(await one('date', '275761-01-01', '{ shift-days: 9 }')).toBe('275761-01-01');
  });

  test('too short to hide a part of is masked whole', async () => {
    expect(await one('text', 'Li', '{ mask: { keep-first: 3, keep-last: 4 } }')).toBe('xx');
    expect(await one('text', 'Jürgen1', '{ mask: { keep-first: 3, keep-last: 4 } }')).toBe('xxxxxx0');
    expect(await one('text', 'Katharina', '{ mask: { keep-first: 3, keep-last: 4 } }')).toBe('Katxxrina');
  });

  test('of a domain over integers stays in the range of the type below', async () => {
    const dump = `CREATE DOMAIN public.small AS smallint;\nCREATE DOMAIN public.big AS bigint;\n${copyTable(table('    a public.small,\n    b public.big'), 'a, b', '7\t9000000000')}`;
    const { text } = await run(dump, { rules: rulesFor('      a: pseudonym\n      b: pseudonym\n') });
    expect(Number(/^(\d+)\t\d+$/m.exec(text)?.[1])).toBeLessThan(2 ** 15);
  });
});

test('invented values are ASCII, and no longer than announced', () => {
  const out = new Arena();
  for (const kind of fakes) {
    const all: string[] = [];
    for (let number = 0; number < 20_000; number += 1) {
      out.clear();
      writeFake(kind, new Uint32Array([number, number >> 3, number >> 5, number >> 2, 0, 0, 0, 0]), out);
      all.push(out.text().toString('latin1'));
    }
    expect(all.filter((text) => !/^[ -~]+$/.test(text))).toEqual([]);
    expect(Math.max(...all.map((text) => text.length))).toBeLessThanOrEqual(longestFake(kind));
  }
});

test.each(['{"a": "x"', '{"a": "\\\\q"}', '{a: 1}', '["x"'])(
  'a value that is not JSON is an error: %s',
  async (value) => {
    // A file that was changed by hand.
    const rules = 'version: 1\ntables:\n  public.t: { columns: { j: { json: { "$.a": mask } } } }';
    const dump = `CREATE TABLE public.t (j json);\nCOPY public.t (j) FROM stdin;\n${value}\n\\.\n`;
    const failing = run(dump, { rules, pipe: true });
    await expect(failing).rejects.toThrow(/^public\.t\.j has the rule json, and a value that is not JSON/);
  },
);
