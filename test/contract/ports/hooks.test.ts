import { hookDocument as document } from '../../../lab/rehearsals/rotation/hook-document.ts';
import type { LabClock } from '../../../lab/services/clock/clock.ts';
import { SsmHooks } from '../../../src/adapters/aws/hooks.ts';
import { FakeLogger } from '../../fakes/clock.ts';
import { hookInstance, hooksSuite, windows } from './hooks.ts';
import { type DoubleHost, startServices } from './services.ts';

hooksSuite('SSM', async () => {
  let isQuiesced = false;
  let exitCode = 0;
  let labClock: LabClock | undefined;
  const host: DoubleHost = {
    id: hookInstance,
    run: async (script, _environment, signal) => {
      const [, seconds] = /^sleep (\d+)$/m.exec(script) ?? [];
      if (seconds !== undefined)
        return new Promise((resolve) => {
          const end = (): void => resolve({ exitCode: signal.aborted ? 137 : 0, stdout: '' });
          labClock?.after(Number(seconds) * 1000, end);
          signal.addEventListener('abort', end);
        });
      isQuiesced = script.includes('case "pre-script"');
      return { exitCode, stdout: '' };
    },
  };
  const services = await startServices({
    instances: [
      {
        id: hookInstance,
        name: 'ib01.prod',
        state: 'running',
        zone: 'us-east-1a',
        type: 'm5.large',
        tags: { Backup: 'Yes' },
        rootVolumeId: 'vol-0aaaaaaaaaaaaaaa1',
        volumes: [],
      },
    ],
    // Volumes in EC2's model only: no host sees them.
    regions: [
      {
        region: 'us-east-1',
        instances: [
          {
            id: windows.id,
            name: 'win01.prod',
            state: 'running',
            zone: 'us-east-1a',
            type: 'm5.large',
            platform: 'windows',
            tags: { Backup: 'Yes' },
            rootVolumeId: windows.root,
            volumes: [{ id: windows.data, device: '/dev/sdf', sizeGiB: 8, tags: {} }],
          },
        ],
      },
    ],
    hosts: [host],
    documents: new Map([[document.name, document.content]]),
  });
  const { session, aws, clock, stop } = services;
  labClock = services.labClock;
  return {
    hooks: new SsmHooks(session, { clock, logger: new FakeLogger(), comment: 'test', documents: 'Holdfast-' }),
    isQuiesced: () => isQuiesced,
    pass: async (seconds) => {
      for (let step = 0; step < 10; step += 1) {
        services.labClock.advance(seconds * 100);
        // What came due may go on.
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    },
    breakDocument: () => {
      exitCode = 1;
    },
    breakVss: () => {
      aws.ssm.vssFails = true;
    },
    vssSnapshots: () =>
      [...aws.ec2.world('us-east-1').snapshots.values()]
        // Other accounts have snapshots, too.
        .filter(({ volumeId }) => volumeId === windows.root || volumeId === windows.data)
        .map((one) => ({ ...one, tags: Object.fromEntries(one.tags) })),
    stop,
  };
});
