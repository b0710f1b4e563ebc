/** The lab as one object: hosts, AWS, GitHub, notifications and the runner, started and stopped together. */
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cleanLabDirectory, newLabDirectory, repositoryRoot } from './directory.ts';
import { bridgeToSource } from './hosts/bridge.ts';
import { kubectlFolder } from './hosts/kubectl.ts';
import { type DiskOptions, type HostPair, startHostPair, usualDisks } from './hosts/pair.ts';
import { type Databases, startDatabases } from './hosts/postgres/databases.ts';
import type { HostProfile } from './hosts/root-filesystem.ts';
import { type MongodbServers, type MysqlServers, startMongodb, startMysqlServers } from './hosts/server-pairs.ts';
import { sampleVolume } from './rehearsals/infobright/sample-volume.ts';
import { hostInstances, infobrightVariables } from './rehearsals/infobright/seed.ts';
import type { LabSeed, SeededParts } from './rehearsals/seed.ts';
import type { RunnerLine } from './runner/result.ts';
import { type RunHandle, Runner, type RunResult, type Trigger } from './runner/runner.ts';
import type { CancelDelays } from './runner/step-process.ts';
import { type Ec2Behaviour, type LabAccount, region, startAccount } from './services/aws/account.ts';
import { AwsState } from './services/aws/state/aws-state.ts';
import type { LabClock } from './services/clock/clock.ts';
import { realClock } from './services/clock/clock.ts';
import type { SubjectForm } from './services/github/oidc.ts';
import { type GitHubLab, startGitHub } from './services/github/server.ts';
import type { WorkflowRecord } from './services/github/state.ts';
import type { CallLog } from './services/http/call-log.ts';
import { openCallLog } from './services/http/call-log.ts';
import type { Faults } from './services/http/faults.ts';
import { faultRules } from './services/http/faults.ts';
import { type Cluster, startCluster } from './services/kubernetes/cluster.ts';
import { type DatadogLab, startDatadog } from './services/notify/datadog.ts';
import { type SlackLab, startSlack } from './services/notify/slack.ts';

export const repository = { owner: 'acme', name: 'backups', ownerId: 10_542, id: 710_881 };
const datadogKey = 'lab-datadog-key-0123456789abcdef';

export interface LabOptions {
  /** Default: a new folder under `.lab`. */
  readonly directory?: string;
  /** The repository whose stack is deployed and whose workflows run; default: this one. */
  readonly root?: string;
  /** Whether the stack is deployed from the start, or the account is empty. Default: deployed. */
  readonly stack?: 'deployed' | 'none';
  /** Default: a whole disk with XFS on Nitro. */
  readonly disks?: DiskOptions;
  /** What a job needs beside the two hosts. */
  readonly seed?: LabSeed | undefined;
  /** Which programs the hosts have; default: those of this computer. */
  readonly profile?: HostProfile | undefined;
  /** How EC2 behaves; wins over the seed. */
  readonly ec2?: Ec2Behaviour;
  /** Repository variables and secrets; they win over the seed's. */
  readonly vars?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly subjectForm?: SubjectForm;
  /** Pieces of the policies that count as absent (services/aws/auth/pieces.ts). */
  readonly without?: readonly string[];
  readonly cancelDelays?: CancelDelays;
  /** Receives every line of every run. */
  readonly onLine?: (line: RunnerLine) => void;
  /** Receives one line for each part that starts. */
  readonly onProgress?: (text: string) => void;
}

export type RunOptions = Partial<Trigger>;

/** Takes back what was arranged. */
export type Undo = () => void;

/** Something that goes wrong in the lab until it is cleared. rehearsals/ has those with names. */
export interface LabFault {
  readonly arrange: (lab: Lab) => Undo;
}

