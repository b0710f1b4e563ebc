/** What the port Objects promises (src/ports/objects.ts), asked of the product's adapter. */
import type { NewObject, Objects } from '../../../src/ports/objects.ts';
import { objectsOf } from '../../lib/s3.ts';
import type { Answers } from './answers.ts';
import { bytesOf, hash } from './bytes.ts';
import { hostDump } from './host.ts';
import { putPart } from './parts.ts';
import type { Side } from './sides.ts';

const object = (bucket: string, key: string): NewObject => ({
  ...{ bucket, key, contentType: 'application/octet-stream' },
  tags: { 'holdfast:source': 'shop', 'with space': 'a=b/ü+c' },
  metadata: { 'holdfast-run': 'r#1' },
});

async function read(objects: Objects, bucket: string, key: string, versionId?: string): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of objects.read({ bucket, key, versionId })) parts.push(Buffer.from(part));
  return hash(Buffer.concat(parts));
}

type Part = (objects: Objects, bucket: string, answers: Answers) => Promise<void>;

const uploads: Part = async (objects, bucket, answers) => {
  const upload = await objects.upload(object(bucket, 'db/shop dump+ü.dump'));
  // Two parts of 8 MiB, and a rest.
  const body = bytesOf(17 * 1024 * 1024);
  for (let at = 0; at < body.length; at += 1_000_000) await upload.write(body.subarray(at, at + 1_000_000));
  await answers.of('upload: finish', () => upload.finish());
  await answers.of('upload: list before it is complete', () => objects.list(bucket, 'db/'));
  await answers.of('upload: unfinished', () => objects.unfinished(bucket, 'db/'));
  await answers.of('upload: unfinished of another prefix', () => objects.unfinished(bucket, 'other/'));
  const written = await answers.of('upload: complete', () => upload.complete());
  await answers.of('upload: complete again', () => upload.complete());
  await answers.of('upload: abort when complete', () => upload.abort());
  await answers.of('upload: nothing unfinished', () => objects.unfinished(bucket, ''));
  const place = { bucket, key: upload.key };
  answers.note('upload: content', (await read(objects, bucket, upload.key)) === hash(body));
  answers.note(
    'upload: content of its version',
    (await read(objects, bucket, upload.key, written?.versionId)) === hash(body),
  );
  await answers.of('upload: metadata', () => objects.metadata(place));
  await answers.of('upload: versions', () => objects.versions(bucket, 'db/'));
  const empty = await objects.upload(object(bucket, 'db/empty'));
  await answers.of('empty upload: finish', () => empty.finish());
  await answers.of('empty upload: complete', () => empty.complete());
  answers.note('empty upload: content', await read(objects, bucket, 'db/empty'));
  for (const key of [upload.key, 'db/empty']) await objects.delete({ bucket, key });
};

const aborted: Part = async (objects, bucket, answers) => {
  const [first, second] = [await objects.upload(object(bucket, 'ab/a')), await objects.upload(object(bucket, 'ab/b'))];
  await first.write(Buffer.from('half'));
  await answers.of('abort: own', () => first.abort());
  await answers.of('abort: own again', () => first.abort());
  await answers.of('abort: the other is still there', () => objects.unfinished(bucket, 'ab/'));
  await answers.of('abort: by id', () => objects.abortUpload(bucket, second.key, second.id));
  await answers.of('abort: by id again', () => objects.abortUpload(bucket, second.key, second.id));
  await answers.of('abort: finish afterwards', () => second.finish());
  await answers.of('abort: nothing was written', () => objects.versions(bucket, 'ab/'));
};

