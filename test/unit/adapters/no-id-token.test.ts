/** Why a job gets no identity token. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { noIdToken } from '../../../src/adapters/github/no-id-token.ts';

function explained(event: unknown, more: Record<string, string> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-event-'));
  try {
    const path = join(folder, 'event.json');
    writeFileSync(path, JSON.stringify(event));
    return noIdToken({ GITHUB_EVENT_PATH: path, GITHUB_REPOSITORY: 'acme/backups', ...more });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
const pullRequestOf = (full_name: string) => ({ pull_request: { head: { repo: { full_name } } } });

test('a pull request of a fork gets none, and nobody is told to change that', () => {
  const { likelyCause, fix } = explained(pullRequestOf('stranger/backups'));
  expect(likelyCause).toMatch(/pull request of the fork stranger\/backups/);
  expect(fix).toMatch(/^let the job skip forks: if: github\.event/);
});

test('so does Dependabot', () => {
  expect(explained(pullRequestOf('acme/backups'), { GITHUB_ACTOR: 'dependabot[bot]' }).likelyCause).toMatch(
    /Dependabot/,
  );
});

test.each([[{}], [pullRequestOf('acme/backups')]])('otherwise the permission is missing: %j', (event) => {
  expect(explained(event).fix).toMatch(/id-token: write/);
});

test('also without an event', () => {
  expect(noIdToken({}).fix).toMatch(/id-token: write/);
});
