/** Rules that a dump does not allow, refused before a byte is written. */
import { describe, expect, test } from '@jest/globals';
import { run } from './run.ts';
import { dump, of } from './users.ts';

const refused = (text: string, rules: string) => expect(run(text, { rules: `version: 1\ntables:\n${rules}` })).rejects;

describe('rules are refused', () => {
  test.each([
    [
      'a table that is not there',
      '  public.user: { rows: drop }',
      'public.user: the dump has no such table; allowed: public.users',
    ],
    [
      'a column that is not there',
      of('      mail: keep'),
      'public.users.mail: the table has no such column; allowed: id, email',
    ],
    ['NULL where it must not be', of('      email: "null"'), 'public.users.email: the column is NOT NULL'],
    [
      'what would break a unique column',
      of('      email: mask'),
      'must be unique (users_email_key), which mask would break',
    ],
    ['two rules for one key', of('      email: hash'), 'foreign keys link it to public.orders.user_email'],
    ['a rule for another type', of('      born: mask'), 'mask is not for the type date'],
    ['a generated column', of('      shout: mask'), 'the column is generated'],
    ['text that is too long', of(`      name: { fixed: "${'x'.repeat(41)}" }`), 'is longer than character varying(40)'],
    ['a path that is not one', of('      profile: { json: { "a.b": mask } }'), '"a.b" is not a path'],
    [
      'rows that others refer to',
      '  public.users: { rows: drop }',
      'rows of public.orders refer to rows that are left out',
    ],
  ])('for %s', async (_name, rules, message) => {
    await expect(run(dump, { rules: `version: 1\ntables:\n${rules}` })).rejects.toThrow(message);
  });

  test('where a column is new', async () => {
    const rules =
      'version: 1\nunknown-columns: fail\ntables:\n  public.orders: { rows: drop }\n  public.users:\n    columns: { id: keep, email: emails }';
    await expect(run(dump, { rules })).rejects.toThrow(
      /public\.users\.name: no rule names this column[\s\S]*public\.users\."Odd, name"/,
    );
  });

  test('from a pipe, when a unique constraint comes too late', async () => {
    await expect(run(dump, { pipe: true })).rejects.toThrow(
      'public.users.email must be unique, but a dump states this only after the rows',
    );
  });
});

test('a sample of a table whose rows refer to each other is refused, unless the reference becomes NULL', async () => {
  const dump =
    'CREATE TABLE public.t (id integer PRIMARY KEY, boss integer REFERENCES public.t(id));\nCOPY public.t (id, boss) FROM stdin;\n1\t\\N\n\\.\n';
  const rows = 'rows: { sample: 10% }';
  await refused(dump, `  public.t: { ${rows} }`).toThrow('allowed: null for boss');
  await run(dump, { rules: `version: 1\ntables:\n  public.t: { ${rows}, columns: { boss: "null" } }` });
  await run(dump, { rules: 'version: 1\ntables:\n  public.t: { rows: drop }' });
});
