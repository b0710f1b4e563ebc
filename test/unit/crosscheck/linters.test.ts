import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { type Difference, Points } from '../../../crosscheck/points.ts';
import { workflowOf } from '../../../crosscheck/witnesses/linters/files.ts';
import { judge } from '../../../crosscheck/witnesses/linters/judge.ts';
import { known } from '../../../crosscheck/witnesses/linters/known.ts';
import { asLocal } from '../../../crosscheck/witnesses/linters/repository.ts';

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

test('a finding in the script of a step is about the line of the script, one of the Dockerfile about the whole instruction', () => {
  const [sourced] = of(
    'actionlint',
    "<stdin>:2:9: shellcheck reported issue in this script: SC1090:warning:2:3: can't follow [shellcheck]",
    'a:\n  - run: |\n      b\n      . "$OS_RELEASE"\n',
  );
  expect(sourced?.ours).toBe('. "$OS_RELEASE"');
  const [installed] = of(
    'hadolint',
    'a.yml:2 DL3008 warning: Pin',
    'FROM a\nRUN b; \\\n  apt-get install \\\n    c\nRUN d\n',
  );
  expect(installed?.ours).toBe('RUN b; apt-get install c');
});

test.each([
  ['dump-finish', 'SSM_DumpId', true],
  ['dump-finish', 'SSM_DumpDi', false],
  // A parameter of another script.
  ['dump-finish', 'SSM_Parts', false],
  ['no-script', 'SSM_DumpId', false],
  ['quiesce', 'lease_id', true],
  ['dump-finish', 'lease_id', false],
])('that %s is given %s: %s', (script, name, explained) => {
  const points = new Points(known);
  const finding = `${name} is referenced but not assigned. [SC2154]`;
  points.differ(`shellcheck: src/host/scripts/${script}.sh: warning: ${finding}`, `echo "$${name}"`, 'a finding');
  expect(points.tally(false).unexplained.length === 0).toBe(explained);
});

test.each([
  // dump-finish runs no function of the library that reads it.
  [
    'SSM_Tools',
    'postgres "$SSM_Tools${SSM_Tools:+/}psql" -X -q -A -t -v "name=$(session_name)" >/dev/null <<\'SQL\'',
    true,
  ],
  [
    'SSM_Toolz',
    'postgres "$SSM_Tools${SSM_Tools:+/}psql" -X -q -A -t -v "name=$(session_name)" >/dev/null <<\'SQL\'',
    false,
  ],
  ['SSM_Tools', 'postgres "$SSM_Tools/psql"', false],
])('that a library of dump-finish is given %s in %s: %s', (name, text, explained) => {
  const points = new Points(known);
  const finding = `${name} is referenced but not assigned. [SC2154]`;
  points.differ(`shellcheck: src/host/scripts/dump-finish.sh: warning: ${finding}`, text, 'a finding');
  expect(points.tally(false).unexplained.length === 0).toBe(explained);
});

test.each([
  ['      - uses: $/actions/db-dump # here', '      - uses: ./actions/db-dump # here'],
  ['    uses: $/.github/workflows/doctor.yml', '    uses: ./.github/workflows/doctor.yml'],
  ['uses: OWNER/holdfast/.github/workflows/doctor.yml@0123 # v1', 'uses: ./.github/workflows/doctor.yml # v1'],
  ['- uses: OWNER/holdfast/actions/db-dump@0123', '- uses: ./actions/db-dump'],
  ['- uses: actions/checkout@0123', '- uses: actions/checkout@0123'],
])('for actionlint, %s is of the repository: %s', (line, local) => {
  expect(asLocal(`a:\n${line}\nb:`)).toBe(`a:\n${local}\nb:`);
});

test('a block that is a job or a step is judged within a workflow', () => {
  expect(workflowOf('on: push\njobs: {}\n')).toBe('on: push\njobs: {}\n');
  expect(parse(workflowOf('uses: a/b/.github/workflows/c.yml@d\nwith:\n  e: f\n') ?? '')).toMatchObject({
    jobs: { example: { uses: 'a/b/.github/workflows/c.yml@d', with: { e: 'f' } } },
  });
  expect(parse(workflowOf('- uses: a/b@c\n  with:\n    e: f\n') ?? '')).toMatchObject({
    jobs: { example: { steps: [{ uses: 'a/b@c', with: { e: 'f' } }] } },
  });
  expect(workflowOf('kind: Role\n')).toBeUndefined();
});
