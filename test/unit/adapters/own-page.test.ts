import { expect, test } from '@jest/globals';
import { ownPage } from '../../../src/adapters/github/toolkit.ts';

const run = { GITHUB_SERVER_URL: 'https://github.com', GITHUB_REPOSITORY: 'acme/backups' };
const hash = '0123456789abcdef0123456789abcdef01234567';

test.each<[string, Readonly<Record<string, string>>, string]>([
  [
    '$/ or a hash',
    { GITHUB_ACTION_REPOSITORY: 'OWNER/holdfast', GITHUB_ACTION_REF: hash },
    `OWNER/holdfast/blob/${hash}`,
  ],
  ['a tag', { GITHUB_ACTION_REPOSITORY: 'OWNER/holdfast', GITHUB_ACTION_REF: 'v1.2.3' }, 'OWNER/holdfast/blob/v1.2.3'],
  ['./, for which the runner names nothing', {}, 'acme/backups/blob/HEAD'],
  ['./, with empty variables', { GITHUB_ACTION_REPOSITORY: '', GITHUB_ACTION_REF: '' }, 'acme/backups/blob/HEAD'],
  ['a ref without repository', { GITHUB_ACTION_REF: hash }, 'acme/backups/blob/HEAD'],
])('a page of the action itself, used by %s', (_, action, expected) => {
  expect(ownPage('docs/runbook.md', { ...run, ...action })).toBe(`https://github.com/${expected}/docs/runbook.md`);
});

test('on another server, and outside of GitHub', () => {
  const elsewhere = { ...run, GITHUB_SERVER_URL: 'https://acme.ghe.com' };
  expect(ownPage('README.md', elsewhere)).toBe('https://acme.ghe.com/acme/backups/blob/HEAD/README.md');
  expect(ownPage('README.md', {})).toBeUndefined();
});
