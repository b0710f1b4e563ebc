/**
 * The crash suite of the rotation's story: at every call to a port the process dies before or after it, or the call is
 * throttled, fails or loses its answer. EC2 is the lab's, asked through the real adapter; hosts and documents are doubles
 * with leases (the real ones: bundles.long.test.ts). Afterwards nothing stays at rest, and the next runs converge to exactly
 * what an undisturbed estate looks like.
 */
import { afterAll, describe, expect, test } from '@jest/globals';
import type { RegionSeed, SnapshotSeed } from '../../lab/services/aws/ec2/model/seed.ts';
import { type Disturbance, Disturber, disturbances } from '../fakes/disturb.ts';
import { type EstateLab, startEstateLab } from '../fakes/ec2-region-lab.ts';
import { type Hands, hands, rotate } from '../fakes/rotate.ts';

const day = 86_400_000;
const home = 'us-east-1';
const away = 'eu-west-1';
const web = 'i-0a5be1d9c3f2e7a01';
const shop = 'i-0a5be1d9c3f2e7a02';

function dayText(offset: number): string {
  return new Date(Date.now() + offset * day).toISOString().slice(0, 10);
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
    startedAt: new Date(Date.now() + offset * day),
    sizeGiB: 20,
    ...more,
    tags,
  };
}

/** Sources of every kind, snapshots due and not, a copy that is out of step, one that its region holds alone. */
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
            // Its own tag would mean something on a snapshot, so the descriptions are added afterwards.
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

/** What the estate holds, without ids that differ from run to run. */
function picture(lab: EstateLab): string[] {
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
            // Less at rest than wanted is allowed after a fault, as long as it says so.
            .filter(([key]) => key !== 'holdfast:consistency')
            .map(([key, value]) => `${key}=${key === 'Source_SnapshotId' ? name(home, value) : value}`)
            .sort();
          return `${region} ${one.volumeId} ${one.state} ${tags.join(' ')}`;
        }),
    )
    .sort();
}

/** Two runs of the day, with time for snapshots to be completed in between. */
async function settle(lab: EstateLab, own: Hands): Promise<void> {
  for (let count = 0; count < 2; count += 1) {
    await rotate(lab, own);
    lab.clock.advance(10 * 60_000);
  }
  await rotate(lab, own, { region: away });
}

async function world(): Promise<{ lab: EstateLab; own: Hands }> {
  const lab = await startEstateLab(seeds(), { snapshotsPerVolume: 50 });
  return { lab, own: hands(lab) };
}

let points = 0;

describe('at every call of a rotation', () => {
  test('a fault leaves nothing at rest, nothing lost and nothing doubled', async () => {
    const plain = await world();
    const counter = new Disturber(0, 'failed');
    await rotate(plain.lab, plain.own, {}, counter.change);
    plain.lab.clock.advance(10 * 60_000);
    const second = new Disturber(0, 'failed');
    await rotate(plain.lab, plain.own, {}, second.change);
    await settle(plain.lab, plain.own);
    const expected = picture(plain.lab);
    await plain.lab.stop();
    // Four new ones, three that stay, four copies; the two that were due are gone.
    expect(expected).toHaveLength(11);

    const failures: string[] = [];
    // The first run of a day creates and expires, the second copies.
    for (const [run, calls] of [counter.calls, second.calls].entries()) {
      for (let at = 1; at <= calls.length; at += 1) {
        for (const kind of disturbances) {
          points += 1;
          const words = await tried(run, at, kind, expected);
          if (words.length > 0)
            failures.push(`run ${run + 1}, call ${at} (${calls[at - 1]}), ${kind}: ${words.join('; ')}`);
        }
      }
    }
    expect(failures).toEqual([]);
  }, 900_000);
});

async function tried(run: number, at: number, kind: Disturbance, expected: readonly string[]): Promise<string[]> {
  const { lab, own } = await world();
  const words: string[] = [];
  try {
    if (run === 1) {
      await rotate(lab, own);
      lab.clock.advance(10 * 60_000);
    }
    await rotate(lab, own, {}, new Disturber(at, kind).change);
    // Beyond every lease.
    lab.clock.advance(10 * 60_000);
    if (own.freezer.frozen.length > 0) words.push(`frozen: ${own.freezer.frozen.join(', ')}`);
    if (own.hooks.atRest.length > 0) words.push(`at rest: ${own.hooks.atRest.join(', ')}`);
    await settle(lab, own);
    const found = picture(lab);
    for (const one of expected) if (!found.includes(one)) words.push(`lost: ${one}`);
    for (const one of found) if (!expected.includes(one)) words.push(`too much: ${one}`);
    if (found.length !== expected.length) words.push(`${found.length} snapshots in place of ${expected.length}`);
    lab.clock.advance(day);
    const next = await rotate(lab, own);
    if (next.error !== undefined) words.push(`the next day fails: ${String(next.error)}`);
    for (const id of [web, shop]) {
      if ((await own.hooks.leases(id)).length > 0) words.push(`a lease of ${id} is left`);
    }
  } finally {
    await lab.stop();
  }
  return words;
}

afterAll(() => {
  process.stdout.write(`crash suite of the rotation's story: ${points} points\n`);
});
