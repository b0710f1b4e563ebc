import { SsmHosts } from '../../../src/adapters/aws/hosts.ts';
import { FakeLogger } from '../../fakes/clock.ts';
import { hostsSuite } from './hosts.ts';
import { startServices } from './services.ts';

const instanceId = 'i-0a5be1d9c3f2e7a01';
const inspected = {
  host: 'ib01',
  mountPoint: '/ibdata',
  mounted: true,
  isRoot: false,
  device: '/dev/nvme1n1',
  volumeIds: ['vol-0bbbbbbbbbbbbbbb1'],
  filesystem: 'xfs',
  sizeBytes: 1000,
  usedBytes: 100,
  serviceState: 'active',
  answers: true,
  serverVersion: '10.11',
  icm: null,
  hold: null,
};

const quiesced = { device: '/dev/nvme1n1', leaseArmedMs: 1, pauseStartedMs: 2, serviceStoppedMs: 3, atRestMs: 4 };
const held = { error: { code: 'held', message: 'the source is held', detail: '' } };

/** A source as far as the suite asks: it can be inspected, and one hold has it. */
function source() {
  let holdId: string | undefined;
  return (_script: string, { SSM_HoldId: id }: Readonly<Record<string, string>>) => {
    const answer = (line: unknown, exitCode = 0) => ({ exitCode, stdout: JSON.stringify(line) });
    if (id === undefined) return answer(inspected);
    holdId ??= id;
    return id === holdId ? answer({ holdId, ...quiesced }) : answer(held, 3);
  };
}

hostsSuite('SSM', async () => {
  const { session, clock, aws, stop } = await startServices({
    instances: [
      {
        id: instanceId,
        name: 'ib01.prod',
        state: 'running',
        zone: 'us-east-1a',
        type: 'm5.large',
        tags: { 'holdfast:host': 'source' },
        rootVolumeId: 'vol-0aaaaaaaaaaaaaaa1',
        volumes: [],
      },
    ],
    hosts: [{ id: instanceId, run: source() }],
  });
  return {
    hosts: new SsmHosts(session, { documents: 'Holdfast-', clock, logger: new FakeLogger(), comment: 'test' }),
    instanceId,
    setOffline: (offline) => aws.ssm.agentOffline(instanceId, offline),
    stop,
  };
});
