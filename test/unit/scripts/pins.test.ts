import { expect, test } from '@jest/globals';
import { unpinned } from '../../../scripts/lint/pins.ts';

const hash = '0123456789abcdef0123456789abcdef01234567';

test.each([
  ['a full hash with its version', `- uses: actions/checkout@${hash} # v7.0.1`],
  ['an action below a repository', `  uses: owner/name/actions/one@${hash} # v2026.1126.1`],
  ['an action of this repository', '- uses: ./actions/one'],
  ["an action of the workflow's repository", '- uses: $/actions/one'],
])('%s is pinned', (_, line) => {
  expect(unpinned('a.yml', `steps:\n  ${line}`)).toEqual([]);
});

test.each([
  ['a tag', '- uses: actions/checkout@v7.0.1 # v7.0.1', 'is not pinned'],
  ['a branch', '- uses: "actions/checkout@main"', 'is not pinned'],
  ['nothing at all', '- uses: actions/checkout', 'is not pinned'],
  ['a short hash', `- uses: actions/checkout@${hash.slice(0, 12)} # v7.0.1`, 'is not pinned'],
  ['an image', '- uses: docker://alpine:3', 'is not pinned'],
  ['a step in braces', '- { uses: actions/checkout@v7 }', 'is not pinned'],
  ['a hash without its version', `- uses: actions/checkout@${hash}`, 'lacks its whole version'],
  ['a hash with a major version only', `- uses: actions/checkout@${hash} # v7`, 'lacks its whole version'],
])('%s is not pinned', (_, line, problem) => {
  expect(unpinned('a.yml', `steps:\n  ${line}`)).toEqual([expect.stringMatching(`^a\\.yml:2: .*${problem}`)]);
});
