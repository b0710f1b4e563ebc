/** The lab's GitHub, and a throw-away repository for the runner. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { RunnerLine } from '../../../lab/runner/result.ts';
import { Runner, type RunnerOptions } from '../../../lab/runner/runner.ts';
import { type GitHubLab, startGitHub } from '../../../lab/services/github/server.ts';
import type { JobIdentity, Permissions } from '../../../lab/services/github/state.ts';
import type { CallLog, CallRecord } from '../../../lab/services/http/call-log.ts';
import { type Faults, faultRules } from '../../../lab/services/http/faults.ts';

export function memoryLog(): CallLog & { records: CallRecord[] } {
  const records: CallRecord[] = [];
  return { path: '/dev/null', records, add: (record) => void records.push(record) };
}

export const repository = { owner: 'acme', name: 'backups', ownerId: 42, id: 4711 };

export function identity(permissions: Permissions, more: Partial<JobIdentity> = {}): JobIdentity {
  return {
    runId: 1,
    runNumber: 1,
    runAttempt: 1,
    job: 'snapshot',
    workflow: 'Backup',
    workflowPath: '.github/workflows/backup.yml',
    jobWorkflow: { ref: 'acme/backups/.github/workflows/backup.yml@refs/heads/main', sha: '0'.repeat(40) },
    event: 'schedule',
    ref: 'refs/heads/main',
    sha: '0'.repeat(40),
    actor: 'lab',
    permissions,
    ...more,
  };
}

export interface Bench {
  readonly root: string;
  readonly github: GitHubLab;
  readonly runner: Runner;
  readonly lines: RunnerLine[];
  readonly log: ReturnType<typeof memoryLog>;
  readonly faults: Faults;
  stop(): Promise<void>;
}

/** A repository with the given files, and a runner for its workflows. */
export async function bench(files: Record<string, string>, options: Partial<RunnerOptions> = {}): Promise<Bench> {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-runner-'));
  const root = join(directory, 'repository');
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  const log = memoryLog();
  const faults = faultRules();
  const github = await startGitHub({ log, faults, repository });
  const lines: RunnerLine[] = [];
  const runner = new Runner({
    root,
    directory: join(directory, 'runs'),
    github,
    onLine: (line) => lines.push(line),
    ...options,
  });
  return {
    root,
    github,
    runner,
    lines,
    log,
    faults,
    stop: async () => {
      await runner.stop();
      await github.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
