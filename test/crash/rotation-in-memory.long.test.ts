/**
 * The crash suite of the rotation in memory: at every call to a port the process dies before or after it, or the call is
 * throttled, fails or loses its answer. EC2 is the lab's, behind the real adapter; hosts and documents are fakes with
 * leases (the real ones: rotation-bundles.long.test.ts). Afterwards nothing stays quiesced, and the next runs lead to
 * exactly the snapshots that undisturbed runs make.
 */
import { afterAll, describe, expect, test } from '@jest/globals';
import type { RegionSeed, SnapshotSeed } from '../../lab/services/aws/ec2/model/seed.ts';
import { type Ec2Lab, startEc2Lab } from '../fakes/ec2-lab.ts';
import { FaultyPorts, type PortFault, portFaults } from '../fakes/faulty-ports.ts';
import { type RegionHosts, type RunParts, regionHosts, rotate } from '../fakes/rotate.ts';

const day = 86_400_000;
const home = 'us-east-1';
const away = 'eu-west-1';
const web = 'i-0a5be1d9c3f2e7a01';
const shop = 'i-0a5be1d9c3f2e7a02';

/** Disturbed runs take longer: none may reach into the next day, which has a slot of its own. */
const untilMidnight = day - (Date.now() % day);
const laterMs = untilMidnight < day / 4 ? untilMidnight + 3_600_000 : 0;

function dayText(offset: number): string {
  return new Date(Date.now() + laterMs + offset * day).toISOString().slice(0, 10);
}

function old(id: string, offset: number, deleteOn: number, more: Partial<SnapshotSeed> = {}): SnapshotSeed {
  const tags = {
    Type: 'Automated',
    DeleteOn: dayText(deleteOn),
    'holdfast:made-by': 'ebs-rotate',
    'holdfast:instance': web,
    'holdfast:slot': dayText(offset),
    'holdfast:keep': 'daily',
    ...more.tags,
  };
  return {
    id,
    volumeId: 'vol-0b1e5a7d20c94f302',
    startedAt: new Date(Date.now() + laterMs + offset * day),
    sizeGiB: 20,
    ...more,
    tags,
  };
}

/** Sources of every kind, snapshots that are due and not, and a copy whose tags differ from its primary's. */
function seeds(): RegionSeed[] {
  const common = { zone: 'us-east-1a', type: 'm5.large', state: 'running' as const };
  return [
    {
      region: home,
      instances: [
        {
          ...common,
          id: web,
          name: 'web',
          rootVolumeId: 'vol-0b1e5a7d20c94f301',
          tags: { Backup: 'Yes', Copy_Dest: away, Consistency: 'freeze' },
          volumes: [{ id: 'vol-0b1e5a7d20c94f302', device: '/dev/sdf', sizeGiB: 20, tags: { Name: 'data' } }],
        },
        {
          ...common,
          id: shop,
          name: 'shop',
          rootVolumeId: 'vol-0b1e5a7d20c94f311',
          tags: { Backup: 'Yes', Consistency_Document: 'HoldfastHook-flush', Retention: '7d 4w' },
          volumes: [
            // This tag would mean something on a snapshot, so the descriptions are set after the call.
            { id: 'vol-0b1e5a7d20c94f312', device: '/dev/sdf', sizeGiB: 5, tags: { KeepForever: 'no' } },
          ],
        },
      ],
      snapshots: [
        old('snap-0000000000000d001', -9, -2),
        old('snap-0000000000000d002', -8, -1),
        old('snap-0000000000000c003', -3, 4, { tags: { Copy_Dest: away } }),
        old('snap-0000000000000c004', -2, 5, { tags: { Copy_Dest: away, KeepForever: 'Yes' } }),
        old('snap-0000000000000f005', -30, -20, { tags: { Type: 'Manual' } }),
      ],
    },
    {
      region: away,
      instances: [],
      snapshots: [
        old('snap-0000000000000e001', -2, 3, {
          volumeId: 'vol-ffffffff',
          tags: {
            Source_SnapshotId: 'snap-0000000000000c004',
            'holdfast:volume': 'vol-0b1e5a7d20c94f302',
            'holdfast:source-region': home,
          },
        }),
      ],
    },
  ];
}

