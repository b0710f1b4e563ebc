import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { root } from '../../../scripts/lib/actions.ts';

interface Job {
  readonly needs?: string | string[];
  readonly if?: string;
  readonly uses?: string;
  readonly permissions?: Record<string, string>;
  readonly steps?: { readonly uses?: string; readonly run?: string; readonly env?: Record<string, string> }[];
}
const read = (file: string) =>
  parse(readFileSync(join(root, '.github', 'workflows', file), 'utf8')) as {
    on: Record<string, unknown>;
    concurrency: Record<string, unknown>;
    permissions: Record<string, string>;
    jobs: Record<string, Job>;
  };

test('a commit is released only after every other job of its own run of CI, and only when it was pushed to main', () => {
  const { jobs, permissions, on } = read('ci.yml');
  const { release, ...others } = jobs;
  expect([release?.needs].flat().sort()).toEqual(Object.keys(others).sort());
  expect(release?.uses).toBe('$/.github/workflows/release.yml');
  // Without always() or !cancelled() a job does not run when one that it needs has failed.
  expect(release?.if).toBe(
    "github.event_name == 'push' && github.ref == 'refs/heads/main' && vars.HOLDFAST_RELEASE == 'true'",
  );
  expect(permissions).toEqual({ contents: 'read' });
  for (const job of Object.values(others)) expect(job.permissions).toBeUndefined();
  expect(Object.keys(on).sort()).toEqual(['pull_request', 'push']);
});

test('runs of CI on main are not cancelled by newer ones', () => {
  expect(read('ci.yml').concurrency).toEqual({
    group: "ci-${{ github.event_name == 'pull_request' && github.ref || github.sha }}",
    'cancel-in-progress': "${{ github.event_name == 'pull_request' }}",
  });
});

test('the release is only called, waits for its turn, and runs code of packages without the right to write', () => {
  const { on, concurrency, permissions, jobs } = read('release.yml');
  expect(Object.keys(on)).toEqual(['workflow_call']);
  expect(concurrency).toEqual({ group: 'release', 'cancel-in-progress': false, queue: 'max' });
  expect(permissions).toEqual({});
  expect(jobs.build?.permissions).toEqual({ contents: 'read' });
  expect(jobs.publish?.needs).toEqual(['build', 'ops-image']);
  expect(jobs.publish?.if).toBe("${{ !cancelled() && needs.build.result == 'success' }}");
  const commands = (jobs.publish?.steps ?? []).map(({ run = '' }) => run).join('\n');
  expect(commands).toMatch(/npm ci .*--omit=dev --ignore-scripts/);
  expect(commands.match(/^npm .*$/gm)).toHaveLength(2);
});
