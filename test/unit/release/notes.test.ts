import { expect, test } from '@jest/globals';
import { type Change, changesText, plain } from '../../../scripts/release/changes.ts';
import { type NotesOptions, notes } from '../../../scripts/release/notes.ts';

const hash = '0123456789abcdef0123456789abcdef01234567';
const change = (subject: string, ...files: string[]): Change => ({ hash, subject, files });
const options: NotesOptions = {
  repository: 'vendor/holdfast',
  tag: 'v2026.1126.3',
  hash,
  templateHash: 'ab'.repeat(32),
  previous: 'v2026.1126.1',
  changes: [change('Copies wait for the quota', 'src/rotation/execute/copy.ts')],
  stackChanged: false,
};

test('commits are grouped by what a reader knows, in the order of the areas', () => {
  const text = changesText([
    change('The lab knows quotas', 'lab/services/aws/ec2/ec2.ts'),
    change('Copies wait for the quota', 'test/unit/rotation/copy.test.ts', 'src/rotation/execute/copy.ts'),
    change('dist', 'dist/ebs-rotate/index.js'),
    change('Roles may read quotas', 'infra/holdfast.yml', 'src/rotation/plan/copies.ts'),
  ]);
  expect(text).toBe(
    `**The stack**

- Roles may read quotas (0123456789ab)

**EBS rotation**

- Copies wait for the quota (0123456789ab)

**Lab, tests and tools**

- The lab knows quotas (0123456789ab)
`,
  );
});

test('a release of generated files only says so, and a long list is cut', () => {
  expect(changesText([change('dist', 'dist/a/index.js')])).toBe('No change but to generated files.\n');
  const many = Array.from({ length: 153 }, (_, index) => change(`Change ${index}`, 'lab/lab.ts'));
  expect(changesText(many)).toMatch(/Change 149 .*\n\nAnd 3 earlier commits\.\n$/s);
});

test.each([
  ['<img src=x> & </details>', '&lt;img src=x&gt; &amp; &lt;/details&gt;'],
  ['[text](https://example.com) *now* `code`', '\\[text\\](https:<!-- -->//example.com) \\*now\\* \\`code\\`'],
  ['thanks @somebody, see #12', 'thanks @<!-- -->somebody, see #<!-- -->12'],
  ['a\u001b[31m\u202eb | c', 'a \\[31m b \\| c'],
])('a commit cannot write markup into the notes, nor notify anybody: %s', (subject, text) => {
  expect(plain(subject)).toBe(text);
});

test('the notes say at the top whether the stack must be deployed', () => {
  expect(notes({ ...options, stackChanged: true })).toMatch(
    /^The stack has changed since v2026\.1126\.1: \*\*deploy it/,
  );
  expect(notes(options)).toMatch(/^The stack is that of v2026\.1126\.1: there is nothing to deploy/);
  expect(notes({ ...options, previous: undefined })).toMatch(/^Deploy the stack, then use the actions/);
});

test('the notes pin this release by its hash, and trust the repository of the reader, not that of the publisher', () => {
  const text = notes(options);
  expect(text).toContain(`uses: vendor/holdfast/actions/ebs-rotate@${hash} # v2026.1126.3`);
  expect(text).toContain(`!= ${'ab'.repeat(32)} ]`);
  expect(text).not.toContain('ops image');
  expect(notes({ ...options, image: 'ghcr.io/vendor/holdfast/ops@sha256:ab' })).toContain(
    'The ops image is `ghcr.io/vendor/holdfast/ops@sha256:ab`',
  );
  expect(text).not.toMatch(/repo:vendor\/holdfast/);
  expect(text).toContain('compare/v2026.1126.1...v2026.1126.3');
});

test('the notes stay below the length that GitHub takes', () => {
  const subject = 'x'.repeat(1_000);
  const changes = Array.from({ length: 150 }, () => change(subject, 'lab/lab.ts'));
  expect(notes({ ...options, changes }).length).toBeLessThanOrEqual(125_000);
});
