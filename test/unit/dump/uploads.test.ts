/** The files of a dump that is given up: nothing stays visible. */
import { expect, test } from '@jest/globals';
import { DumpUploads } from '../../../src/dump/uploads.ts';
import { FakeClock, FakeLogger } from '../../fakes/clock.ts';
import { fakeRun } from '../../fakes/context.ts';
import { FakeObjects } from '../../fakes/objects.ts';

const location = {
  source: 'shop',
  bucket: 'b',
  receiptBucket: 'b',
  prefix: 'db/',
  name: 'shop',
  keepAs: 'versions',
  format: 'custom',
} as const;

async function begun(archiveChecksum: 'CRC32' | 'SHA256') {
  const clock = new FakeClock();
  const objects = new FakeObjects(clock);
  const takenAt = clock.now().toISOString();
  const logger = new FakeLogger();
  const run = fakeRun(1);
  const uploads = new DumpUploads({
    location,
    takenAt,
    run,
    tags: () => ({}),
    archiveChecksum,
    objects,
    cleanupObjects: objects,
    logger,
  });
  for (const kind of ['archive', 'plain'] as const) await (await uploads.begin(kind)).write(Buffer.from(kind));
  return { objects, uploads };
}

test.each(['heard', 'lost'])(
  'the archive that a host has published goes, too, whether its answer was %s',
  async (answer) => {
    const { objects, uploads } = await begun('SHA256');
    const archive = uploads.get('archive');
    await archive?.finish();
    await archive?.complete();
    if (answer === 'lost') Object.assign(archive ?? {}, { completed: undefined });
    expect(await objects.list('b', 'db/')).toHaveLength(1);
    expect(await uploads.giveUp()).toBe(true);
    expect(await objects.versions('b', 'db/')).toEqual([]);
    expect(objects.uploads.size).toBe(0);
  },
);

test('before anything is published, uploads are aborted, and nothing is listed', async () => {
  const { objects, uploads } = await begun('CRC32');
  objects.versions = () => Promise.reject(new Error('listed'));
  expect(await uploads.giveUp()).toBe(true);
  expect(objects.uploads.size).toBe(0);
});
