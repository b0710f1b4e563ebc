/** What a whole object becomes: the newest version of its key, of one piece (S3 API reference, PutObject and CopyObject). */
import { bucketOf, type ObjectCall } from './call.ts';
import { etagOf } from './encryption.ts';
import type { ObjectVersion } from './store.ts';

type Given = Pick<ObjectVersion, 'contentType' | 'metadata' | 'tags' | 'keyArn' | 'retention'>;

export function addVersion(call: ObjectCall, data: Buffer, given: Given): ObjectVersion {
  const { store, key } = call;
  const bucket = bucketOf(call);
  const piece = store.keep(data);
  const version: ObjectVersion = {
    ...given,
    versionId: store.nextVersion(bucket),
    pieces: [piece],
    etag: `"${etagOf(piece, given.keyArn)}"`,
    checksum: { algorithm: 'CRC32', value: piece.crc32, type: 'FULL_OBJECT' },
    size: piece.size,
    at: new Date(),
    deleteMarker: false,
  };
  bucket.add(key, version);
  return version;
}
