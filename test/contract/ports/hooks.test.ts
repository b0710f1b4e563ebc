import { hookDocument as document } from '../../../lab/rehearsals/rotation/hook-document.ts';
import { SsmHooks } from '../../../src/adapters/aws/hooks.ts';
import { FakeLogger } from '../../fakes/clock.ts';
import { hookInstance, hooksSuite } from './hooks.ts';
import { startServices } from './services.ts';

hooksSuite('SSM', async () => {
  let isQuiesced = false;
  let exitCode = 0;
  const host = {
    id: hookInstance,
    run: (script: string) => {
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
    hosts: [host],
    documents: new Map([[document.name, document.content]]),
  });
  const { session, clock, labClock, stop } = services;
  return {
    hooks: new SsmHooks(session, { clock, logger: new FakeLogger(), comment: 'test' }),
    now: () => labClock.now(),
    isQuiesced: () => isQuiesced,
    pass: async (seconds) => {
      for (let step = 0; step < 10; step += 1) {
        labClock.advance(seconds * 100);
        // What came due may go on.
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    },
    breakDocument: () => {
      exitCode = 1;
    },
    stop,
  };
});
