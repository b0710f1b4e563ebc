/** Two rotations of one region at once, through the real adapters, on one lab: the slot gets one set of snapshots. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { inputs } from '../../src/actions/ebs-rotate/inputs.ts';
import type { Findings } from '../../src/actions/ebs-rotate/ports.ts';
import { run } from '../../src/actions/ebs-rotate/run.ts';
import { SsmClaims } from '../../src/adapters/aws/claims.ts';
import { createEc2Regions } from '../../src/adapters/aws/ec2-regions.ts';
import { decisiveTags } from '../../src/rotation/plan/tags.ts';
import { fakeContext, fakeRun, settingsFrom } from '../fakes/context.ts';
import { FakeFreezer, FakeHooks } from '../fakes/quiesce.ts';
import { type Services, startServices } from './ports/services.ts';

const region = 'us-east-1';
const volumes = ['vol-0aaaaaaaaaaaaaaa1', 'vol-0bbbbbbbbbbbbbbb1'];

let services: Services;
beforeEach(async () => {
  const instance = {
    id: 'i-0a5be1d9c3f2e7a01',
    name: 'ib01.prod',
    state: 'running' as const,
    zone: 'us-east-1a',
    type: 'm5.large',
    tags: { Backup: 'Yes' },
    rootVolumeId: volumes[0] ?? '',
    volumes: [{ id: volumes[1] ?? '', device: '/dev/sdf', sizeGiB: 8, tags: {} }],
  };
  // In EC2's model only: no host sees its volumes.
  services = await startServices({ regions: [{ region, instances: [instance] }] });
});
afterEach(() => services.stop());

async function rotate(id: number) {
  const { session, clock } = services;
  const settings = settingsFrom(inputs, { 'aws-region': region, 'github-token': 'token', mode: 'create' });
  const findings: Partial<Findings> = {};
  const context = {
    ...fakeContext<Findings>(clock as never, fakeRun(id), (more) => Object.assign(findings, more)),
    clock,
  };
  const ports = {
    regions: createEc2Regions({ home: region, tagsToKeep: decisiveTags, session: () => session }),
    claims: new SsmClaims(session, context.signal),
    runs: { state: async () => 'unknown' as const },
    hosts: new FakeFreezer(clock),
    hooks: new FakeHooks(clock),
    workflows: { newestRun: async () => ({ state: 'none' as const, url: '' }) },
    random: () => 0.5,
    remember: () => {},
    forget: () => {},
  };
  await run(settings, ports, context);
  return findings.rotation;
}

test('one creates the snapshots; the others wait, and find the slot taken', async () => {
  const reports = await Promise.all([1, 2, 3].map(rotate));
  const made = [...services.aws.ec2.world(region).snapshots.values()].map(({ volumeId }) => volumeId);
  expect(made.filter((id) => volumes.includes(id)).sort()).toEqual(volumes);
  expect(reports.map((one) => one?.created.length).sort()).toEqual([0, 0, 1]);
  expect(reports.flatMap((one) => one?.skipped ?? []).map(({ reason }) => reason)).toHaveLength(2);
});
