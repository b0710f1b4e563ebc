/**
 * A year of rotations, two a day in each of three regions, on the lab's EC2 and clock: with days on which nothing ran, a
 * region that is down for a week, copies and snapshots that fail, throttling, lost answers, and tags that change. At the
 * end there must be exactly the snapshots of the policy, which this test derives from the calendar alone.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { RegionSeed } from '../../lab/services/aws/ec2/model/seed.ts';
import { detach } from '../../lab/services/aws/ec2/model/world.ts';
import { type Ec2Lab, startEc2Lab } from '../fakes/ec2-lab.ts';
import { type RegionHosts, regionHosts, rotate } from '../fakes/rotate.ts';

const hour = 3_600_000;
const length = 365;
const [virginia, ireland, sydney] = ['us-east-1', 'eu-west-1', 'ap-southeast-2'] as const;
const regions = [sydney, ireland, virginia];

interface Source {
  readonly name: string;
  readonly id: string;
  readonly region: string;
  readonly retention: string;
  readonly copyTo: readonly string[];
  readonly volumes: readonly string[];
  readonly excludesRoot?: boolean;
}

function source(
  name: string,
  region: string,
  retention: string,
  copyTo: readonly string[],
  excludesRoot = false,
): Source {
  const digits = Buffer.from(name).toString('hex').padStart(3, '0').slice(-3);
  const [root, data] = [`vol-0b1e5a7d20c94${digits}0`, `vol-0b1e5a7d20c94${digits}1`];
  return {
    name,
    id: `i-0a5be1d9c3f2e7${digits}`,
    region,
    retention,
    copyTo,
    volumes: excludesRoot ? [data] : [root, data],
    excludesRoot,
  };
}

const plain = source('a', virginia, '7', []);
const tiered = source('b', virginia, '7d 4w 12m', [ireland], true);
const wide = source('c', virginia, '3', [ireland, sydney]);
const growing = source('d', virginia, '7', []);
const untagged = source('e', virginia, '7', [ireland]);
const ended = source('f', virginia, '7', [sydney]);
const irish = source('g', ireland, '14', [virginia]);
const australian = source('h', sydney, '5d 2w', []);
const sources = [plain, tiered, wide, growing, untagged, ended, irish, australian];

let lab: Ec2Lab;
let hosts: RegionHosts;
/** The same year in every run: what falls on one day depends on the first. Not before today. */
const firstDay = process.env.HOLDFAST_FIRST_DAY ?? '2037-11-28';
/** Midnight UTC of the first day. */
let start = 0;
const dayAt = (index: number): string => new Date(start + index * 24 * hour).toISOString().slice(0, 10);

/** Days without any run: single ones, and three in a row. */
const missed = new Set([5, 33, 34, 35, 90, 171, 240, 299]);
const changeDay = 100;
/** The day on which people no longer want to keep for ever what they had chosen. */
const letGoDay = 120;
const endDay = 200;
let downFrom = 0;
const isDown = (index: number): boolean => index >= downFrom && index < downFrom + 7;

beforeAll(async () => {
  const zone = (region: string): string => `${region}a`;
  const seeds: RegionSeed[] = regions.map((region) => ({
    region,
    instances: sources
      .filter((one) => one.region === region)
      .map((one) => ({
        id: one.id,
        name: one.name,
        state: 'running' as const,
        zone: zone(region),
        type: 'm5.large',
        rootVolumeId: one.excludesRoot ? (one.volumes[0]?.replace(/.$/, '0') ?? '') : (one.volumes[0] ?? ''),
        tags: {
          Backup: 'Yes',
          Retention: one.retention,
          ...(one.copyTo.length > 0 ? { Copy_Dest: one.copyTo.join(', ') } : {}),
          ...(one.excludesRoot ? { Exclude_Volumes: 'root' } : {}),
        },
        volumes: [{ id: one.volumes.at(-1) ?? '', device: '/dev/sdf', sizeGiB: 10, tags: {} }],
      })),
  }));
  lab = await startEc2Lab(seeds, { snapshotsPerVolume: 50 });
  hosts = regionHosts(lab);
  start = Date.parse(firstDay);
  lab.clock.advance(start - lab.clock.now().getTime());
  // The week in which the region is down contains the first of a month, whose snapshot is kept longest.
  for (let index = 95; downFrom === 0; index += 1) if (dayAt(index).endsWith('-28')) downFrom = index;
}, 60_000);

