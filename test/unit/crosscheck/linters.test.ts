import { expect, test } from '@jest/globals';
import { type Difference, Points } from '../../../crosscheck/points.ts';
import { judge } from '../../../crosscheck/witnesses/linters/judge.ts';

const of = (linter: string, found: string, text: string): readonly Difference[] => {
  const points = new Points([]);
  judge(points, linter, { name: 'a.yml', text }, found);
  return points.tally(true).unexplained;
};

test.each([
  ['actionlint', '<stdin>:2:7: key "queue" of no use [syntax-check]', 'key "queue" of no use [syntax-check]'],
  [
    'zizmor',
    '::warning file=a.yml,line=2,title=secrets::a.yml:2: all secrets',
    '::warning file=a.yml,line=N,title=secrets::a.yml:N: all secrets',
  ],
  ['hadolint', 'a.yml:2 DL4006 warning: Set -o pipefail', 'a.yml:N DL4006 warning: Set -o pipefail'],
  ['shellcheck', '-:2:5: note: Double quote [SC2086]', 'note: Double quote [SC2086]'],
])(
  'a finding of %s is named by the text of its line, so that it stays the same below new lines',
  (linter, found, what) => {
    const expected = [{ point: `${linter}: a.yml: ${what}`, ours: 'b: ${{ x }}', theirs: 'a finding' }];
    expect(of(linter, found, 'a:\n  b: ${{ x }}\n')).toEqual(expected);
    const moved = found.replaceAll(/([:=])2\b/g, '$13');
    expect(of(linter, moved, '# new\na:\n  b: ${{ x }}\n')).toEqual(expected);
  },
);

test('a finding of the same kind on another line is another one', () => {
  const [one] = of('zizmor', '::warning file=a.yml,line=1,title=secrets::a.yml:1: all', 'a: ${{ secrets[b] }}');
  const [other] = of('zizmor', '::warning file=a.yml,line=1,title=secrets::a.yml:1: all', 'a: ${{ toJSON(secrets) }}');
  expect(one?.point).toBe(other?.point);
  expect(one?.ours).not.toBe(other?.ours);
});
