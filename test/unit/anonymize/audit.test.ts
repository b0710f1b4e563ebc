/** Rules that the audit proposes. */
import { expect, test } from '@jest/globals';
import { audit } from '../../../src/anonymize/audit/audit.ts';
import { renderRules } from '../../../src/anonymize/audit/render.ts';
import { chunks, run } from './run.ts';
import { dump } from './users.ts';

test('the audit proposes a rule for every column, and the dump allows all of them', async () => {
  const proposals = await audit(chunks(dump, 1000), { requireFooter: false });
  const rules = renderRules(proposals);
  expect(rules.slice(rules.indexOf('version: 1'))).toBe(`version: 1
unknown-columns: fail
tables:
  public.users:
    columns:
      id: keep
      email: emails # e-mail addresses in 3 of 3 values, must stay unique
      name: { fake: name } # named like a name
      born: keep
      seen: keep
      salary: { noise: 20% } # named like an income
      profile: emails # e-mail addresses in 3 of 3 values
      token: "null" # named like a secret
      level: keep
      "\\"Odd, name\\"": emails
  public.orders:
    columns:
      id: keep
      user_email: emails # e-mail addresses in 1 of 1 values
      note: emails
`);
  const { report } = await run(dump, { rules: `${rules}leak-check: { replaced-values: off }\n` });
  expect(report.leaks).toEqual([]);
  expect(report.counts.map(({ table, rule, count }) => [table, rule, count])).toEqual([
    ['public.users', 'unique emails', 3],
    ['public.users', 'fake name', 3],
    ['public.users', 'noise', 3],
    ['public.users', 'emails', 3],
    ['public.users', 'null', 3],
    ['public.orders', 'unique emails', 1],
  ]);
});