afterAll(async () => {
  await lab?.stop();
});

let allowed = 0;

/** One job: when too much is due at once, somebody allows it. */
async function job(region: string): Promise<void> {
  const first = await rotate(lab, hosts, { awsRegion: region });
  if (!String(first.error).includes('max-expiry-share')) return;
  allowed += 1;
  await rotate(lab, hosts, { awsRegion: region, mode: 'expire', allowMassExpiry: true });
}

function snapshotOf(region: string, volume: string, day: string, copy = false) {
  const snapshot = [...lab.ec2.world(region).snapshots.values()].find(
    ({ tags, volumeId, state }) =>
      state === 'completed' &&
      tags.get('holdfast:slot') === day &&
      (copy ? tags.get('holdfast:volume') : volumeId) === volume,
  );
  if (snapshot === undefined) throw new Error(`no snapshot of ${volume} on ${day} in ${region}`);
  return snapshot;
}

/** What people change in the course of the year. */
function people(index: number): void {
  const home = lab.ec2.world(virginia);
  if (index === 51) {
    snapshotOf(virginia, tiered.volumes[0] ?? '', dayAt(50)).tags.set('KeepForever', 'Yes');
    snapshotOf(virginia, plain.volumes[0] ?? '', dayAt(50)).tags.set('KeepForever', 'Yes');
    snapshotOf(virginia, untagged.volumes[0] ?? '', dayAt(50)).tags.set('KeepForever', 'Yes');
    snapshotOf(sydney, wide.volumes[0] ?? '', dayAt(50), true).tags.set('KeepForever', 'Yes');
  }
  if (index === letGoDay) {
    snapshotOf(virginia, plain.volumes[0] ?? '', dayAt(50)).tags.delete('KeepForever');
    snapshotOf(virginia, untagged.volumes[0] ?? '', dayAt(50)).tags.delete('KeepForever');
  }
  if (index === changeDay) home.instances.get(growing.id)?.tags.set('Retention', '30');
  if (index === endDay) {
    home.instances.get(untagged.id)?.tags.delete('Backup');
    home.instances.delete(ended.id);
    for (const id of ended.volumes) {
      const volume = home.volumes.get(id);
      if (volume) detach(home, volume);
      home.volumes.delete(id);
    }
  }
}

/** What fails on some days. */
function trouble(index: number): void {
  lab.faults.clear();
  const { switches } = lab.ec2;
  switches.regionsDown.clear();
  if (isDown(index)) switches.regionsDown.add(ireland);
  switches.copiesFail = [20, 21, 22, 150].includes(index);
  if (index % 10 === 3) {
    for (const operation of ['CreateSnapshots', 'CopySnapshot', 'DeleteSnapshot', 'DescribeSnapshots'])
      lab.faults.add({ name: 'throttle', endpoint: 'ec2', operation, times: 2, effect: { kind: 'throttle' } });
  }
  if (index % 10 === 7) {
    for (const operation of ['CreateSnapshots', 'CopySnapshot', 'DeleteSnapshot'])
      lab.faults.add({ name: 'lost', endpoint: 'ec2', operation, times: 1, effect: { kind: 'lose-answer' } });
  }
}

