import { expect, test } from '@jest/globals';
import { readRelease, releaseNote, withRelease } from '../../../scripts/generate/release.ts';

const commit = '0123456789abcdef0123456789abcdef01234567';
const before = 'uses: OWNER/holdfast/actions/db-dump@FULL-HASH # vX.Y.Z\nuses: actions/checkout@aaaa # v7.0.1\n';

test('examples name the release, again after the next one, and say so before the first', () => {
  const first = withRelease(before, { tag: 'v1.2.3', commit });
  expect(first).toBe(`uses: OWNER/holdfast/actions/db-dump@${commit} # v1.2.3\nuses: actions/checkout@aaaa # v7.0.1\n`);
  const second = { tag: 'v1.3.0-rc.1', commit: commit.replaceAll('0', 'f') };
  expect(withRelease(first, second)).toContain(`@${second.commit} # v1.3.0-rc.1`);
  expect(withRelease(first, { tag: '', commit: '' })).toBe(before);
  expect(releaseNote({ tag: '', commit: '' })).toContain('Nothing is released yet');
  expect(releaseNote({ tag: 'v1.2.3', commit })).toContain(`repos/OWNER/holdfast/commits/v1.2.3`);
});

test.each([
  '{ "tag": "v1.2.3", "commit": "" }',
  '{ "tag": "v1", "commit": "0123" }',
  `{ "tag": "v1", "commit": "${commit}" }`,
])('half a release, or one that moves, is refused: %s', (content) => {
  expect(() => readRelease(content)).toThrow('give tag (a full version, such as v1.2.3) and commit (40 hex digits)');
});