export interface Lab {
  readonly directory: string;
  readonly clock: LabClock;
  readonly log: CallLog;
  readonly faults: Faults;
  readonly hosts: HostPair;
  readonly aws: LabAccount;
  /** PostgreSQL servers; only in a lab whose seed has a database. */
  readonly databases: Databases | undefined;
  /** The same of the other engines. */
  readonly mysql: MysqlServers | undefined;
  readonly mongodb: MongodbServers | undefined;
  /** The Kubernetes API server; only in a lab whose seed has a cluster. */
  readonly cluster: Cluster | undefined;
  readonly github: GitHubLab;
  readonly datadog: DatadogLab;
  readonly slack: SlackLab;
  readonly runner: Runner;
  /** What AWS holds now. */
  readonly state: AwsState;
  arrange(fault: LabFault): void;
  /** Clears every fault that was arranged, and all rules in `faults`. */
  clearFaults(): void;
  /** Starts a workflow by name (`infobright-backup`) or path. */
  start(workflow: string, options?: RunOptions): Promise<RunHandle>;
  /** Starts a workflow and waits for its end. */
  runWorkflow(workflow: string, options?: RunOptions): Promise<RunResult>;
  /** The variables with which the AWS CLI or any SDK talks to the lab. */
  environment(): Record<string, string>;
  /** Leaves no process, mount, loop device or namespace behind; safe to call twice. */
  stop(): Promise<void>;
}

type Parts = Omit<Lab, 'arrange' | 'clearFaults' | 'start' | 'runWorkflow' | 'environment' | 'stop'>;
type Stops = (() => Promise<void> | void)[];

