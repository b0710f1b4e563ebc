/** The stream of mongodump --archive: read, checked, and written again. */
import { describe, expect, test } from '@jest/globals';
import { Long, serialize } from 'bson';
import fc from 'fast-check';
import { namespaceOf, readCollection, withMetadata } from '../../../../src/anonymize/bson/format/archive.ts';
import { type ArchiveVisitor, readArchive } from '../../../../src/anonymize/bson/format/archive-reader.ts';
import { ArchiveWriter } from '../../../../src/anonymize/bson/format/archive-writer.ts';
import { Crc64 } from '../../../../src/anonymize/bson/format/crc64.ts';

const ending = Buffer.from([0xff, 0xff, 0xff, 0xff]);
const magic = Buffer.from([0x6d, 0xe2, 0x99, 0x81]);
const doc = (value: object): Buffer => Buffer.from(serialize(value));

/** The checksum bit by bit, as its definition has it. */
function crcOf(bytes: Buffer): bigint {
  let crc = 0xffffffffffffffffn;
  for (const byte of bytes) {
    crc ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1n) === 1n ? (crc >> 1n) ^ 0xc96c5795d7870f42n : crc >> 1n;
  }
  return crc ^ 0xffffffffffffffffn;
}

const head = (db: string, collection: string, crc?: bigint): Buffer =>
  doc({ db, collection, EOF: crc !== undefined, CRC: crc === undefined ? Long.ZERO : Long.fromBigInt(crc) });
const about = (db: string, collection: string, type = 'collection'): Buffer =>
  doc({ db, collection, metadata: `{"collectionName":"${collection}"}`, size: 0, type });

const users = [doc({ _id: 1, name: 'a' }), doc({ _id: 2 }), doc({ _id: 3, list: [1, 2, 3] })] as const;
const logs = [doc({ _id: 9 })] as const;

/** As mongodump writes one: two collections that alternate, an empty one, and a view. */
function archive({ crc = crcOf(Buffer.concat(users)), last = true } = {}): Buffer {
  return Buffer.concat([
    ...[magic, doc({ concurrent_collections: 4, version: '0.1', server_version: '8.0.1', tool_version: '100.12.0' })],
    ...[about('app', 'users'), about('app', 'logs'), about('app', 'none'), about('app', 'shown', 'view'), ending],
    ...[head('app', 'users'), users[0], users[1], ending],
    ...[head('app', 'logs'), logs[0], ending],
    ...[head('app', 'logs', crcOf(logs[0])), ending],
    ...[head('app', 'none'), ending, head('app', 'none', 0n), ending],
    ...[head('app', 'users'), users[2], ending],
    ...(last ? [head('app', 'users', crc), ending] : []),
  ]);
}

class Collecting implements ArchiveVisitor {
  readonly calls: string[] = [];
  readonly content = new Map<string, Buffer>();
  prelude({ collections }: Parameters<ArchiveVisitor['prelude']>[0]): void {
    this.calls.push(collections.map(({ namespace, type }) => `${namespace.name}:${type}`).join(' '));
  }
  documents(namespace: { name: string }, bytes: Buffer, from: number, to: number): void {
    this.content.set(
      namespace.name,
      Buffer.concat([this.content.get(namespace.name) ?? Buffer.alloc(0), bytes.subarray(from, to)]),
    );
  }
  end({ name }: { name: string }): void {
    this.calls.push(`end ${name}`);
  }
}

async function* inChunks(bytes: Buffer, sizes: readonly number[] = [bytes.length]): AsyncGenerator<Buffer> {
  for (let at = 0, index = 0; at < bytes.length; index += 1) {
    const size = sizes[index % sizes.length] as number;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

async function read(bytes: Buffer, sizes?: readonly number[]): Promise<Collecting> {
  const visitor = new Collecting();
  await readArchive(inChunks(bytes, sizes), visitor);
  return visitor;
}

/** What a run throws. */
async function failure(bytes: Buffer): Promise<string> {
  return read(bytes).then(
    () => 'nothing',
    (error: unknown) => (error as Error).message,
  );
}

describe('the checksum', () => {
  test('is CRC-64/XZ, whose catalogued check value is that of the nine digits', () => {
    const crc = new Crc64();
    crc.update(Buffer.from('123456789'), 0, 9);
    expect(crc.value().toString(16)).toBe('995dc9bbdf1939fa');
  });

  test('is that of its definition, however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(100), (array, cut) => {
        const bytes = Buffer.from(array);
        const at = Math.min(cut, bytes.length);
        const crc = new Crc64();
        crc.update(bytes, 0, at);
        crc.update(bytes, at, bytes.length);
        expect(crc.value()).toBe(crcOf(bytes));
      }),
    );
  });
});

