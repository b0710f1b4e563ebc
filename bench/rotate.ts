/**
 * `npm run bench -- rotate`: the rotation of a large region (1,000 instances with 5,000 volumes) compared with its lower
 * bounds: one describe call per page of a list, one call per change, and the time for which EC2's request buckets delay
 * these changes. The built bundle runs as on GitHub; the lab enforces the buckets in real time.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accountId, region } from '../lab/services/aws/account.ts';
import { loadStack } from '../lab/services/aws/cloudformation/stack.ts';
import { createEc2 } from '../lab/services/aws/ec2/ec2.ts';
import type { RegionSeed, SnapshotSeed } from '../lab/services/aws/ec2/model/seed.ts';
import { startAws } from '../lab/services/aws/endpoint/server.ts';
import { S3 } from '../lab/services/aws/s3/s3.ts';
import { Sts } from '../lab/services/aws/sts/sts.ts';
import { realClock } from '../lab/services/clock/clock.ts';
import { startGitHub } from '../lab/services/github/server.ts';
import { openCallLog } from '../lab/services/http/call-log.ts';
import { faultRules } from '../lab/services/http/faults.ts';
import type { Snapshot } from '../src/domain/ec2.ts';
import { planCopy } from '../src/rotation/plan/copy.ts';
import { addDays } from '../src/rotation/plan/dates.ts';
import { planExpiry } from '../src/rotation/plan/expire.ts';
import { describeSnapshot } from '../src/rotation/plan/tags.ts';

const instances = 1000;
const volumesEach = 5;
/** Snapshots that are due: enough to empty the request bucket of DeleteSnapshot. */
const due = 1000;
const pageSize = 1000;
const today = new Date().toISOString().slice(0, 10);

interface Measured {
  readonly seconds: number;
  readonly peakMiB: number;
  readonly describes: number;
  readonly changes: number;
  readonly throttled: number;
}

const id = (prefix: string, number: number): string => `${prefix}-0be${number.toString(16).padStart(14, '0')}`;
const volumeId = (instance: number, volume: number): string => id('vol', instance * volumesEach + volume);

/** A region that has been rotated for long: volumes have their descriptions, some snapshots are due today. */
function seed(snapshots: number): RegionSeed {
  const description = (instance: number, volume: number): string =>
    describeSnapshot({
      name: `app${instance}`,
      instanceId: id('i', instance),
      volumeId: volumeId(instance, volume),
      device: volume === 0 ? '/dev/xvda' : `/dev/sd${'fghi'[volume - 1]}`,
      region,
    });
  const perVolume = snapshots / (instances * volumesEach);
  return {
    region,
    instances: Array.from({ length: instances }, (_, instance) => ({
      id: id('i', instance),
      name: `app${instance}`,
      state: 'running' as const,
      zone: `${region}a`,
      type: 'm5.large',
      tags: { Backup: 'Yes', Retention: String(perVolume) },
      rootVolumeId: volumeId(instance, 0),
      rootVolumeTags: { Description: description(instance, 0) },
      volumes: Array.from({ length: volumesEach - 1 }, (_volume, index) => ({
        id: volumeId(instance, index + 1),
        device: `/dev/sd${'fghi'[index]}`,
        sizeGiB: 100,
        tags: { Description: description(instance, index + 1) },
      })),
    })),
    snapshots: Array.from({ length: snapshots }, (_, number): SnapshotSeed => {
      const ago = Math.floor(number / (instances * volumesEach)) + 1;
      const rest = number % (instances * volumesEach);
      const [instance, volume] = [Math.floor(rest / volumesEach), rest % volumesEach];
      const isDue = number >= snapshots - due;
      return {
        id: id('snap', number),
        volumeId: volumeId(instance, volume),
        startedAt: new Date(Date.parse(`${addDays(today, -ago)}T01:23:00Z`)),
        sizeGiB: 100,
        tags: {
          Type: 'Automated',
          DeleteOn: isDue ? today : addDays(today, perVolume - ago + 2),
          Description: description(instance, volume),
          'holdfast:made-by': 'ebs-rotate',
          'holdfast:instance': id('i', instance),
          'holdfast:slot': addDays(today, -ago),
          'holdfast:keep': 'daily',
          'holdfast:consistency': 'crash',
          'holdfast:run': `acme/backups/actions/runs/${1000 + ago}`,
          Environment: 'production',
        },
      };
    }),
  };
}

/** The lab's EC2 with such a region. */
async function startRegion(directory: string, snapshots: number) {
  const clock = realClock();
  const log = openCallLog(join(directory, 'calls.jsonl'));
  const faults = faultRules();
  const github = await startGitHub({ log, faults, repository: { owner: 'acme', name: 'backups', ownerId: 1, id: 2 } });
  const stack = loadStack(readFileSync('infra/holdfast.yml', 'utf8'), {
    region,
    accountId,
    parameters: { AllowedSubjects: 'repo:acme/backups:ref:refs/heads/main', ReceiptBucketName: 'receipts' },
  });
  const hosts = {
    storage: { copy: () => Promise.reject(new Error('no images')), remove: async () => {} },
    host: () => undefined,
  };
  const ec2 = createEc2({
    clock,
    hosts,
    seed: { region, accountId, instances: [], regions: [seed(snapshots)] },
    pageSize,
    // The first snapshots are completed while the last ones are created.
    delays: { snapshot: 2000 },
  });
  const sts = new Sts({ clock, accountId, stack, issuer: github.oidc.issuer });
  const s3 = new S3(join(directory, 's3'), []);
  const aws = await startAws({ log, faults, stack, sts, s3, services: [ec2], without: [] });
  const stop = async (): Promise<void> => {
    await aws.stop();
    await github.stop();
  };
  return { log, aws, github, administrator: sts.administrator, stop };
}

