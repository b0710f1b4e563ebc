/**
 * The stream of `mongodump --archive` (mongo-tools common/archive): a magic number; a block with a header and one document for
 * each collection; then blocks of documents, each headed by the collection that they belong to. Blocks of different collections
 * alternate. A last, empty block of each collection has its checksum.
 */
import { BackupError, fileDamaged } from '../../../runtime/errors.ts';
import { elements, textOfString, types } from './elements.ts';

export const magic = 0x8199e26d;
export const terminator = 0xffffffff;

export interface Namespace {
  readonly database: string;
  readonly collection: string;
  /** `database.collection`; only `oplog` belongs to no database. */
  readonly name: string;
}

export function namespaceOf(database: string, collection: string): Namespace {
  return { database, collection, name: database === '' ? collection : `${database}.${collection}` };
}

/** What the prelude says of a collection. */
export interface ArchiveCollection {
  readonly namespace: Namespace;
  /** Its options and indexes as `COLL.metadata.json` has them: Extended JSON. Empty where it has none. */
  readonly metadata: string;
  /** `collection`, `view`, `timeseries`; empty in archives of old tools. */
  readonly type: string;
  /** The document as it stands in the archive. */
  readonly document: Buffer;
}

export interface Prelude {
  /** The document at the head: versions of server, tools and format. */
  readonly header: Buffer;
  readonly collections: readonly ArchiveCollection[];
}

export interface BlockHead {
  readonly namespace: Namespace;
  /** Of a collection's last block. */
  readonly crc: bigint | undefined;
}

export function readCollection(document: Buffer): ArchiveCollection {
  const copy = Buffer.from(document);
  const found = { db: '', collection: '', metadata: '', type: '' };
  for (const element of elements(copy, 0, copy.length))
    if (element.type === types.string && Object.hasOwn(found, element.name))
      found[element.name as keyof typeof found] = textOfString(copy, element);
  const { db, collection, metadata, type } = found;
  return { namespace: namespaceOf(db, collection), metadata, type, document: copy };
}

/** The document of a collection with other metadata. All else in it stays. */
export function withMetadata({ document }: ArchiveCollection, metadata: string): Buffer {
  const parts: Buffer[] = [];
  let done = 4;
  for (const { type, name, start, end } of elements(document, 0, document.length)) {
    if (type !== types.string || name !== 'metadata') continue;
    parts.push(document.subarray(done, start), stringValue(metadata));
    done = end;
  }
  parts.push(document.subarray(done));
  return withLength(parts);
}

function stringValue(text: string): Buffer {
  const bytes = Buffer.from(`    ${text}\0`);
  bytes.writeInt32LE(bytes.length - 4, 0);
  return bytes;
}

/** A document of parts, with the length before them. */
function withLength(parts: readonly Buffer[]): Buffer {
  const bytes = Buffer.concat([Buffer.alloc(4), ...parts]);
  bytes.writeInt32LE(bytes.length, 0);
  return bytes;
}

/** @throws MalformedBson, BackupError */
export function readBlockHead(bytes: Buffer, at: number, to: number): BlockHead {
  let [database, collection, ended, crc]: [string, string | undefined, boolean, bigint] = ['', undefined, false, 0n];
  for (const element of elements(bytes, at, to)) {
    const { type, name, start } = element;
    if (type === types.string && name === 'db') database = textOfString(bytes, element);
    else if (type === types.string && name === 'collection') collection = textOfString(bytes, element);
    else if (type === types.boolean && name === 'EOF') ended = bytes[start] !== 0;
    else if (type === types.int64 && name === 'CRC') crc = bytes.readBigUInt64LE(start);
  }
  if (collection === undefined || collection === '') throw archiveDamaged('a block does not say its collection');
  return { namespace: namespaceOf(database, collection), crc: ended ? crc : undefined };
}

/** The head of a block, as mongodump writes it. */
export function blockHead({ database, collection }: Namespace, crc: bigint | undefined): Buffer {
  const sum = Buffer.alloc(8);
  sum.writeBigUInt64LE(crc ?? 0n);
  return withLength([
    Buffer.from('\x02db\0', 'latin1'),
    stringValue(database),
    Buffer.from('\x02collection\0', 'latin1'),
    stringValue(collection),
    Buffer.from(`\x08EOF\0${crc === undefined ? '\x00' : '\x01'}`, 'latin1'),
    Buffer.from('\x12CRC\0', 'latin1'),
    sum,
    Buffer.from([0]),
  ]);
}

/** @param reason what is wrong, to be read after "the archive of mongodump cannot be read: " */
export function archiveDamaged(reason: string, likelyCause?: string): BackupError {
  return new BackupError({
    what: `the archive of mongodump cannot be read: ${reason}`,
    likelyCause: likelyCause ?? 'it was cut off or damaged in transit',
    fix: 'compare its SHA-256 with the one in the receipt, download it or create it again',
    code: fileDamaged,
  });
}