describe('reading', () => {
  test('sorts the documents by collection, in any chunks', async () => {
    for (const sizes of [[1], [7, 3], [archive().length]]) {
      const { calls, content } = await read(archive(), sizes);
      expect(calls).toEqual([
        'app.users:collection app.logs:collection app.none:collection app.shown:view',
        ...['end app.logs', 'end app.none', 'end app.users'],
      ]);
      expect(Object.fromEntries(content)).toEqual({ 'app.users': Buffer.concat(users), 'app.logs': logs[0] });
    }
  });

  test('refuses a wrong checksum, and names the collection', async () => {
    expect(await failure(archive({ crc: 1n }))).toContain('the checksum of app.users is not that of its 3 documents');
  });

  test('notices every cut', async () => {
    const whole = archive();
    for (let length = 0; length < whole.length; length += 1)
      expect(await failure(whole.subarray(0, length))).toMatch(
        /it ends at byte [\d,]+, (in the middle|before the end)/,
      );
  });

  test('names the collections that a cut between two blocks leaves out', async () => {
    expect(await failure(archive({ last: false }))).toContain('before the end of app.users');
  });

  test('takes the documents of a time series from the collection of its buckets', async () => {
    const parts = [magic, doc({}), about('app', 'weather', 'timeseries'), ending];
    const { calls } = await read(Buffer.concat([...parts, head('app', 'system.buckets.weather', 0n), ending]));
    expect(calls).toContain('end app.system.buckets.weather');
  });

  test('refuses what is no archive, a length that no document has, and a collection that goes on after its end', async () => {
    expect(await failure(Buffer.from('not an archive'))).toContain('it does not begin as one');
    const prelude = [magic, doc({}), about('app', 'users'), ending];
    const wrong = Buffer.concat([...prelude, head('app', 'users'), Buffer.from([2, 0, 0, 0])]);
    expect(await failure(wrong)).toMatch(/at byte [\d,]+ \(in app.users\) there is neither a document nor the end/);
    const long = Buffer.concat([...prelude, head('app', 'users'), Buffer.from([0, 0, 0, 2])]);
    expect(await failure(long)).toContain('there is neither a document nor the end');
    const again = Buffer.concat([...prelude, head('app', 'users', 0n), ending, head('app', 'users'), users[0]]);
    expect(await failure(again)).toContain('app.users goes on after its end');
    const unended = Buffer.from(users[0]);
    unended[unended.length - 1] = 1;
    const damaged = Buffer.concat([...prelude, head('app', 'users'), unended, ending]);
    expect(await failure(damaged)).toContain('document 1 of app.users does not end with a zero byte');
  });
});

describe('writing', () => {
  const copied = async (bytes: Buffer): Promise<Buffer> => {
    const parts: Buffer[] = [];
    const writer = new ArchiveWriter({
      copy: (from, start, end) => parts.push(Buffer.from(from.subarray(start, end))),
    });
    await readArchive(inChunks(bytes), {
      prelude: ({ header, collections }) =>
        writer.prelude({ header, collections: collections.map(({ document }) => document) }),
      documents: (namespace, from, start, end) => writer.documents(namespace, from, start, end),
      end: (namespace) => writer.end(namespace),
    });
    return Buffer.concat(parts);
  };

  test('gives what mongodump would: the same collections, documents and checksums', async () => {
    const written = await copied(archive());
    expect((await read(written)).content).toEqual((await read(archive())).content);
    // Once written, nothing changes any more.
    expect((await copied(written)).equals(written)).toBe(true);
  });

  test('changes nothing but the metadata of a collection', () => {
    const collection = readCollection(about('app', 'users'));
    const changed = withMetadata(collection, '{"x":"é"}');
    expect(changed).toEqual(
      doc({ db: 'app', collection: 'users', metadata: '{"x":"é"}', size: 0, type: 'collection' }),
    );
  });

  test('of the oplog, which is in no database, the name is oplog', () => {
    expect(namespaceOf('', 'oplog').name).toBe('oplog');
  });
});