const small: Part = async (objects, bucket, answers) => {
  const key = 'receipts/a b/1.json';
  const text = (more: { readonly key?: string; readonly versionId?: string | undefined }) => () =>
    objects.text({ bucket, key, ...more });
  const one = await answers.of('small: put', () => objects.put(object(bucket, key), '{"ä":1}'));
  const two = await answers.of('small: put again', () => objects.put(object(bucket, key), '{"ä":12}'));
  await answers.of('small: text', text({}));
  await answers.of('small: text of the first', text({ versionId: one?.versionId }));
  await answers.of('small: text that is not there', text({ key: 'receipts/2.json' }));
  await answers.of('small: read what is not there', () => read(objects, bucket, 'receipts/2.json'));
  await answers.of('small: metadata of what is not there', () => objects.metadata({ bucket, key: 'receipts/2.json' }));
  await answers.of('small: versions', () => objects.versions(bucket, 'receipts/'));
  await answers.of('small: hide', () => objects.delete({ bucket, key }));
  await answers.of('small: list when hidden', () => objects.list(bucket, 'receipts/'));
  await answers.of('small: versions when hidden', () => objects.versions(bucket, 'receipts/'));
  await answers.of('small: text when hidden', text({}));
  await answers.of('small: text of a version when hidden', text({ versionId: two?.versionId }));
  await answers.of('small: delete a version', () => objects.delete({ bucket, key, versionId: one?.versionId }));
  await answers.of('small: delete it again', () => objects.delete({ bucket, key, versionId: one?.versionId }));
  await answers.of('small: text of a version that is gone', text({ versionId: one?.versionId }));
  const marker = (await objects.versions(bucket, 'receipts/')).find(({ deleteMarker }) => deleteMarker);
  await answers.of('small: text of a delete marker', text({ versionId: marker?.versionId }));
  await answers.of('small: delete the marker', () => objects.delete({ bucket, key, versionId: marker?.versionId }));
  await answers.of('small: text when shown again', text({}));
  await answers.of('small: delete what is not there', () => objects.delete({ bucket, key: 'receipts/none' }));
  await answers.of('tags: set', () =>
    objects.setTags({ bucket, key, versionId: two?.versionId }, { 'holdfast:verdict': 'good' }),
  );
  await answers.of('tags: of what is not there', () => objects.setTags({ bucket, key: 'receipts/3.json' }, { a: 'b' }));
  await answers.of('tags: of a version that is not there', () =>
    objects.setTags({ bucket, key, versionId: one?.versionId }, { a: 'b' }),
  );
  await answers.of('tags: a character that S3 does not allow', () => objects.setTags({ bucket, key }, { a: 'b&c' }));
  await answers.of('tags: too many', () =>
    objects.setTags({ bucket, key }, Object.fromEntries(Array.from({ length: 11 }, (_, at) => [`t${at}`, 'v']))),
  );
};

const listings: Part = async (objects, bucket, answers) => {
  for (const key of ['ls/b', 'ls/a', 'ls/ä+& .txt', 'ls/aa/b', 'ls-other']) await objects.put(object(bucket, key), key);
  await answers.of('list: by key', () => objects.list(bucket, 'ls/'));
  await answers.of('list: a prefix that nothing has', () => objects.list(bucket, 'none/'));
  await answers.of('list: versions', () => objects.versions(bucket, 'ls'));
  await answers.of('list: another bucket', () => objects.list('there-is-no-such-bucket', ''));
  await answers.of('list: versions of another bucket', () => objects.versions('there-is-no-such-bucket', ''));
  await answers.of('upload: to another bucket', () => objects.upload(object('there-is-no-such-bucket', 'x')));
  await answers.of('settings: versioned', () => objects.versioned(bucket));
  await answers.of('settings: lock', () => objects.objectLock(bucket));
  await answers.of('settings: lifecycle', () => objects.lifecycle(bucket));
  await answers.of('settings: versioned, another bucket', () => objects.versioned('there-is-no-such-bucket'));
};

/** More than a page of either list. */
const many: Part = async (objects, bucket, answers) => {
  const keys = Array.from({ length: 1001 }, (_, at) => `many/${at}`);
  while (keys.length > 0) await Promise.all(keys.splice(0, 20).map((key) => objects.put(object(bucket, key), 'x')));
  await objects.delete({ bucket, key: 'many/7' });
  const counted = (all: readonly { readonly key: string }[]) => ({
    entries: all.length,
    keys: new Set(all.map(({ key }) => key)).size,
  });
  await answers.of('many: list', async () => counted(await objects.list(bucket, 'many/')));
  await answers.of('many: versions', async () => counted(await objects.versions(bucket, 'many/')));
};

