/** GitHub's runs of one repository in memory (test/contract/ports/github.ts holds for it and for the adapter). */
import type { Runs, Workflows } from '../../src/ports/github.ts';

interface Run {
  readonly file: string;
  readonly startedAt: Date;
  conclusion: 'success' | 'failure' | 'cancelled' | undefined;
}

export class FakeGitHub implements Runs, Workflows {
  readonly repository: string;
  readonly #runs = new Map<number, Run>();
  #next = 1;

  constructor(repository = 'o/r') {
    this.repository = repository;
  }

  /** @param id of a run that has one already; a run that is known goes on */
  startRun(file: string, id = this.#next): number {
    this.#next = Math.max(this.#next, id) + 1;
    if (!this.#runs.has(id)) this.#runs.set(id, { file, startedAt: new Date(), conclusion: undefined });
    return id;
  }

  endRun(id: number, conclusion: 'success' | 'failure' | 'cancelled'): void {
    const run = this.#runs.get(id);
    if (run) run.conclusion = conclusion;
  }

  urlOf(id: number): string {
    return `https://github.com/${this.repository}/actions/runs/${id}`;
  }

  async state(key: string): Promise<'over' | 'alive' | 'unknown'> {
    const [, repository, id] = /^([\w.-]+\/[\w.-]+)\/actions\/runs\/(\d+)$/.exec(key) ?? [];
    const run = repository === this.repository ? this.#runs.get(Number(id)) : undefined;
    if (run === undefined) return 'unknown';
    return run.conclusion === undefined ? 'alive' : 'over';
  }

  async newestRun(
    file: string,
    since: Date,
  ): Promise<{ state: 'none' | 'waiting' | 'success' | 'failed'; url: string }> {
    const [id, run] = [...this.#runs].filter(([, one]) => one.file === file && one.startedAt >= since).at(-1) ?? [];
    if (id === undefined || run === undefined) return { state: 'none', url: '' };
    const url = this.urlOf(id);
    if (run.conclusion === undefined) return { state: 'waiting', url };
    return { state: run.conclusion === 'success' ? 'success' : 'failed', url };
  }
}
