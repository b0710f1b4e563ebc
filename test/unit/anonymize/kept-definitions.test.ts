/** Columns with the rule `keep`: the addresses with which CHECKs and partitions compare them stay, too. */
import { expect, test } from '@jest/globals';
import { run } from './run.ts';
import { problems, ruled } from './tried.ts';

const rules = ruled('email: keep');
const checked = `CREATE TABLE public.t (email text, other text, CHECK (email IN ('kim@firm.example', 'lou@firm.example')), CHECK (other <> 'root@firm.example'));
COMMENT ON TABLE public.t IS 'ask kim@firm.example';
COPY public.t (email, other) FROM stdin;\nkim@firm.example\tann@firm.example\n\\.\n`;
const parted = (
  by: string,
  one: string,
  other: string,
): string => `CREATE TABLE public.t (email text) PARTITION BY ${by} (email);
CREATE TABLE public.t1 PARTITION OF public.t FOR VALUES ${one};
CREATE TABLE public.t2 PARTITION OF public.t FOR VALUES ${other};
COPY public.t1 (email) FROM stdin;\nkim@firm.example\n\\.\n`;
const ranges = parted('RANGE', "FROM (MINVALUE) TO ('m@firm.example')", "FROM ('m@firm.example') TO (MAXVALUE)");
const lists = parted('LIST', "IN ('kim@firm.example')", "IN ('lou@firm.example')");

test('in CHECK', async () => {
  const { text } = await run(checked, { rules });
  expect(text).toContain("CHECK (email IN ('kim@firm.example', 'lou@firm.example'))");
  expect(text).toMatch(/CHECK \(other <> 'nobody-[a-z2-7]{16}@example\.com'\)/);
  expect(text).toContain("'ask nobody@example.com'");
  expect(text).toContain('\nkim@firm.example\tnobody@example.com\n');
});

test.each([
  ['by range', ranges, "TO ('m@firm.example')"],
  ['by list', lists, "IN ('kim@firm.example')"],
])('in partitions %s', async (_name, sql, bound) => {
  const { text } = await run(sql, { rules });
  expect(text).toContain(bound);
  expect(text).toContain('\nkim@firm.example\n');
});

test('from a pipe, it is known too late', async () => {
  expect(await problems(checked, { rules, pipe: true })).toEqual([
    expect.stringMatching(/^public\.t\.email: .* allowed: emails$/),
  ]);
});

test('a text that no partition of the result takes is refused', async () => {
  expect(await problems(lists, { rules: ruled('email: { fixed: kim@firm.example }') })).toEqual([
    expect.stringMatching(/^public\.t\.email: fixed makes values for which public\.t has no partition/),
  ]);
});

test('addresses that bound ranges stop a pipe', async () => {
  await expect(run(ranges, { pipe: true })).rejects.toThrow(
    'partitions by range have addresses as bounds, which keep their order only where all of them are known beforehand',
  );
});
