/** What the port Trail promises. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Trail } from '../../../src/ports/trail.ts';

export interface TrailWorld {
  readonly trail: Trail;
  /** Deletes so many snapshots that are not there, one a minute, then changes the lifecycle of a bucket. */
  readonly act: (snapshots: number) => Promise<{ readonly from: Date; readonly until: Date; readonly bucket: string }>;
  /** Lets so many days go by. */
  readonly pass: (days: number) => void;
  readonly now: () => Date;
  readonly stop: () => Promise<void>;
}

export function trailSuite(name: string, start: () => Promise<TrailWorld>): void {
  describe(`Trail: ${name}`, () => {
    let world: TrailWorld;
    let done: Awaited<ReturnType<TrailWorld['act']>>;
    beforeAll(async () => {
      world = await start();
      done = await world.act(70);
    });
    afterAll(() => world.stop());

    test('events of one name, newest first, over all pages, with who called and what AWS refused', async () => {
      const { events, more } = await world.trail.events('DeleteSnapshot', done.from, done.until, 1000);
      expect(more).toBe(false);
      expect(events).toHaveLength(70);
      expect(events[0]).toMatchObject({
        name: 'DeleteSnapshot',
        region: 'us-east-1',
        caller: 'arn:aws:iam::123456789012:user/lab-administrator',
        refused: 'InvalidSnapshot.NotFound',
        parameters: { snapshotId: 'snap-00000000000000069' },
      });
      const times = events.map(({ at }) => Date.parse(at));
      expect(times).toEqual(times.toSorted((a, b) => b - a));
      expect(new Set(events.map(({ id }) => id)).size).toBe(70);
    });

    test('as many as are wanted, and whether there are more', async () => {
      const { events, more } = await world.trail.events('DeleteSnapshot', done.from, done.until, 50);
      expect([events.length, more]).toEqual([50, true]);
    });

    test('of the time that is asked for', async () => {
      const middle = new Date(done.from.getTime() + 30.5 * 60_000);
      const { events } = await world.trail.events('DeleteSnapshot', middle, done.until, 1000);
      expect(events).toHaveLength(40);
      await expect(world.trail.events('DeleteSnapshot', done.until, done.from, 50)).rejects.toMatchObject({
        code: 'InvalidTimeRangeException',
      });
    });

    test('of buckets, under the names that S3 gives them', async () => {
      const { events } = await world.trail.events('PutBucketLifecycle', done.from, done.until, 50);
      expect(events).toMatchObject([{ parameters: { bucketName: done.bucket } }]);
      expect(events[0]?.refused).toBeUndefined();
    });

    test('and nothing that is older than 90 days', async () => {
      world.pass(91);
      expect(await world.trail.events('DeleteSnapshot', done.from, world.now(), 50)).toEqual({
        events: [],
        more: false,
      });
    });
  });
}
