/** Columns of numbers of which some look like card or phone numbers by chance. */
import { describe, expect, test } from '@jest/globals';
import { audit } from '../../../src/anonymize/audit/audit.ts';
import { copy, rulesFor, table } from './one-table.ts';
import { chunks, run } from './run.ts';

const rules = rulesFor('      note: emails\n');

/** Numbers of 16 digits, always the same: one in thirty passes for a card number. */
function orders(count: number): readonly string[] {
  let state = 7n;
  return Array.from({ length: count }, () => {
    state = (state * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n) % (1n << 64n);
    return String(state >> 8n)
      .padStart(17, '0')
      .slice(-16);
  });
}

const dumpOf = (values: readonly string[]): string => copy(table('    note text'), 'note', values.join('\n'));

describe('order numbers', () => {
  test.each([
    ['alone', (order: string) => order],
    ['in JSON', (order: string) => `{"order":"${order}","paid":true}`],
    ['in groups', (order: string) => order.replaceAll(/(\d{4})(?=\d)/g, '$1-')],
  ])('%s fail no run, and the report says how many pass', async (_where, written) => {
    const { report } = await run(dumpOf(orders(3000).map(written)), { rules });
    expect(report.leaks).toEqual([
      { kind: 'cards', table: 'public.t', column: 'note', count: expect.any(Number), among: expect.any(Number) },
    ]);
    const [{ count = 0, among = 0 } = {}] = report.leaks;
    expect(count).toBeGreaterThan(30);
    expect(among).toBeGreaterThan(5 * count);
  });

  test('beside card numbers in a column do not hide them', async () => {
    const cards = Array.from({ length: 300 }, () => 'card 4111 1111 1111 1111');
    await expect(run(dumpOf([...orders(3000), ...cards]), { rules })).rejects.toThrow(
      'public.t.note: 300 card numbers',
    );
    await expect(run(dumpOf([...orders(300), 'card 4111 1111 1111 1111']), { rules })).rejects.toThrow(
      'public.t.note: 1 card numbers',
    );
  });

  test('in INSERT of MySQL fail no run', async () => {
    const values = orders(2000).map((order) => `('${order}')`);
    const dump = `-- MySQL dump 10.13\n\nCREATE TABLE \`t\` (\`note\` varchar(40)) ENGINE=InnoDB;\nINSERT INTO \`t\` VALUES ${values.join(',')};\n-- Dump completed\n`;
    const { report } = await run(dump, { rules: 'version: 1\ntables:\n  t:\n    columns: { note: emails }\n' });
    expect(report.leaks).toEqual([expect.objectContaining({ kind: 'cards', among: expect.any(Number) })]);
  });
});

test('a few card numbers fail the run, whatever else the column holds', async () => {
  for (const others of [[], ['4111111111111112', 'x', '12'], orders(20)])
    await expect(run(dumpOf([...others, '4111111111111111', '5555555555554444']), { rules })).rejects.toThrow(
      'card numbers',
    );
});

test('codes of which one in ten begins with zero fail no run; a column of phone numbers does', async () => {
  const codes = orders(500).map((order) => `${order.slice(0, 4)}-${order.slice(4, 8)}-${order.slice(8, 12)}`);
  const { report } = await run(dumpOf(codes), { rules });
  expect(report.leaks).toEqual([expect.objectContaining({ kind: 'phones', among: expect.any(Number) })]);
  const phones = orders(50).map((order) => `0171-${order.slice(0, 4)}-${order.slice(4, 8)}`);
  await expect(run(dumpOf(phones), { rules })).rejects.toThrow('public.t.note: 50 phone numbers');
});

test('the audit takes order numbers for what they are, and card numbers among other texts for cards', async () => {
  const rulesOf = async (values: readonly string[]) => {
    const { proposals, found } = await audit(() => chunks(dumpOf(values), 65_536), true, { requireFooter: false });
    return { rules: proposals.map(({ rule, reason }) => [rule, reason]), stops: found?.stops };
  };
  expect(await rulesOf(orders(1000))).toEqual({ rules: [['emails', '']], stops: undefined });
  expect(await rulesOf([...orders(1000), 'card 4111 1111 1111 1111'])).toEqual({
    rules: [['mask', expect.stringMatching(/^CHECK: card numbers in /)]],
    stops: undefined,
  });
});
