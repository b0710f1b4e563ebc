/** The lab as one object: machines, AWS, GitHub, notifications and the runner, started and stopped together. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type AssemblyOptions, assembleMachines } from './assemble.ts';
import { type Machines, region, source, verification } from './machines.ts';
import { clearFaults, type NamedFault, namedFault } from './rehearsals/faults.ts';
import type { RunnerLine } from './runner/job.ts';
import { type RunHandle, Runner, type RunResult, type Trigger } from './runner/runner.ts';
import type { CancelDelays } from './runner/step-process.ts';
import { AwsState } from './services/aws/state/aws-state.ts';
import type { LabClock } from './services/clock/clock.ts';
import { realClock } from './services/clock/clock.ts';
import type { SubjectForm } from './services/github/oidc.ts';
import { type GitHubLab, startGitHub } from './services/github/server.ts';
import type { CallLog } from './services/http/call-log.ts';
import { openCallLog } from './services/http/call-log.ts';
import type { Faults } from './services/http/faults.ts';
import { faultRules } from './services/http/faults.ts';
import { type DatadogLab, startDatadog } from './services/notify/datadog.ts';
import { type SlackLab, startSlack } from './services/notify/slack.ts';

export const repositoryRoot = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
export const labsDirectory = join(repositoryRoot, '.lab');
export const repository = { owner: 'acme', name: 'backups', ownerId: 10_542, id: 710_881 };
const datadogKey = 'lab-datadog-key-0123456789abcdef';

export interface LabOptions {
  /** Default: a new folder under `.lab`. */
  readonly directory?: string;
  /** The repository whose workflows run; default: this one. */
  readonly root?: string;
  readonly vars?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly subjectForm?: SubjectForm;
  /** `policy/Sid` of statements that count as absent. */
  readonly without?: readonly string[];
  /** How EC2 behaves: delays, request buckets, page size. */
  readonly ec2?: AssemblyOptions['ec2'];
  /** The rotation's estate beside the two hosts: the whole one, or what is given. */
  readonly estate?: AssemblyOptions['estate'];
  /** PostgreSQL servers beside them, the sample database filled to this size. */
  readonly databases?: AssemblyOptions['databases'];
  readonly cancelDelays?: CancelDelays;
  readonly onLine?: (line: RunnerLine) => void;
  /** Told as the lab comes up. */
  readonly onProgress?: (text: string) => void;
}

export interface RunOptions extends Partial<Trigger> {
  /** A named fault, arranged before the run and left in place. */
  readonly fault?: string;
}

export interface Lab {
  readonly directory: string;
  readonly machines: Machines;
  readonly clock: LabClock;
  readonly log: CallLog;
  readonly faults: Faults;
  readonly github: GitHubLab;
  readonly datadog: DatadogLab;
  readonly slack: SlackLab;
  readonly runner: Runner;
  /** What AWS holds now. */
  readonly state: AwsState;
  arrange(fault: NamedFault): void;
  clearFaults(): void;
  /** Starts a workflow by name (`infobright-backup`) or path. */
  start(workflow: string, options?: RunOptions): Promise<RunHandle>;
  /** Starts it and waits for its end. */
  runWorkflow(workflow: string, options?: RunOptions): Promise<RunResult>;
  /** The variables with which the AWS CLI or any SDK talks to the lab. */
  environment(): Record<string, string>;
  /** Leaves no process, mount, loop device or namespace behind; safe to call twice. */
  stop(): Promise<void>;
}

/** A new folder for one lab. */
export function newLabDirectory(): string {
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  const directory = join(labsDirectory, `${stamp}-${process.pid}`);
  mkdirSync(directory, { recursive: true });
  // By this file `down` finds who runs the lab.
  writeFileSync(join(directory, 'pid'), String(process.pid));
  return directory;
}

