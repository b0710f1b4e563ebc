/** What the ports Runs and Workflows promise. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Runs, Workflows } from '../../../src/ports/github.ts';

/** A run that GitHub knows; its workflow is a file below .github/workflows. */
export interface KnownRun {
  readonly id: number;
  readonly url: string;
  /** Ends it. */
  readonly end: (conclusion: 'success' | 'failure' | 'cancelled') => void;
}

export interface GitHubWorld {
  readonly runs: Runs;
  readonly workflows: Workflows;
  /** `owner/name`. */
  readonly repository: string;
  readonly startRun: (file: string) => KnownRun;
  readonly stop: () => Promise<void>;
}

export function githubSuite(name: string, start: () => Promise<GitHubWorld>): void {
  describe(name, () => {
    let world: GitHubWorld;
    beforeEach(async () => {
      world = await start();
    });
    afterEach(() => world.stop());

    describe('Runs', () => {
      const state = (id: number | string) => world.runs.state(`${world.repository}/actions/runs/${id}`);

      test('a run is alive until it has ended, however it ends', async () => {
        const [first, second] = [world.startRun('backup.yml'), world.startRun('backup.yml')];
        expect([await state(first.id), await state(second.id)]).toEqual(['alive', 'alive']);
        first.end('cancelled');
        expect([await state(first.id), await state(second.id)]).toEqual(['over', 'alive']);
      });

      test('of a run that GitHub does not know, or of no run at all, nobody can say', async () => {
        expect(await state(99_999)).toBe('unknown');
        for (const key of ['', 'somebody', `${world.repository}/actions/runs/`, 'other/place/actions/runs/1'])
          expect([key, await world.runs.state(key)]).toEqual([key, 'unknown']);
      });
    });

    describe('Workflows', () => {
      const longAgo = new Date(Date.now() - 3_600_000);

      test('the newest run of the file counts', async () => {
        const { workflows } = world;
        expect(await workflows.newestRun('dump.yml', longAgo)).toEqual({ state: 'none', url: '' });
        const old = world.startRun('dump.yml');
        world.startRun('other.yml').end('success');
        expect(await workflows.newestRun('dump.yml', longAgo)).toEqual({ state: 'waiting', url: old.url });
        old.end('failure');
        expect(await workflows.newestRun('dump.yml', longAgo)).toEqual({ state: 'failed', url: old.url });
        const newest = world.startRun('dump.yml');
        expect((await workflows.newestRun('dump.yml', longAgo)).state).toBe('waiting');
        newest.end('success');
        expect(await workflows.newestRun('dump.yml', longAgo)).toEqual({ state: 'success', url: newest.url });
      });

      test('a run of before does not count', async () => {
        world.startRun('dump.yml').end('success');
        const tomorrow = new Date(Date.now() + 86_400_000);
        expect((await world.workflows.newestRun('dump.yml', tomorrow)).state).toBe('none');
      });
    });
  });
}
