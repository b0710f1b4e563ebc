/** What the port Objects promises. */
import { createHash, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { LifecycleRule } from '../../../src/domain/s3.ts';
import type { HostPart, NewObject, Objects, SignedParts, UploadedPart } from '../../../src/ports/objects.ts';
import { refusal } from './suite.ts';

export interface ObjectsWorld {
  readonly objects: Objects;
  readonly bucket: string;
  /**
   * A host without credentials uploads a part: it has the URL of all parts, and the signature of this one.
   * @returns the status of the answer, and the ETag when the part was accepted
   */
  readonly sendPart: (
    signed: { readonly url: string; readonly signature: string },
    part: HostPart,
    body: Buffer,
  ) => Promise<{ readonly status: number; readonly etag: string }>;
  /** Sets up the bucket. */
  readonly configure: (settings: { readonly versioned: boolean; readonly rules: readonly LifecycleRule[] }) => void;
  /** From now on new versions are locked for so many days. */
  readonly lock: (days: number) => void;
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
      const written = await upload.complete();
      const { versionId } = written;
      expect(await upload.complete()).toEqual(written);
      expect(upload.completed).toEqual(written);
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

    test('a document is replaced only by who has read it as it is', async () => {
      const place = { bucket, key: 'receipts/1.json' };
      expect(await objects.document(place)).toBeUndefined();
      await objects.put(object(place.key), 'one');
      const one = await objects.document(place);
      expect(one?.text).toBe('one');
      await objects.put(object(place.key), 'two', one?.etag);
      expect((await refusal(objects.put(object(place.key), 'three', one?.etag))).code).toBe('PreconditionFailed');
      expect(await objects.text(place)).toBe('two');
      const two = await objects.document(place);
      const { etag } = await objects.put(object(place.key), 'three', two?.etag);
      await objects.put(object(place.key), 'four', etag);
      expect(await objects.text(place)).toBe('four');
    });

    test('a first document is written only where there is none, or where its key holds a delete marker', async () => {
      const place = { bucket, key: 'receipts/1.json' };
      await objects.put(object(place.key), 'one', null);
      expect((await refusal(objects.put(object(place.key), 'two', null))).code).toBe('PreconditionFailed');
      expect(await objects.text(place)).toBe('one');
      await objects.delete(place);
      await objects.put(object(place.key), 'three', null);
      expect(await objects.text(place)).toBe('three');
    });

    test('a copy is an object of its own: it stays when its source goes, and takes no other place', async () => {
      const { versionId: first } = await objects.put(object('db/x & ü.dump'), 'one');
      await objects.put(object('db/x & ü.dump'), 'three');
      const from = { bucket, key: 'db/x & ü.dump', versionId: first };
      const to = { ...object('db/x/20261121T040512Z/x.dump'), metadata: { 'holdfast-run': 'r#2' } };
      const { versionId, etag } = await objects.copy(from, to, 3);
      expect((await objects.versions(bucket, to.key)).map((one) => one.etag)).toEqual([etag]);
      await objects.delete(from);
      expect(await objects.text({ bucket, key: to.key, versionId })).toBe('one');
      expect(await objects.metadata({ bucket, key: to.key, versionId })).toEqual({ 'holdfast-run': 'r#2' });
      const again = objects.copy({ bucket, key: 'db/x & ü.dump' }, to, 5);
      expect((await refusal(again)).code).toBe('PreconditionFailed');
      expect((await refusal(objects.copy(from, object('db/y'), 3))).kind).toBe('not-found');
      expect(await objects.versions(bucket, 'db/x/')).toHaveLength(1);
      expect(await objects.versions(bucket, 'db/y')).toEqual([]);
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

    test('a bucket without a lock has none', async () => {
      expect(await objects.objectLock(bucket)).toBeUndefined();
    });

    test('a version that the bucket locks is kept, whole; its current object can be hidden', async () => {
      world.lock(7);
      const upload = await objects.upload(object('db/x'));
      await upload.write(Buffer.from('locked'));
      await upload.finish();
      const { versionId } = await upload.complete();
      const place = { bucket, key: 'db/x', versionId };
      expect(await objects.objectLock(bucket)).toEqual({ mode: 'COMPLIANCE', days: 7 });
      expect(await objects.delete(place)).toEqual({ kind: 'locked', until: expect.any(Date) });
      expect(await objects.delete({ bucket, key: 'db/x' })).toEqual({ kind: 'deleted' });
      expect(await objects.text(place)).toBe('locked');
      const { versionId: receipt } = await objects.put(object('db/r.json'), '{}');
      expect(await objects.delete({ bucket, key: 'db/r.json', versionId: receipt })).toMatchObject({ kind: 'locked' });
    });

    test('the current objects of a prefix are listed by key', async () => {
      for (const key of ['db/b', 'db/a', 'other']) await objects.put(object(key), key);
      expect((await objects.list(bucket, 'db/')).map(({ key, size }) => [key, size])).toEqual([
        ['db/a', 4],
        ['db/b', 4],
      ]);
    });

    describe('parts that a host uploads', () => {
      const hash = (body: Buffer): string => createHash('sha256').update(body).digest('hex');
      // S3 accepts smaller parts only as the last one.
      const bodies = [randomBytes(5 * 1024 * 1024), Buffer.from('the end')];
      const parts = bodies.map((body, index) => ({ number: index + 1, sha256: hash(body) }));
      const whole = { size: Buffer.concat(bodies).length, sha256: hash(Buffer.concat(bodies)) };
      const begin = () => objects.upload({ ...object('db/host.dump'), checksum: 'SHA256' });
      const send = ({ url, signatures }: SignedParts, index: number, body = bodies[index] as Buffer) =>
        world.sendPart({ url, signature: signatures[index] ?? '' }, parts[index] as HostPart, body);

      test('are accepted with their signatures, and become the object once they are adopted', async () => {
        const upload = await begin();
        const signed = await upload.sign(parts);
        expect(signed.signatures).toHaveLength(2);
        const adopted: UploadedPart[] = [];
        for (const [index, part] of parts.entries()) {
          const { status, etag } = await send(signed, index);
          expect(status).toBe(200);
          adopted.push({ ...part, etag });
        }
        upload.adopt(adopted, whole);
        expect(await upload.finish()).toEqual(whole);
        const { versionId } = await upload.complete();
        expect((await bytesOf('db/host.dump', versionId)).equals(Buffer.concat(bodies))).toBe(true);
      });

      test('are refused with the signature of another part, or with other bytes', async () => {
        const upload = await begin();
        const signed = await upload.sign(parts);
        const swapped = { ...signed, signatures: signed.signatures.toReversed() };
        expect((await send(swapped, 1)).status).toBe(403);
        expect((await send(signed, 1, Buffer.from('the END'))).status).toBe(400);
        expect((await send(signed, 1)).status).toBe(200);
        await upload.abort();
      });

      test('make no object when one of them has not arrived', async () => {
        const upload = await begin();
        const { etag } = await send(await upload.sign(parts), 0);
        upload.adopt(
          parts.map((part) => ({ ...part, etag })),
          whole,
        );
        expect((await refusal(upload.complete())).code).toBe('InvalidPart');
        expect(await objects.list(bucket, 'db/')).toEqual([]);
      });
    });

    test.each([true, false])('whether the bucket keeps versions is known: %s', async (versioned) => {
      world.configure({ versioned, rules: [] });
      expect(await objects.versioned(bucket)).toBe(versioned);
    });

    test('the rules of the lifecycle are read, and a bucket may have none', async () => {
      const rule = { prefix: 'db/', newerNoncurrentVersions: undefined, expirationDays: undefined };
      const rules: readonly LifecycleRule[] = [
        {
          ...rule,
          id: 'older',
          enabled: true,
          noncurrentDays: 3,
          newerNoncurrentVersions: 5,
          abortUploadDays: undefined,
        },
        { ...rule, id: 'unfinished', enabled: false, noncurrentDays: undefined, abortUploadDays: 2 },
        {
          ...rule,
          id: 'tagged',
          enabled: true,
          tags: { team: 'shop', tier: 'gold' },
          expirationDays: 90,
          noncurrentDays: undefined,
          abortUploadDays: undefined,
        },
      ];
      world.configure({ versioned: true, rules });
      expect(await objects.lifecycle(bucket)).toEqual(rules);
      world.configure({ versioned: true, rules: [] });
      expect(await objects.lifecycle(bucket)).toEqual([]);
    });

    test('tags of a version that does not exist are refused', async () => {
      const { versionId } = await objects.put(object('db/x'), 'one');
      await objects.setTags({ bucket, key: 'db/x', versionId }, { 'holdfast:verdict': 'good' });
      expect((await refusal(objects.setTags({ bucket, key: 'db/y' }, {}))).code).toBe('NoSuchKey');
      await objects.delete({ bucket, key: 'db/x', versionId });
      expect((await refusal(objects.setTags({ bucket, key: 'db/x', versionId }, {}))).code).toBe('NoSuchVersion');
    });

    test('tags with characters that S3 does not allow are refused', async () => {
      await objects.put(object('db/x'), 'one');
      expect((await refusal(objects.setTags({ bucket, key: 'db/x' }, { a: 'b&c' }))).code).toBe('InvalidTag');
      expect((await refusal(objects.put({ ...object('db/y'), tags: { 'a&b': 'c' } }, 'x'))).code).toBe('InvalidTag');
      expect(await objects.list(bucket, 'db/y')).toEqual([]);
    });

    test('a delete marker has no text, and cannot be read by its version', async () => {
      await objects.put(object('db/x'), 'one');
      await objects.delete({ bucket, key: 'db/x' });
      const [marker] = (await objects.versions(bucket, 'db/x')).filter(({ deleteMarker }) => deleteMarker);
      expect(await objects.text({ bucket, key: 'db/x', versionId: marker?.versionId })).toBeUndefined();
      expect((await refusal(bytesOf('db/x', marker?.versionId))).code).toBe('MethodNotAllowed');
    });
  });
}