const hostParts: Part = async (objects, bucket, answers) => {
  // S3 accepts smaller parts only as the last one.
  const bodies = [bytesOf(5 * 1024 * 1024), Buffer.from('the end')] as const;
  const parts = bodies.map((body, at) => ({ number: at + 1, sha256: hash(body) }));
  const whole = { size: Buffer.concat([...bodies]).length, sha256: hash(Buffer.concat([...bodies])) };
  const begin = () => objects.upload({ ...object(bucket, 'hp/host.dump'), checksum: 'SHA256' });
  const upload = await begin();
  const signed = await upload.sign(parts);
  const send = (at: 0 | 1, body: Buffer = bodies[at], { signature = signed.signatures[at], ...more } = {}) => {
    const { number, sha256 } = parts[at] as (typeof parts)[number];
    return putPart({ url: signed.url, signature: signature ?? '', number, sha256, ...more }, body);
  };
  const said = async (point: string, sent: ReturnType<typeof send>) => {
    const { status, code } = await sent;
    answers.note(`host parts: ${point}`, { status, code });
  };
  await said('signature of another part', send(1, bodies[1], { signature: signed.signatures[0] }));
  await said('other bytes', send(1, Buffer.from('the END')));
  await said('another checksum', send(1, bodies[1], { sha256: hash('other') } as object));
  await said('no checksum', send(1, bodies[1], { sha256: undefined } as object));
  await said('no signature', send(1, bodies[1], { signature: '' }));
  const adopted = [];
  for (const at of [0, 1] as const) {
    const { status, etag } = await send(at);
    answers.note(`host parts: part ${at + 1}`, { status, etag });
    adopted.push({ ...(parts[at] as (typeof parts)[number]), etag });
  }
  const [first] = adopted;
  if (first === undefined) return;
  const missing = await begin();
  missing.adopt(adopted, whole);
  await answers.of('host parts: complete without parts', () => missing.complete());
  await missing.abort();
  upload.adopt(
    adopted.map((part) => ({ ...part, etag: first.etag })),
    whole,
  );
  await answers.of('host parts: complete with the ETag of another part', () => upload.complete());
  upload.adopt(adopted, whole);
  await answers.of('host parts: complete', () => upload.complete());
  await answers.of('host parts: content', () => read(objects, bucket, 'hp/host.dump'));
  await said('after it is complete', send(1));
};

const locks: Part = async (objects, bucket, answers) => {
  const upload = await objects.upload(object(bucket, 'db/x'));
  await upload.write(Buffer.from('locked'));
  await upload.finish();
  const { versionId } = await upload.complete();
  const place = { bucket, key: 'db/x', versionId };
  await answers.of('lock: of the bucket', () => objects.objectLock(bucket));
  await answers.of('lock: delete a locked version', () => objects.delete(place));
  await answers.of('lock: hide it', () => objects.delete({ bucket, key: 'db/x' }));
  await answers.of('lock: read it', () => objects.text(place));
  const receipt = await answers.of('lock: put', () => objects.put(object(bucket, 'db/r.json'), '{}'));
  await answers.of('lock: delete what was put', () => objects.delete({ bucket, key: 'db/r.json', ...receipt }));
  const marker = (await objects.versions(bucket, 'db/x')).find(({ deleteMarker }) => deleteMarker);
  await answers.of('lock: delete a marker', () =>
    objects.delete({ bucket, key: 'db/x', versionId: marker?.versionId }),
  );
};

/** Everything, on buckets of its own. The environment names the side. */
export async function askPort(side: Side, answers: Answers): Promise<void> {
  const objects = objectsOf();
  await side.makeBucket('holdfast-port', { versioned: true });
  for (const part of [uploads, aborted, small, listings, many, hostParts, hostDump])
    await part(objects, 'holdfast-port', answers);
  await side.makeBucket('holdfast-locked', { versioned: true, lockDays: 7 });
  await locks(objects, 'holdfast-locked', answers);
  await side.makeBucket('holdfast-plain', { versioned: false });
  await answers.of('unversioned: settings', () => objects.versioned('holdfast-plain'));
  for (const text of ['one', 'three'])
    await answers.of(`unversioned: put ${text}`, () => objects.put(object('holdfast-plain', 'k'), text));
  await answers.of('unversioned: versions', () => objects.versions('holdfast-plain', ''));
  await answers.of('unversioned: delete', () => objects.delete({ bucket: 'holdfast-plain', key: 'k' }));
  await answers.of('unversioned: nothing is left', () => objects.versions('holdfast-plain', ''));
}