async function measure(snapshots: number, dryRun: boolean): Promise<Measured> {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  const { log, aws, github, administrator, stop } = await startRegion(directory, snapshots);
  try {
    const start = log.records.length;
    const began = performance.now();
    const peakMiB = await runBundle({
      AWS_ENDPOINT_URL: aws.url,
      AWS_ACCESS_KEY_ID: administrator.accessKeyId,
      AWS_SECRET_ACCESS_KEY: administrator.secretAccessKey,
      RUNNER_TEMP: directory,
      GITHUB_API_URL: github.apiUrl,
      'INPUT_RUNBOOK-URL': 'https://example.com/runbook',
      'INPUT_AWS-REGION': region,
      'INPUT_DRY-RUN': String(dryRun),
      INPUT_RETENTION: '7',
    });
    const seconds = (performance.now() - began) / 1000;
    const calls = log.records.slice(start).filter((one) => one.endpoint === 'ec2');
    return {
      seconds,
      peakMiB,
      describes: calls.filter((one) => one.operation.startsWith('Describe')).length,
      changes: calls.filter((one) => !one.operation.startsWith('Describe')).length,
      throttled: calls.filter((one) => one.status >= 400).length,
    };
  } finally {
    await stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** @returns the peak memory of the process in MiB (VmHWM) */
function runBundle(environment: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['dist/ebs-rotate/index.js'], {
      env: { PATH: process.env.PATH ?? '', GITHUB_RUN_ID: '1', GITHUB_REPOSITORY: 'acme/backups', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let peak = 0;
    let output = '';
    const sampling = setInterval(() => {
      try {
        const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
        peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
      } catch {
        // The process has ended.
      }
    }, 50);
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data: Buffer) => {
        output = (output + data.toString()).slice(-4000);
      });
    }
    child.once('error', reject);
    child.once('exit', (code) => {
      clearInterval(sampling);
      if (code === 0) resolve(peak);
      else reject(new Error(`the bundle ended with ${code}:\n${output}`));
    });
  });
}

/** Seconds that planning alone takes for this many snapshots. */
function planningSeconds(count: number): number {
  const { snapshots = [] } = seed(count);
  const list: Snapshot[] = snapshots.map((one) => ({
    id: one.id,
    volumeId: one.volumeId,
    state: 'completed',
    stateMessage: undefined,
    progress: 100,
    startedAt: one.startedAt,
    sizeGiB: one.sizeGiB,
    tags: { ...one.tags, Copy_Dest: 'eu-west-1' },
    description: '',
    tier: 'standard',
    fullBytes: undefined,
  }));
  const copies = list.map((one): Snapshot => ({ ...one, tags: { ...one.tags, Source_SnapshotId: one.id } }));
  const began = performance.now();
  planExpiry({ region, snapshots: list, today, volumeExists: () => true, images: new Map(), locks: new Map() });
  planCopy({
    region,
    snapshots: list,
    copies: new Map([['eu-west-1', copies]]),
    regions: undefined,
    kmsKeys: {},
    maxCopies: 20,
    today,
    now: new Date(),
  });
  return (performance.now() - began) / 1000;
}

/** The least seconds in which the request buckets allow so many calls: 100 at once, then 5 a second. */
function bucketSeconds(calls: number): number {
  return Math.max(0, calls - 100) / 5;
}

/** Pages of the lists of instances, volumes and snapshots; images, locks and regions have one page each. */
function pages(snapshots: number): number {
  const lists = [instances, instances * volumesEach, snapshots];
  return lists.reduce((sum, length) => sum + Math.ceil(length / pageSize), 3);
}

const headings = [
  'run',
  'snapshots',
  'describe calls',
  'pages',
  'changes',
  'bound',
  'refused',
  'wall time',
  'bound',
  'peak memory',
];

function printRow(cells: readonly (string | number)[]): void {
  console.log(`| ${cells.join(' | ')} |`);
}

interface Bounds {
  readonly changes: number;
  readonly seconds: number | undefined;
}

function printRun(run: string, snapshots: number, measured: Measured, bounds: Bounds): void {
  const { describes, changes, throttled, seconds, peakMiB } = measured;
  const least = bounds.seconds === undefined ? '' : `${bounds.seconds.toFixed(0)} s`;
  const time = `${seconds.toFixed(bounds.seconds === undefined ? 1 : 0)} s`;
  const memory = `${peakMiB.toFixed(0)} MiB`;
  printRow([run, snapshots, describes, pages(snapshots), changes, bounds.changes, throttled, time, least, memory]);
}

export async function rotate(): Promise<void> {
  printRow(headings);
  printRow(headings.map(() => '---'));
  for (const snapshots of [10_000, 100_000])
    printRun('plan', snapshots, await measure(snapshots, true), { changes: 0, seconds: undefined });
  const bounds = { changes: instances + due, seconds: bucketSeconds(instances) + bucketSeconds(due) };
  printRun('create and expire', 100_000, await measure(100_000, false), bounds);
  console.log('');
  for (const snapshots of [10_000, 100_000])
    console.log(
      `planning alone, ${snapshots} snapshots and as many copies: ${planningSeconds(snapshots).toFixed(2)} s`,
    );
}
