/** What the port Hooks promises of documents of the users' own, and of AWS's document for VSS. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Tags } from '../../../src/domain/ec2.ts';
import type { Hooks } from '../../../src/ports/hooks.ts';
import { refusal } from './suite.ts';

export const hookInstance = 'i-0a5be1d9c3f2e7a01';
export const hookDocument = 'HoldfastHook-flush';

/** An instance with Windows. */
export const windows = { id: 'i-0e1f2a3b4c5d6e703', root: 'vol-0aaaaaaaaaaaaaaa3', data: 'vol-0bbbbbbbbbbbbbbb3' };

/** A snapshot that VSS made. */
export interface VssSnapshot {
  readonly volumeId: string;
  readonly description: string;
  readonly tags: Tags;
}

export interface HooksWorld {
  readonly hooks: Hooks;
  /** Whether the application on the instance is quiesced by the document. */
  readonly isQuiesced: () => boolean;
  readonly pass: (seconds: number) => Promise<void>;
  /** From now on the document ends badly on the instance. */
  readonly breakDocument: () => void;
  /** From now on Windows' writers do not answer in time. */
  readonly breakVss: () => void;
  readonly vssSnapshots: () => readonly VssSnapshot[];
  readonly stop: () => Promise<void>;
}

export function hooksSuite(name: string, start: () => Promise<HooksWorld>): void {
  describe(`Hooks: ${name}`, () => {
    let world: HooksWorld;
    let hooks: Hooks;
    beforeEach(async () => {
      world = await start();
      hooks = world.hooks;
    });
    afterEach(() => world.stop());

    const run = (command: 'pre-script' | 'post-script') => hooks.run(hookInstance, hookDocument, command, 60);
    const arm = (seconds: number): Promise<string> => hooks.arm(hookInstance, hookDocument, seconds);

    test('pre-script quiesces, post-script resumes', async () => {
      await run('pre-script');
      expect(world.isQuiesced()).toBe(true);
      await run('post-script');
      expect(world.isQuiesced()).toBe(false);
    });

    test('a lease runs post-script at its time, and is listed until then', async () => {
      const lease = await arm(60);
      await run('pre-script');
      expect(await hooks.leases(hookInstance)).toEqual([lease]);
      await world.pass(50);
      expect(world.isQuiesced()).toBe(true);
      await world.pass(15);
      expect(world.isQuiesced()).toBe(false);
      expect(await hooks.leases(hookInstance)).toEqual([]);
      await hooks.disarm(lease);
    });

    test('a lease that was taken back does nothing at its time', async () => {
      const lease = await arm(60);
      await run('pre-script');
      await hooks.disarm(lease);
      expect(await hooks.leases(hookInstance)).toEqual([]);
      await world.pass(70);
      expect(world.isQuiesced()).toBe(true);
      await hooks.disarm(lease);
    });

    test('leases of other instances are not listed', async () => {
      await arm(60);
      expect(await hooks.leases('i-0f84c6b27d1e93a02')).toEqual([]);
    });

    describe('VSS', () => {
      const vss = (excludeRoot: boolean): Promise<void> =>
        hooks.vss(windows.id, {
          description: 'web (i-1) - eu-west-1',
          excludeRoot,
          tags: { Type: 'Automated', 'holdfast:attempt': '7-1-vss' },
          timeoutSeconds: 60,
        });

      test.each([
        ['every volume', false, [windows.root, windows.data]],
        ['every volume but the root volume', true, [windows.data]],
      ])('makes a snapshot of %s, with description and tags', async (_which, excludeRoot, volumes) => {
        await vss(excludeRoot);
        const made = world.vssSnapshots();
        expect(made.map(({ volumeId }) => volumeId).sort()).toEqual(volumes);
        for (const { description, tags } of made) {
          expect(description).toBe('web (i-1) - eu-west-1');
          expect(tags).toEqual({ Type: 'Automated', 'holdfast:attempt': '7-1-vss', AppConsistent: 'True' });
        }
      });

      test('whose writers do not answer is an error, and makes no snapshot', async () => {
        world.breakVss();
        expect(await refusal(vss(false))).toEqual({ code: 'Failed', kind: 'other', outcome: 'maybe-done' });
        expect(world.vssSnapshots()).toEqual([]);
      });
    });

    test('a document that ends badly is an error', async () => {
      world.breakDocument();
      expect(await refusal(run('pre-script'))).toEqual({ code: 'Failed', kind: 'other', outcome: 'maybe-done' });
    });
  });
}
