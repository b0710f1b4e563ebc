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

hostsSuite('SSM', async () => {
  const held = { error: { code: 'held', message: 'the source is held', detail: '' } };
  const run = (script: string) =>
    script.includes('SSM_LeaseSeconds * 1000')
      ? { exitCode: 3, stdout: JSON.stringify(held) }
      : { exitCode: 0, stdout: JSON.stringify(inspected) };
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
    hosts: [{ id: instanceId, run }],
  });
  return {
    hosts: new SsmHosts(session, { documents: 'Holdfast-', clock, logger: new FakeLogger(), comment: 'test' }),
    instanceId,
    setOffline: (offline) => aws.ssm.agentOffline(instanceId, offline),
    holdByOther: async () => {},
    stop,
  };
});