/** Starts everything. When a part does not start, those that have started are stopped again. */
export async function startLab(options: LabOptions): Promise<Lab> {
  const directory = options.directory ?? newLabDirectory();
  mkdirSync(directory, { recursive: true });
  const stops: Stops = [];
  const stop = once(async () => {
    for (const one of stops.reverse()) await one();
    cleanLabDirectory(directory);
  });
  try {
    return labOf(await startParts(options, directory, stops), stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

/** @param stops receives a function for each part that has started */
async function startParts(options: LabOptions, directory: string, stops: Stops): Promise<Parts> {
  const started = <T extends { stop(): Promise<void> | void }>(part: T): T => {
    stops.push(() => part.stop());
    return part;
  };
  const report = options.onProgress ?? (() => {});
  const { seed = {}, disks = usualDisks } = options;
  const clock = realClock();
  const log = openCallLog(join(directory, 'calls.jsonl'));
  const faults = faultRules();
  const calls = { log, faults };
  const { subjectForm } = options;
  const github = started(await startGitHub({ ...calls, repository, ...(subjectForm ? { subjectForm } : {}) }));
  const datadog = started(await startDatadog({ ...calls, apiKey: datadogKey }));
  const slack = started(await startSlack(calls));
  const sample = await sampleVolume(join(dirname(directory), 'cache'), report, disks.filesystem);
  const hosts = started(
    await startHostPair({
      directory,
      sampleVolume: sample,
      profile: options.profile ?? 'current',
      disks,
      further: seed.verificationHosts,
      report,
    }),
  );
  const aws = started(
    await startAccount({
      ...calls,
      clock,
      directory,
      stack: options.stack,
      template: options.root && join(options.root, 'infra', 'holdfast.yml'),
      hosts,
      issuer: github.oidc.issuer,
      subject: github.oidc.subject({ event: 'schedule', ref: 'refs/heads/main' }),
      planSubject: github.oidc.subject({ event: 'pull_request', ref: 'refs/pull/7/merge' }),
      seed: {
        instances: hostInstances(hosts.data, seed.sourceTags, disks.hypervisor),
        regions: seed.regions?.(clock.now()) ?? [],
      },
      documents: seed.documents,
      ec2: { ...seed.ec2, ...options.ec2 },
      without: options.without,
    }),
  );
  const databases =
    seed.database && started(await startDatabases({ directory, seed: seed.database, sockets: hosts.sockets, report }));
  const mysql = seed.mysql && started(await startMysqlServers({ directory, fill: seed.mysql, report }));
  const mongodb = seed.mongodb && started(await startMongodb({ directory, fill: seed.mongodb, report }));
  if (databases || mongodb) started(await bridgeToSource(hosts, 'aws', aws.url));
  const cluster = seed.cluster && started(await startCluster(seed.cluster({ mysql, mongodb })));
  const state = started(
    new AwsState({ url: aws.url, administrator: aws.administrator, receiptBucket: () => aws.receiptBucket, region }),
  );
  const seeded = { aws, databases, mysql, mongodb, cluster };
  const programs = [...(mongodb ? [mongodb.source.binaries] : []), ...(cluster ? [await kubectlFolder()] : [])];
  const runner = started(startRunner(options, { directory, github, datadog, slack, programs, ...seeded }));
  faults.kill = () => runner.killRunning();
  return {
    directory,
    clock,
    log,
    faults,
    hosts,
    ...seeded,
    github,
    datadog,
    slack,
    runner,
    state,
  };
}

function startRunner(
  options: LabOptions,
  parts: Pick<Parts, 'directory' | 'github' | 'datadog' | 'slack'> &
    SeededParts & { readonly programs: readonly string[] },
): Runner {
  const { seed = {}, onLine, cancelDelays } = options;
  const { state } = parts.github;
  const root = options.root ?? repositoryRoot;
  state.workflows.push(...workflowsIn(root));
  const runner: Runner = new Runner({
    root,
    // What examples call this repository.
    repositories: { 'OWNER/holdfast': root },
    directory: join(parts.directory, 'runs'),
    github: parts.github,
    // The repository's own: what is set through GitHub's API counts for the next run.
    vars: Object.assign(state.variables, variablesOf(options, parts)),
    secrets: Object.assign(state.secrets, {
      SLACK_WEBHOOK_URL: parts.slack.webhookUrl,
      DATADOG_API_KEY: datadogKey,
      ...seed.secrets?.(parts),
      ...options.secrets,
    }),
    runnerEnvironment: {
      AWS_ENDPOINT_URL: parts.aws.url,
      HOLDFAST_DATADOG_URL: parts.datadog.url,
      ...(parts.programs.length > 0 ? { PATH: [...parts.programs, process.env.PATH].join(':') } : {}),
    },
    ...(onLine ? { onLine } : {}),
    ...(cancelDelays ? { cancelDelays } : {}),
  });
  state.dispatch = (path, inputs) => dispatch(runner, path, inputs);
  return runner;
}

/** Of an empty account, only those that no deployment sets. */
function variablesOf(options: LabOptions, parts: SeededParts): Record<string, string> {
  const { seed = {}, stack } = options;
  const all = { ...infobrightVariables(parts), ...seed.variables?.(parts) };
  const deployed = /^HOLDFAST_(REGION|\w+_ROLE|RECEIPT_BUCKET|DUMP_BUCKET)$/;
  const kept = Object.entries(all).filter(([name]) => stack !== 'none' || !deployed.test(name));
  return { ...Object.fromEntries(kept), ...options.vars };
}

/** Starts the run once GitHub's answer is out. */
function dispatch(runner: Runner, path: string, inputs: Readonly<Record<string, string>>): undefined {
  void runner
    .start(path, { event: 'workflow_dispatch', inputs })
    .catch((error: unknown) => console.error(`lab: ${path} does not start:`, error));
}

/** The workflow files of a repository, as GitHub knows them. */
function workflowsIn(root: string): WorkflowRecord[] {
  const folder = join('.github', 'workflows');
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder))
    .filter((file) => /\.ya?ml$/.test(file))
    .sort()
    .map((file, index) => {
      const text = readFileSync(join(root, folder, file), 'utf8');
      const name = /^name: *(.+)$/m.exec(text)?.[1] ?? join(folder, file);
      return { id: 90_000_001 + index, name, path: join(folder, file), state: 'active', text };
    });
}

function labOf(parts: Parts, stop: () => Promise<void>): Lab {
  const { aws, faults, runner } = parts;
  const undos: Undo[] = [];
  const lab: Lab = {
    ...parts,
    arrange: (fault) => void undos.push(fault.arrange(lab)),
    clearFaults: () => {
      for (const undo of undos.splice(0).reverse()) undo();
      faults.clear();
    },
    start: (workflow, { event, inputs, ...where } = {}) =>
      runner.start(workflowPath(workflow), {
        ...where,
        event: event ?? (inputs ? 'workflow_dispatch' : 'schedule'),
        ...(inputs ? { inputs } : {}),
      }),
    runWorkflow: async (workflow, run) => (await lab.start(workflow, run)).finished,
    environment: () => ({
      AWS_ENDPOINT_URL: aws.url,
      AWS_ACCESS_KEY_ID: aws.administrator.accessKeyId,
      AWS_SECRET_ACCESS_KEY: aws.administrator.secretAccessKey,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
    }),
    stop,
  };
  return lab;
}

/** The file of a workflow given by name (`infobright-backup`) or path. */
export function workflowPath(workflow: string): string {
  return /[/.]/.test(workflow) ? workflow : `.github/workflows/${workflow}.yml`;
}

function once(act: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => {
    running ??= act();
    return running;
  };
}
