/** Instances and snapshots for the tests of the rotation's decisions. */
import type { Instance, Snapshot, Tags } from '../../../src/domain/ec2.ts';

export const region = 'us-east-1';
export const today = '2026-11-21';
export const now = new Date('2026-11-21T02:00:00Z');

export function snapshot(id: string, more: Partial<Snapshot> = {}): Snapshot {
  return {
    id,
    volumeId: 'vol-0000000000000000a',
    state: 'completed',
    stateMessage: undefined,
    progress: 100,
    startedAt: new Date('2026-11-01T00:00:00Z'),
    sizeGiB: 8,
    tags: {},
    description: '',
    tier: 'standard',
    fullBytes: undefined,
    ...more,
  };
}

/** One that the rotation may delete today, were it not for a rule. */
export function due(id: string, more: Partial<Snapshot> = {}): Snapshot {
  return snapshot(id, { ...more, tags: { Type: 'Automated', DeleteOn: today, ...more.tags } });
}

export function instance(tags: Tags = {}, more: Partial<Instance> = {}): Instance {
  return {
    id: 'i-0000000000000000a',
    name: 'web',
    state: 'running',
    zone: 'us-east-1a',
    tags: { Backup: 'Yes', ...tags },
    devices: { '/dev/xvda': 'vol-0000000000000000a', '/dev/sdf': 'vol-0000000000000000b' },
    rootDevice: '/dev/xvda',
    launchedAt: new Date('2026-01-01T00:00:00Z'),
    type: 'm5.large',
    windows: false,
    ...more,
  };
}
