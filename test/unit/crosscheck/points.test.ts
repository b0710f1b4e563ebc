import { expect, test } from '@jest/globals';
import { readDifferences } from '../../../crosscheck/differences.ts';
import { hear, isWrong, linesOf } from '../../../crosscheck/hear.ts';
import { type KnownDifference, Points } from '../../../crosscheck/points.ts';
import { witnesses } from '../../../crosscheck/witnesses/all.ts';
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
  const nowhere = await hear(witness(async (points) => points.missed('PostgreSQL 15', 'nowhere')));
  expect([isWrong(nowhere, true), linesOf(nowhere, true).at(-1)]).toEqual([false, '    not compared: PostgreSQL 15']);
});

test('a witness that compares far less than was recorded is wrong everywhere, unless it told which part it left out', async () => {
  const of = (agreed: number, more: (points: Points) => void = () => {}) =>
    hear(
      witness(async (points) => {
        points.agree(agreed);
        more(points);
      }),
      false,
      100,
    );
  expect([isWrong(await of(95), false), isWrong(await of(94), false)]).toEqual([false, true]);
  expect(linesOf(await of(1), false)).toContain(
    '    compares too little: 1 points, where 100 were recorded; 95 are the least',
  );
  expect(isWrong(await of(1, (points) => points.missed('a part')), false)).toBe(false);
  // What is recorded anew is held against nothing.
  expect(isWrong(await hear(witness(async () => {})), false)).toBe(false);
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

test('a point that is known to differ does so with the values of the list, as often as the list has them', () => {
  const listed = [
    { point: 'paging: a', ours: { refused: 'InvalidZone.NotFound', status: 400 }, theirs: {} },
    { point: 'paging: b', ours: 1 },
    { point: 'paging: b', ours: 1 },
  ];
  const points = new Points([known], listed);
  points.compare('paging: a', { refused: 'InvalidZone.NotFound', status: 400 }, {});
  points.compare('paging: b', 1, undefined);
  points.compare('paging: b', 1, undefined);
  expect(points.tally(true)).toMatchObject({ known: new Map([[known, 3]]), unexplained: [], goneValues: [] });
  points.compare('paging: b', 1, undefined);
  expect(points.tally(true).unexplained).toEqual([
    { point: 'paging: b', ours: 1, theirs: undefined, listed: [listed[1], listed[2]] },
  ]);
});

test.each([
  ['a wrong code of ours', { refused: 'InvalidVolume.NotFound', status: 400 }, { id: 'vol 1' }],
  ['a missing field of ours', { refused: 'InvalidZone.NotFound' }, { id: 'vol 1' }],
  ['another answer of the witness', { refused: 'InvalidZone.NotFound', status: 400 }, { id: 'vol 2' }],
  ['nothing of the witness', { refused: 'InvalidZone.NotFound', status: 400 }, undefined],
])('at a point that is known to differ, %s is not explained', (_what, ours, theirs) => {
  const one = {
    point: 'paging: a',
    ours: { refused: 'InvalidZone.NotFound', status: 400 },
    theirs: { id: 'vol 1' },
  };
  const points = new Points([known], [one]);
  points.compare('paging: a', ours, theirs);
  expect(points.tally(true)).toMatchObject({ unexplained: [{ point: 'paging: a', listed: [one] }], gone: [] });
});

test('a value of the list that no longer shows is named, also where both now agree', () => {
  const listed = [
    { point: 'paging: a', ours: 1, theirs: 2 },
    { point: 'paging: b', ours: 1, theirs: 2 },
  ];
  const points = new Points([known], listed);
  points.compare('paging: a', 1, 2);
  points.compare('paging: b', 2, 2);
  expect(points.tally(true).goneValues).toEqual([listed[1]]);
  points.missed('a part');
  expect(points.tally(true).goneValues).toEqual([]);
});

test('what is accepted is every point that is known to differ, with what both said', () => {
  const points = new Points([known]);
  points.compare('paging: a', 1, 2);
  points.compare('code: b', 1, 2);
  expect(points.named()).toEqual([{ point: 'paging: a', ours: 1, theirs: 2 }]);
  expect(points.tally(true).unexplained).toEqual([{ point: 'code: b', ours: 1, theirs: 2 }]);
});

test('a rule says what holds at points that are not listed', () => {
  const ruled: KnownDifference = { ...known, rule: (ours, theirs) => ours === 7200 && theirs === 3600 };
  const points = new Points([ruled], []);
  points.compare('paging: a', 7200, 3600);
  points.compare('paging: b', 43200, 3600);
  points.compare('paging: c', 7200, undefined);
  expect(points.named()).toEqual([]);
  expect(points.tally(true)).toMatchObject({
    gone: [],
    unexplained: [{ point: 'paging: b', ours: 43200 }, { point: 'paging: c' }],
  });
});

test('of each witness every known difference has a rule or what both sides say, and nothing else is listed', async () => {
  for (const [name, load] of witnesses) {
    const { known: reasons } = await load();
    const of = (point: string) =>
      reasons.find((one) => (typeof one.point === 'string' ? one.point === point : one.point.test(point)));
    const listed = new Set(readDifferences(name).map(({ point }) => of(point)));
    expect([name, listed]).toEqual([name, new Set(reasons.filter(({ rule }) => !rule))]);
  }
});
