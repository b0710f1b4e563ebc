/** The lab of the crash suites of the bundles that back up a volume and prove it, and what they share. */
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { labsDirectory } from '../../lab/directory.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import type { RunResult } from '../../lab/runner/runner.ts';
import { everyPair, type Point, pointsOf } from './points.ts';

export const hour = 3_600_000;
const mutating = /^(Create|Delete|Attach|Detach|Start|Stop|Put)/;

export class BundlesUnderTest {
  readonly lab: Lab;
  #tried = 0;

  private constructor(lab: Lab) {
    this.lab = lab;
  }

  static async start(): Promise<BundlesUnderTest> {
    const fast = {
      volumeCreate: 50,
      attach: 50,
      detach: 50,
      snapshot: 200,
      instanceStart: 50,
      instanceStop: 50,
      agentOnline: 50,
    };
    // Many runs in a row meet limits that one run a night never sees.
    const plenty = { capacity: 10_000, refill: 5000 };
    return new BundlesUnderTest(
      await startLab({
        ec2: { delays: fast, buckets: { describe: plenty, mutate: plenty }, snapshotsPerVolume: 10_000 },
      }),
    );
  }

  async stop(): Promise<void> {
    process.stdout.write(`crash suite of the bundles: ${this.#tried} points tried\n`);
    await this.lab.stop();
  }

  run(action: string): Promise<RunResult> {
    return this.lab.runWorkflow(`test/crash/workflows/${action}.yml`, { event: 'workflow_dispatch' });
  }

  /** The calls of an undisturbed run, each with its effects. */
  async points(action: string): Promise<Point[]> {
    const mark = this.lab.log.records.length;
    const baseline = await this.run(action);
    expect(baseline.conclusion).toBe('success');
    return pointsOf(this.lab.log.records.slice(mark), everyPair(action));
  }

  /** The names of the calls since a place in the log that changed something in AWS. */
  changedSince(mark: number): string[] {
    return this.lab.log.records
      .slice(mark)
      .filter((one) => ['ec2', 's3'].includes(one.endpoint) && mutating.test(one.operation))
      .map((one) => one.operation);
  }

  keyOf(run: RunResult): string {
    return `${this.lab.github.state.fullName}/actions/runs/${run.id}`;
  }

  /** What went wrong at a point, kept beside the counts so that a long run can be followed. */
  note(point: Point, problems: readonly string[]): void {
    this.#tried += 1;
    mkdirSync(labsDirectory, { recursive: true });
    appendFileSync(
      join(labsDirectory, 'crash.log'),
      `${problems.length === 0 ? 'ok  ' : 'FAIL'} ${point.title}${problems.map((one) => `\n       ${one}`).join('')}\n`,
    );
  }
}
