/**
 * The crash suite of the rotation's bundle, on a real host: at the AWS calls of the real process the runner is killed, or
 * the call is throttled, refused, left hanging, or its answer is lost. Afterwards the source serves within its leases, and
 * after the next run every snapshot and copy exists exactly once. The effects take turns at the calls;
 * HOLDFAST_CRASH=ebs-rotate (or all) tries every effect at every call (points.ts).
 */
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { labsDirectory } from '../../lab/directory.ts';
import { source } from '../../lab/hosts/pair.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import { changesSince } from '../../lab/rehearsals/rotation/checks.ts';
import { rotationSeed } from '../../lab/rehearsals/rotation/seed.ts';
import { addSnapshot } from '../../lab/services/aws/ec2/model/world.ts';
import { arm, everyPair, type Point, pointsOf } from './points.ts';

const hour = 3_600_000;
const [home, away] = ['us-east-1', 'eu-west-1'] as const;
/** The leases of this suite's workflow: that of the freeze, and that of the document, which begins earlier. */
const leaseMilliseconds = (4 + 5) * 1000;
/** Milliseconds until the effect of a lease shows, on a busy computer. */
const grace = 20_000;

let lab: Lab;
let tried = 0;
let next = 1;

beforeAll(async () => {
  const plenty = { capacity: 10_000, refill: 5000 };
  lab = await startLab({
    seed: { ...rotationSeed, regions: () => [{ region: away, instances: [] }] },
    ec2: {
      delays: { snapshot: 200, copy: 200 },
      buckets: { describe: plenty, mutate: plenty },
      snapshotsPerVolume: 10_000,
      pageSize: 1000,
    },
  });
}, 300_000);

afterAll(async () => {
  process.stdout.write(`crash suite of the rotation's bundle: ${tried} points tried\n`);
  await lab?.stop();
}, 120_000);

const run = (slot: string) =>
  lab.runWorkflow('test/crash/workflows/ebs-rotate.yml', { event: 'workflow_dispatch', inputs: { slot } });
const snapshots = (region: string) => [...lab.aws.ec2.world(region).snapshots.values()];

/** Adds a snapshot that is due, so that each run has one to delete. @returns its id */
function addDueSnapshot(): string {
  const id = `snap-0dead${String(next++).padStart(12, '0')}`;
  const volumeId = [...lab.aws.ec2.world(home).volumes.values()][0]?.id ?? '';
  addSnapshot(lab.aws.ec2.world(home), {
    id,
    volumeId,
    owner: '123456789012',
    state: 'completed',
    stateMessage: '',
    progress: 100,
    startedAt: new Date(Date.now() - 30 * 24 * hour),
    completedAt: new Date(),
    sizeGiB: 8,
    description: '',
    tags: new Map([
      ['Type', 'Automated'],
      ['DeleteOn', '2020-01-01'],
    ]),
    tier: 'standard',
    lock: undefined,
    encrypted: false,
    kmsKeyId: undefined,
    fullSizeBytes: undefined,
    image: undefined,
  });
  return id;
}

const checkServing = `#!/bin/bash
timeout 1 touch /ibdata/.holdfast-check && [ ! -e /var/lib/holdfast-hook/quiesced ] && echo working`;

/** Whether within this time the filesystem is writable and the application serves. */
async function servesWithin(milliseconds: number): Promise<boolean> {
  const until = Date.now() + milliseconds;
  for (;;) {
    if ((await lab.hosts.runOnSource(checkServing)).stdout.includes('working')) return true;
    if (Date.now() > until) return false;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

async function tryPoint(point: Point): Promise<string[]> {
  const problems: string[] = [];
  const slot = `p${next}`;
  const due = addDueSnapshot();
  arm(lab, point);
  await run(slot);
  lab.clearFaults();
  if (!(await servesWithin(leaseMilliseconds + grace))) problems.push('the source does not serve within its leases');
  const second = await run(slot);
  if (second.conclusion !== 'success') problems.push('the next run did not succeed');
  const mine = snapshots(home).filter(({ tags }) => (tags.get('holdfast:slot') ?? '').endsWith(`/${slot}`));
  if (mine.length !== 2) problems.push(`${mine.length} snapshots instead of 2`);
  for (const one of mine) {
    if (!one.tags.has('Description') || !one.tags.has('DeleteOn')) problems.push(`${one.id} lacks a tag`);
    const copies = snapshots(away).filter(({ tags }) => tags.get('Source_SnapshotId') === one.id);
    if (copies.length !== 1) problems.push(`${copies.length} copies of ${one.id}`);
  }
  if (lab.aws.ec2.world(home).snapshots.has(due)) problems.push('what was due is not deleted');
  const start = lab.log.records.length;
  const third = await run(slot);
  const changes = changesSince(lab, start);
  if (third.conclusion !== 'success' || changes.length > 0)
    problems.push(`one more run changed ${changes.join(', ') || 'nothing, but failed'}`);
  if (!(await servesWithin(grace))) problems.push(`${source.name} does not serve at the end`);
  return problems;
}

test(
  'the source serves within its leases, every snapshot and copy exists once, what was due is deleted, one more run changes nothing',
  async () => {
    addDueSnapshot();
    const start = lab.log.records.length;
    expect((await run('baseline')).conclusion).toBe('success');
    const points = pointsOf(lab.log.records.slice(start), everyPair('ebs-rotate'));
    const failures: string[] = [];
    for (const point of points) {
      const problems = await tryPoint(point);
      tried += 1;
      mkdirSync(labsDirectory, { recursive: true });
      const line = `${problems.length === 0 ? 'ok  ' : 'FAIL'} ${point.title}${problems.map((one) => `\n       ${one}`).join('')}\n`;
      appendFileSync(join(labsDirectory, 'crash.log'), line);
      if (problems.length > 0) failures.push(`${point.title}: ${problems.join('; ')}`);
    }
    expect(failures).toEqual([]);
  },
  2 * hour,
);
