/** What the port Objects promises. */
import { createHash, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { NewObject, Objects } from '../../../src/ports/objects.ts';
import { refusal } from './suite.ts';

export interface ObjectsWorld {
  readonly objects: Objects;
  readonly bucket: string;
  readonly stop: () => Promise<void>;
}

export function objectsSuite(name: string, start: () => Promise<ObjectsWorld>): void {
  describe(`Objects: ${name}`, () => {
    let world: ObjectsWorld;
    let objects: Objects;
    let bucket: string;
    beforeEach(async () => {
      world = await start();
      ({ objects, bucket } = world);
    });
    afterEach(() => world.stop());

    const object = (key: string): NewObject => ({
      bucket,
      key,
      contentType: 'application/octet-stream',
      tags: { 'holdfast:source': 'shop' },
      metadata: { 'holdfast-run': 'r#1' },
    });
    const bytesOf = async (key: string, versionId?: string): Promise<Buffer> => {
      const parts: Buffer[] = [];
      for await (const part of objects.read({ bucket, key, versionId })) parts.push(Buffer.from(part));
      return Buffer.concat(parts);
    };

    test('an upload is invisible until it is complete, and then is what was written', async () => {
      const upload = await objects.upload(object('db/shop.dump'));
      const body = randomBytes(100_000);
      const reused = Buffer.alloc(1000);
      for (let at = 0; at < body.length; at += reused.length) {
        body.copy(reused, 0, at);
        await upload.write(reused);
      }
      expect(await upload.finish()).toEqual({
        size: body.length,
        sha256: createHash('sha256').update(body).digest('hex'),
      });
      expect(await objects.list(bucket, 'db/')).toEqual([]);
      expect(upload.completed).toBeUndefined();
      expect((await objects.unfinished(bucket, 'db/')).map(({ uploadId }) => uploadId)).toEqual([upload.id]);
      const { versionId } = await upload.complete();
      expect(await upload.complete()).toEqual({ versionId });
      expect(upload.completed).toEqual({ versionId });
      await upload.abort();
      expect(await objects.unfinished(bucket, 'db/')).toEqual([]);
      expect(await bytesOf('db/shop.dump')).toEqual(body);
      expect(await bytesOf('db/shop.dump', versionId)).toEqual(body);
      expect(await objects.metadata({ bucket, key: 'db/shop.dump', versionId })).toEqual({ 'holdfast-run': 'r#1' });
    });

    test('an aborted upload leaves nothing, whoever aborts it, and however often', async () => {
      const [first, second] = [await objects.upload(object('db/a')), await objects.upload(object('db/b'))];
      await first.write(Buffer.from('half'));
      await first.abort();
      await first.abort();
      expect((await objects.unfinished(bucket, 'db/')).map(({ key }) => key)).toEqual(['db/b']);
      await objects.abortUpload(bucket, second.key, second.id);
      await objects.abortUpload(bucket, second.key, second.id);
      expect(await objects.unfinished(bucket, 'db/')).toEqual([]);
      const late = second.finish().then(() => second.complete());
      expect((await refusal(late)).code).toBe('NoSuchUpload');
      expect(await objects.versions(bucket, 'db/')).toEqual([]);
    });

    test('small objects are written whole, and read as text', async () => {
      await objects.put(object('receipts/1.json'), '{"ä":1}');
      expect(await objects.text({ bucket, key: 'receipts/1.json' })).toBe('{"ä":1}');
      expect(await objects.text({ bucket, key: 'receipts/2.json' })).toBeUndefined();
      expect((await refusal(bytesOf('receipts/2.json'))).code).toBe('NoSuchKey');
    });

    test('older versions stay; a deletion hides an object, and that of a version removes it', async () => {
      const { versionId: first } = await objects.put(object('db/x'), 'one');
      const { versionId: second } = await objects.put(object('db/x'), 'three');
      const listed = async () =>
        (await objects.versions(bucket, 'db/x')).map(({ versionId, size, latest }) => [versionId, size, latest]);
      const both = await listed();
      expect(both).toHaveLength(2);
      expect(both).toEqual(
        expect.arrayContaining([
          [second, 5, true],
          [first, 3, false],
        ]),
      );
      await objects.delete({ bucket, key: 'db/x' });
      expect(await objects.list(bucket, 'db/')).toEqual([]);
      expect((await objects.versions(bucket, 'db/x')).map((one) => [one.latest, one.deleteMarker]).sort()).toEqual([
        [false, false],
        [false, false],
        [true, true],
      ]);
      expect(await objects.text({ bucket, key: 'db/x' })).toBeUndefined();
      expect(await objects.text({ bucket, key: 'db/x', versionId: first })).toBe('one');
      await objects.delete({ bucket, key: 'db/x', versionId: first });
      expect(await objects.text({ bucket, key: 'db/x', versionId: first })).toBeUndefined();
      expect(await objects.text({ bucket, key: 'db/x', versionId: second })).toBe('three');
    });

    test('the current objects of a prefix are listed by key', async () => {
      for (const key of ['db/b', 'db/a', 'other']) await objects.put(object(key), key);
      expect((await objects.list(bucket, 'db/')).map(({ key, size }) => [key, size])).toEqual([
        ['db/a', 4],
        ['db/b', 4],
      ]);
    });

    test('tags of a version that does not exist are refused', async () => {
      const { versionId } = await objects.put(object('db/x'), 'one');
      await objects.setTags({ bucket, key: 'db/x', versionId }, { 'holdfast:verdict': 'good' });
      expect((await refusal(objects.setTags({ bucket, key: 'db/y' }, {}))).code).toBe('NoSuchKey');
    });
  });
}
