import { expect, test } from '@jest/globals';
import { subjectLines, trusts } from '../../../../scripts/deploy/subjects.ts';

test('what an update does to each subject is one line', () => {
  expect(subjectLines('repo:a/b:x,repo:a/c:x', 'repo:a/c:x,repo:a/d:x')).toEqual([
    '+ repo:a/d:x',
    '- repo:a/b:x  (no longer trusted)',
    '  repo:a/c:x  (stays)',
  ]);
});

test.each([
  [['repo:acme/backups:ref:refs/heads/main'], true],
  [['repo:acme@42/backups@4711:environment:prod'], true],
  [['repo:other/x:pull_request', 'repo:Acme/Backups:pull_request'], true],
  [['repo:acme/backups-2:ref:refs/heads/main', 'repo:acme2/backups:ref:refs/heads/main'], false],
  [['repo:acme@42/other@4711:ref:refs/heads/acme/backups'], false],
  [[], false],
  // A customized claim says nothing of the repository.
  [['repository_owner:acme:environment:prod'], true],
])('%j trusts acme/backups: %s', (subjects, expected) => expect(trusts(subjects, 'acme/backups')).toBe(expected));