test('after a year the snapshots are exactly those of the policy', async () => {
  for (let index = 0; index < length; index += 1) {
    const midnight = start + index * 24 * hour;
    lab.clock.advance(midnight + 2 * hour - lab.clock.now().getTime());
    if (missed.has(index)) continue;
    people(index);
    trouble(index);
    // The first run's snapshots of this day fail, those of the second do not.
    lab.ec2.switches.snapshotsFail = index === 60 || index === 260;
    for (const region of regions) await job(region);
    lab.clock.advance(6 * hour);
    lab.ec2.switches.snapshotsFail = false;
    for (const region of regions) await job(region);
  }
  lab.clock.advance(hour);
  const today = dayAt(length - 1);

  const actual = regions
    .flatMap((region) =>
      [...lab.ec2.world(region).snapshots.values()]
        .filter(({ tags, state }) => tags.get('Type') === 'Automated' && state !== 'error')
        .map(({ tags, volumeId }) =>
          tags.has('Source_SnapshotId')
            ? `${region} copy of ${tags.get('holdfast:volume')} ${tags.get('holdfast:slot')} until ${tags.get('DeleteOn')}`
            : `${region} ${volumeId} ${tags.get('holdfast:slot')} until ${tags.get('DeleteOn')}`,
        ),
    )
    .sort();
  expect(actual.length).toBeGreaterThan(100);
  expect(actual).toEqual(expected(today).sort());

  const failed = regions.flatMap((region) =>
    [...lab.ec2.world(region).snapshots.values()].filter(
      ({ tags, state }) => state === 'error' && (tags.get('DeleteOn') ?? '') <= today,
    ),
  );
  expect(failed).toEqual([]);
  // After the week without it, the region had so much to delete at once that it stopped.
  expect(allowed).toBeGreaterThan(0);
  expect(hosts.freezer.frozen).toEqual([]);
}, 1_800_000);

/** The policy, from the calendar: which sets were made, until when each is kept, and what outlives its date. */
function expected(today: string): string[] {
  const lines = new Set<string>();
  const made50 = new Map<string, string>();
  for (const one of sources) {
    const until = one === untagged || one === ended ? endDay : length;
    const made: { day: string; deleteOn: string }[] = [];
    const weeks = new Set<string>();
    const months = new Set<string>();
    for (let index = 0; index < until; index += 1) {
      if (missed.has(index) || (one.region === ireland && isDown(index))) continue;
      const day = dayAt(index);
      const retention = one === growing && index >= changeDay ? '30' : one.retention;
      const ends = [later(day, Number.parseInt(retention, 10))];
      const [, keepWeeks] = /(\d+)w/.exec(retention) ?? [];
      const [, keepMonths] = /(\d+)m/.exec(retention) ?? [];
      const monday = later(day, -((new Date(`${day}T12:00:00Z`).getUTCDay() + 6) % 7));
      if (keepWeeks && !weeks.has(monday)) ends.push(later(day, Number(keepWeeks) * 7));
      if (keepMonths && !months.has(day.slice(0, 7))) ends.push(afterMonths(day, Number(keepMonths)));
      weeks.add(monday);
      months.add(day.slice(0, 7));
      const deleteOn = ends.sort().at(-1) ?? '';
      made.push({ day, deleteOn });
      if (index === 50) made50.set(one.name, deleteOn);
    }
    const held = made.filter(({ deleteOn }) => deleteOn > today);
    // The last snapshot of a volume that still exists outlives its date.
    const last = made.at(-1);
    if (one === untagged && last) held.push(last);
    for (const volume of one.volumes) {
      for (const { day, deleteOn } of held) {
        lines.add(`${one.region} ${volume} ${day} until ${deleteOn}`);
        for (const region of one.copyTo) lines.add(`${region} copy of ${volume} ${day} until ${deleteOn}`);
      }
    }
  }
  // What people chose to keep, with the date it had before.
  const day = dayAt(50);
  const had = made50.get(tiered.name) ?? '';
  lines.add(`${virginia} ${tiered.volumes[0]} ${day} until ${had}`);
  lines.add(`${ireland} copy of ${tiered.volumes[0]} ${day} until ${had}`);
  lines.add(`${sydney} copy of ${wide.volumes[0]} ${day} until ${made50.get(wide.name)}`);
  // The region that is down does not hear that its copy need not be kept, and the primary goes meanwhile.
  if (isDown(letGoDay))
    lines.add(`${ireland} copy of ${untagged.volumes[0]} ${day} until ${made50.get(untagged.name)}`);
  return [...lines];
}

function later(day: string, days: number): string {
  const date = new Date(`${day}T12:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

function afterMonths(day: string, months: number): string {
  const date = new Date(`${day}T12:00:00Z`);
  const wanted = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  date.setUTCDate(Math.min(wanted, new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()));
  return date.toISOString().slice(0, 10);
}