/** Starts everything. When a part fails to start, those that have started are stopped again. */
export async function startLab(options: LabOptions): Promise<Lab> {
  const directory = options.directory ?? newLabDirectory();
  mkdirSync(directory, { recursive: true });
  const say = options.onProgress ?? (() => {});
  const started: (() => Promise<void> | void)[] = [];
  const stopAll = once(async () => {
    for (const stop of started.reverse()) await stop();
    dropWorkspaces(join(directory, 'runs'));
    rmSync(join(directory, 'pid'), { force: true });
  });
  try {
    const clock = realClock();
    const log = openCallLog(join(directory, 'calls.jsonl'));
    const faults = faultRules();
    const parts = { log, faults };
    const github = await startGitHub({
      ...parts,
      repository,
      ...(options.subjectForm ? { subjectForm: options.subjectForm } : {}),
    });
    started.push(() => github.stop());
    const datadog = await startDatadog({ ...parts, apiKey: datadogKey });
    started.push(() => datadog.stop());
    const slack = await startSlack(parts);
    started.push(() => slack.stop());
    const machines = await assembleMachines({
      ...parts,
      clock,
      directory,
      issuer: github.oidc.issuer,
      subject: github.oidc.subject({ event: 'schedule', ref: 'refs/heads/main' }),
      planSubject: github.oidc.subject({ event: 'pull_request', ref: 'refs/pull/7/merge' }),
      onProgress: say,
      ...(options.estate ? { estate: options.estate } : {}),
      ...(options.databases ? { databases: options.databases } : {}),
      ...(options.without ? { without: options.without } : {}),
      ...(options.ec2 ? { ec2: options.ec2 } : {}),
    });
    started.push(() => machines.stop());
    const state = new AwsState({ ...machines, region });
    started.push(() => state.stop());
    const runner = new Runner({
      root: options.root ?? repositoryRoot,
      directory: join(directory, 'runs'),
      github,
      vars: { ...variables(machines), ...options.vars },
      secrets: {
        SLACK_WEBHOOK_URL: slack.webhookUrl,
        DATADOG_API_KEY: datadogKey,
        ...databaseSecrets(machines),
        ...options.secrets,
      },
      machineEnvironment: { AWS_ENDPOINT_URL: machines.url, HOLDFAST_DATADOG_URL: datadog.url },
      ...(options.onLine ? { onLine: options.onLine } : {}),
      ...(options.cancelDelays ? { cancelDelays: options.cancelDelays } : {}),
    });
    started.push(() => runner.stop());
    faults.kill = () => runner.killRunning();
    const target = { machines, faults, oidc: github.oidc };
    const start = async (workflow: string, run: RunOptions = {}): Promise<RunHandle> => {
      if (run.fault) namedFault(run.fault).arrange(target);
      return runner.start(workflowPath(workflow), {
        event: run.event ?? (run.inputs ? 'workflow_dispatch' : 'schedule'),
        ...(run.inputs ? { inputs: run.inputs } : {}),
      });
    };
    return {
      directory,
      machines,
      clock,
      log,
      faults,
      github,
      datadog,
      slack,
      runner,
      state,
      arrange: (fault) => fault.arrange(target),
      clearFaults: () => clearFaults(target),
      start,
      runWorkflow: async (workflow, run) => (await start(workflow, run)).finished,
      environment: () => ({
        AWS_ENDPOINT_URL: machines.url,
        AWS_ACCESS_KEY_ID: machines.administrator.accessKeyId,
        AWS_SECRET_ACCESS_KEY: machines.administrator.secretAccessKey,
        AWS_REGION: region,
        AWS_DEFAULT_REGION: region,
      }),
      stop: stopAll,
    };
  } catch (error) {
    await stopAll();
    throw error;
  }
}

/** `infobright-backup` stands for the file of that name among the workflows. */
export function workflowPath(workflow: string): string {
  return /[/.]/.test(workflow) ? workflow : `.github/workflows/${workflow}.yml`;
}

/** The repository variables that `docs/setup.md` tells a user to set. */
function variables(machines: Machines): Record<string, string> {
  return {
    HOLDFAST_REGION: region,
    HOLDFAST_BACKUP_ROLE: machines.roles.BackupRole ?? '',
    HOLDFAST_VERIFY_ROLE: machines.roles.VerifyRole ?? '',
    HOLDFAST_RECEIPT_BUCKET: machines.receiptBucket,
    HOLDFAST_IB_SOURCE: source.name,
    HOLDFAST_IB_INSTANCE: source.name,
    HOLDFAST_IB_VERIFY_INSTANCE: verification.name,
    // Short, so that a rehearsal of a killed runner need not wait for minutes.
    HOLDFAST_IB_MAX_PAUSE: '20s',
    HOLDFAST_API_TIMEOUT: '5s',
    HOLDFAST_ROTATE_ROLE: machines.roles.RotateRole ?? '',
    HOLDFAST_PLAN_ROLE: machines.roles.PlanRole ?? '',
    HOLDFAST_ROTATE_MAX_PAUSE: '20s',
    HOLDFAST_DUMP_ROLE: machines.roles.DumpRole ?? '',
    HOLDFAST_DUMP_BUCKET: machines.dumpBucket,
    // The lab has no container engine, but a server of its own; and its tools are those of the machine.
    HOLDFAST_SCRATCH_IMAGE: 'none',
    HOLDFAST_DUMP_WORK_DIRECTORY: machines.databases?.workDirectory ?? '',
    HOLDFAST_INSTALL_CLIENT: 'false',
    HOLDFAST_DATABASES: JSON.stringify([
      { source: 'infinite.prod', name: 'infinite-prod', secret: 'INFINITE_PROD_URL' },
      // The same database once more, as its own host sees it.
      {
        source: 'infinite.host',
        name: 'infinite-host',
        instance: source.name,
        database: machines.databases?.name,
        'host-port': String(machines.databases?.source.port),
      },
    ]),
    // Snapshots and copies take seconds here, so that one run sees it all.
    HOLDFAST_ROTATE_COPY_WAIT: '5m',
  };
}

/** What a user keeps as secrets of the repository. */
function databaseSecrets({ databases }: Machines): Record<string, string> {
  if (databases === undefined) return {};
  return {
    INFINITE_PROD_URL: databases.source.url(databases.name),
    HOLDFAST_SCRATCH_URL: databases.scratch.url(),
    HOLDFAST_ANONYMIZE_KEY: 'a key that only the lab knows',
  };
}

/** Logs and summaries of runs stay; the copies of the repository they worked in go. */
function dropWorkspaces(runs: string): void {
  let folders: string[];
  try {
    folders = readdirSync(runs, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isDirectory() && ['workspace', 'temp', 'home'].includes(entry.name))
      .map((entry) => join(entry.parentPath, entry.name));
  } catch {
    return;
  }
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}

function once(act: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => {
    running ??= act();
    return running;
  };
}
