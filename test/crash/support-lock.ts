/** A lab whose source is paused with a lock, for the crash suites of the lock, and what must hold after a run that was disturbed. */
import { source } from '../../lab/hosts/pair.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import type { RunResult } from '../../lab/runner/runner.ts';
import type { Receipt } from '../../src/domain/receipt.ts';
import { sessionsLeft } from '../scenario/support-writer.ts';

export const hour = 3_600_000;
const leaseMilliseconds = 20_000;
/** What a start of the service takes at most, on a busy computer. */
const startMilliseconds = 30_000;

export type Inputs = Readonly<Record<'quiesce' | 'under-lock', string>>;

export const modes: readonly Inputs[] = [
  { quiesce: 'freeze', 'under-lock': 'auto' },
  { quiesce: 'stop', 'under-lock': 'true' },
];

/** Tables large enough that the session can be met while it reads. */
const tables = `#!/bin/bash
mariadb --socket=/tmp/mysql-ib.sock -e "CREATE TABLE ads.written (id INT AUTO_INCREMENT PRIMARY KEY) ENGINE=InnoDB;
  CREATE TABLE ads.under_lock ENGINE=MyISAM SELECT seq AS id, REPEAT('x', 100) AS text FROM ads.seq_1_to_60000;
  CREATE TABLE ads.in_snapshot ENGINE=InnoDB SELECT seq AS id, REPEAT('x', 100) AS text FROM ads.seq_1_to_60000;"
`;

export class LockedSource {
  readonly lab: Lab;
  #tried = 0;

  private constructor(lab: Lab) {
    this.lab = lab;
  }

  static async start(): Promise<LockedSource> {
    const plenty = { capacity: 10_000, refill: 5000 };
    const lab = await startLab({
      ec2: { delays: { snapshot: 200 }, buckets: { describe: plenty, mutate: plenty }, snapshotsPerVolume: 10_000 },
    });
    const made = await lab.hosts.runOnSource(tables);
    if (made.exitCode !== 0) throw new Error(`the tables could not be made: ${made.stderr}`);
    return new LockedSource(lab);
  }

  async stop(): Promise<void> {
    process.stdout.write(`crash suite of the lock: ${this.#tried} points tried\n`);
    await this.lab.stop();
  }

  backup(inputs: Inputs): Promise<RunResult> {
    return this.lab.runWorkflow('test/crash/workflows/ib-snapshot-lock.yml', { event: 'workflow_dispatch', inputs });
  }

  /** Whether the receipt of a run holds a fingerprint of the moment of its lock. */
  async isExact(run: RunResult): Promise<boolean> {
    const file = `receipts/${source.name}/${run.id}.json`;
    const receipt = JSON.parse((await this.lab.state.receipts())[file] ?? '{}') as Partial<Receipt>;
    return receipt.fingerprint?.underLock !== undefined;
  }

  /** A locked server answers questions, so only a write shows that it serves. */
  async #writes(): Promise<boolean> {
    const insert = `timeout 2 mariadb --socket=/tmp/mysql-ib.sock --connect-timeout=2 -e 'INSERT INTO ads.written () VALUES ()'`;
    return (await this.lab.hosts.runOnSource(`#!/bin/bash\n${insert}\n`)).exitCode === 0;
  }

  /** What is wrong once a run that was disturbed has ended: a writer is kept out, or a session is left. */
  async problems(): Promise<string[]> {
    this.#tried += 1;
    const problems: string[] = [];
    if (!(await within(leaseMilliseconds + startMilliseconds, () => this.#writes())))
      problems.push('nobody can write within the lease and a start');
    const left = await sessionsLeft(this.lab);
    if (left.length > 0) problems.push(`left: ${left.join('; ')}`);
    return problems;
  }

  /** What is wrong with the next backup, and after it. */
  async problemsOfNext(inputs: Inputs): Promise<string[]> {
    const problems: string[] = [];
    const next = await this.backup(inputs);
    if (next.conclusion !== 'success') problems.push(`the next run did not succeed: ${next.summary.slice(0, 300)}`);
    else if (!(await this.isExact(next))) problems.push('the next run has no fingerprint of the moment of its lock');
    if (!(await within(startMilliseconds, () => this.#writes()))) problems.push('nobody can write at the end');
    return problems;
  }
}

async function within(milliseconds: number, holds: () => Promise<boolean>): Promise<boolean> {
  const until = Date.now() + milliseconds;
  while (!(await holds())) {
    if (Date.now() > until) return false;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return true;
}