/** The snapshots of both regions, without ids that differ from run to run. */
function picture(lab: Ec2Lab): string[] {
  const name = (region: string, id: string): string => {
    const one = lab.ec2.world(region).snapshots.get(id);
    return one === undefined ? 'gone' : `${one.volumeId}@${one.tags.get('holdfast:slot') ?? '-'}`;
  };
  return [home, away]
    .flatMap((region) =>
      [...lab.ec2.world(region).snapshots.values()]
        .filter((one) => one.owner !== '999999999999')
        .map((one) => {
          const tags = [...one.tags]
            .filter(([key]) => !['holdfast:run', 'holdfast:attempt', 'holdfast:taken-at'].includes(key))
            // After a fault a snapshot may be less consistent than requested, as long as its tag says so.
            .filter(([key]) => key !== 'holdfast:consistency')
            .map(([key, value]) => `${key}=${key === 'Source_SnapshotId' ? name(home, value) : value}`)
            .sort();
          return `${region} ${one.volumeId} ${one.state} ${tags.join(' ')}`;
        }),
    )
    .sort();
}

/** Two runs of a day, with time between them for snapshots to be completed, and one in the other region. */
async function settle(lab: Ec2Lab, hosts: RegionHosts): Promise<void> {
  for (let count = 0; count < 2; count += 1) {
    await rotate(lab, hosts);
    lab.clock.advance(10 * 60_000);
  }
  await rotate(lab, hosts, { awsRegion: away });
}

async function world(): Promise<{ lab: Ec2Lab; hosts: RegionHosts }> {
  const lab = await startEc2Lab(seeds(), { snapshotsPerVolume: 50 });
  lab.clock.advance(laterMs);
  return { lab, hosts: regionHosts(lab) };
}

/** Wraps the ports of a rotation in the faults; a run whose process was killed stops when it next checks the signal. */
function withFaults(faults: FaultyPorts): (parts: RunParts) => RunParts {
  return ({ ports, context }) => ({
    ports: {
      ...ports,
      hosts: faults.port('hosts', ports.hosts),
      hooks: faults.port('hooks', ports.hooks),
      claims: faults.port('claims', ports.claims),
      regions: {
        enabled: faults.port('regions', ports.regions).enabled,
        in: (region) => faults.port(region, ports.regions.in(region)),
      },
    },
    context: { ...context, signal: AbortSignal.any([context.signal, faults.signal]) },
  });
}

let points = 0;

describe('at every call of a rotation', () => {
  test('a fault leaves nothing quiesced, and no snapshot is lost or made twice', async () => {
    const plain = await world();
    const first = new FaultyPorts();
    await rotate(plain.lab, plain.hosts, {}, withFaults(first));
    plain.lab.clock.advance(10 * 60_000);
    const second = new FaultyPorts();
    await rotate(plain.lab, plain.hosts, {}, withFaults(second));
    await settle(plain.lab, plain.hosts);
    const expected = picture(plain.lab);
    await plain.lab.stop();
    // Four new ones, three that stay, four copies; the two that were due are deleted.
    expect(expected).toHaveLength(11);

    const failures: string[] = [];
    // The first run of a day creates and expires, the second copies.
    for (const [run, calls] of [first.calls, second.calls].entries()) {
      for (let at = 1; at <= calls.length; at += 1) {
        for (const fault of portFaults) {
          points += 1;
          const words = await tried(run, at, fault, expected);
          if (words.length > 0)
            failures.push(`run ${run + 1}, call ${at} (${calls[at - 1]}), ${fault}: ${words.join('; ')}`);
        }
      }
    }
    expect(failures).toEqual([]);
  }, 900_000);
});

async function tried(run: number, at: number, fault: PortFault, expected: readonly string[]): Promise<string[]> {
  const { lab, hosts } = await world();
  const words: string[] = [];
  try {
    if (run === 1) {
      await rotate(lab, hosts);
      lab.clock.advance(10 * 60_000);
    }
    await rotate(lab, hosts, {}, withFaults(new FaultyPorts(at, fault)));
    // Beyond every lease.
    lab.clock.advance(10 * 60_000);
    if (hosts.freezer.frozen.length > 0) words.push(`frozen: ${hosts.freezer.frozen.join(', ')}`);
    if (hosts.hooks.quiesced.length > 0) words.push(`quiesced: ${hosts.hooks.quiesced.join(', ')}`);
    await settle(lab, hosts);
    const actual = picture(lab);
    for (const one of expected) if (!actual.includes(one)) words.push(`lost: ${one}`);
    for (const one of actual) if (!expected.includes(one)) words.push(`too much: ${one}`);
    if (actual.length !== expected.length) words.push(`${actual.length} snapshots instead of ${expected.length}`);
    lab.clock.advance(day);
    const next = await rotate(lab, hosts);
    if (next.error !== undefined) words.push(`the next day fails: ${String(next.error)}`);
    for (const id of [web, shop]) {
      if ((await hosts.hooks.leases(id)).length > 0) words.push(`a lease of ${id} is left`);
    }
  } finally {
    await lab.stop();
  }
  return words;
}

afterAll(() => {
  process.stdout.write(`crash suite of the rotation in memory: ${points} points\n`);
});
