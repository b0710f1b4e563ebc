import { expect, test } from '@jest/globals';
import { hear, isWrong } from '../../../crosscheck/hear.ts';
import { type KnownDifference, Points } from '../../../crosscheck/points.ts';
import { ToolMissing } from '../../../scripts/lib/tools.ts';

const known: KnownDifference = {
  point: /^paging: /,
  right: 'Holdfast',
  why: 'it pages.',
  source: 'https://example.org',
};

test('a known difference is counted, and another is not explained by it', () => {
  const points = new Points([known]);
  points.compare('size', 3, 3);
  points.compare('paging: DescribeVolumes', 1, 2);
  points.compare('code: DescribeVolumes', 'A', 'B');
  expect(points.tally(true)).toMatchObject({
    agreed: 1,
    known: new Map([[known, 1]]),
    unexplained: [{ point: 'code: DescribeVolumes', ours: 'A', theirs: 'B' }],
    gone: [],
  });
});

test('a known difference that no longer shows is named, unless something was not compared', () => {
  const points = new Points([known]);
  expect(points.tally(true).gone).toEqual([known]);
  points.missed('PostgreSQL 13: its packages cannot be reached');
  expect(points.tally(true).gone).toEqual([]);
});

const witness = (run: (points: Points) => Promise<void>, install = async () => 'it 1') => ({
  ...{ name: 'it', compares: 'All.', known: [], install, run },
});

test('a witness that cannot be installed is wrong only in CI, one that fails is wrong everywhere', async () => {
  const missing = await hear(
    witness(
      async () => {},
      async () => {
        throw new ToolMissing('no Python');
      },
    ),
  );
  expect([missing.absent, isWrong(missing, false), isWrong(missing, true)]).toEqual(['no Python', false, true]);
  const failing = await hear(
    witness(async () => {
      throw new Error('down');
    }),
  );
  expect([failing.failure?.split('\n')[0], isWrong(failing, false)]).toEqual(['Error: down', true]);
});

test('a part that was not compared is a failure in CI', async () => {
  const testimony = await hear(witness(async (points) => points.missed('a part')));
  expect([isWrong(testimony, false), isWrong(testimony, true)]).toEqual([false, true]);
});

test('a contradiction is a failure everywhere', async () => {
  const testimony = await hear(witness(async (points) => points.compare('size', 1, 2)));
  expect(isWrong(testimony, false)).toBe(true);
});

test('a witness that no registry has is no failure where it is absent, and is one where it contradicts', async () => {
  const absent = await hear({
    ...witness(
      async () => {},
      async () => {
        throw new ToolMissing('no checkout');
      },
    ),
    optional: true,
  });
  expect(isWrong(absent, true)).toBe(false);
  const wrong = await hear({ ...witness(async (points) => points.compare('size', 1, 2)), optional: true });
  expect(isWrong(wrong, true)).toBe(true);
});
