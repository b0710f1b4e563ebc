/** What a host told of the source of its dump: two readings, which mongosh made there. What the dump holds is read from it here. */
import { createReadStream } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import type { Namespace } from '../../../../anonymize/bson/format/archive.ts';
import { DocumentReader } from '../../../../anonymize/bson/format/document-reader.ts';
import { fileOf, namespaceOfFile, type TarEntry, tarEntries } from '../../../../anonymize/bson/format/tarball.ts';
import type { DumpFingerprint } from '../../../../domain/dump.ts';
import type { HostReading } from '../../../../dump/engines/mongodb/fingerprint/host-reading.ts';
import { incompleteFingerprint } from '../../../../dump/proof/incomplete.ts';
import type { Definitions } from '../../../../ports/dump-engine.ts';
import { decompress } from '../../../../runtime/compression/format.ts';
import type { ToldByHost } from '../../on-host/running.ts';
import { factsOf } from '../dump/dump.ts';
import { DumpContent } from '../dump/held.ts';
import { keeperOf } from '../dump/kept.ts';
import type { Reading } from '../fingerprint.ts';

const mebibyte = 1024 * 1024;

export interface FingerprintOnHost {
  readonly fingerprint: DumpFingerprint;
  readonly words: Definitions | undefined;
}

/** @throws BackupError when the archive is damaged; the signal's reason */
export async function fingerprintOnHost(
  { rows, takenAt, seconds, archive }: ToldByHost,
  serverVersion: string,
  signal: AbortSignal,
): Promise<FingerprintOnHost> {
  const both = rows.find(isReadings);
  const { path } = await archive;
  const base = { takenAt, seconds, serverVersion, tables: [], sequences: {}, extensions: {}, objects: {} };
  if (both === undefined) {
    const content = new DumpContent(() => true, 0, []);
    const databases = await readContent(path, content, signal);
    return { fingerprint: incompleteFingerprint({ ...base, databases }, whyLost(rows)), words: undefined };
  }
  const [before, after] = [readingOf(both.before), readingOf(both.after)];
  const { since, databases } = both.before;
  const content = new DumpContent(keeperOf(databases, false), since, before.tables);
  await readContent(path, content, signal);
  const facts = factsOf(before, after, content, new Date(takenAt));
  // Classes are made by the first moment; the copy's must be, too.
  const readAt = new Date(since * 1000).toISOString();
  return { fingerprint: { ...base, ...facts, takenAt: readAt, databases }, words: before.words };
}

interface Readings {
  readonly before: HostReading;
  readonly after: HostReading;
}

function isReadings(row: unknown): row is Readings {
  return typeof row === 'object' && row !== null && 'before' in row && 'after' in row;
}

function whyLost(rows: readonly unknown[]): string {
  const lost = rows.find(
    (row): row is { lost: string } => typeof (row as { lost?: unknown } | null)?.lost === 'string',
  );
  return lost?.lost ?? 'the host told nothing of the source';
}

function readingOf({ words, ...rest }: HostReading): Reading {
  return { ...rest, words: new Map(Object.entries(words)) };
}

/** Notes what a tarball holds, as the runner does while it writes one. @returns its databases */
async function readContent(path: string, content: DumpContent, signal: AbortSignal): Promise<readonly string[]> {
  const open = (): AsyncIterable<TarEntry> =>
    tarEntries(decompress(createReadStream(path, { highWaterMark: mebibyte })));
  const namespaces = new Map<string, Namespace>();
  // The names of files may be shortened; metadata says the whole ones, before or after the documents.
  for await (const { header, content: bytes } of open()) {
    signal.throwIfAborted();
    const { kind, stem } = fileOf(header.name);
    if (kind !== 'metadata') continue;
    const metadata = (await buffer(bytes)).toString();
    const namespace = namespaceOfFile(stem, collectionIn(metadata));
    namespaces.set(stem, namespace);
    content.announce([{ namespace, metadata, type: '', document: Buffer.alloc(0) }]);
  }
  for await (const { header, content: bytes } of open()) {
    const { kind, stem } = fileOf(header.name);
    if (kind !== 'documents') continue;
    const namespace = namespaces.get(stem) ?? namespaceOfFile(stem, undefined);
    namespaces.set(stem, namespace);
    const reader = new DocumentReader(header.name, (all, from, to) => content.add(namespace, all.subarray(from, to)));
    for await (const chunk of bytes) {
      signal.throwIfAborted();
      reader.push(chunk);
    }
    reader.end();
  }
  return [...new Set([...namespaces.values()].map(({ database }) => database))].toSorted();
}

/** The whole name of the collection; tools of old did not write it. Of damaged metadata the name of the file says it. */
function collectionIn(metadata: string): string | undefined {
  try {
    const { collectionName } = JSON.parse(metadata) as { readonly collectionName?: unknown };
    return typeof collectionName === 'string' ? collectionName : undefined;
  } catch {
    return undefined;
  }
}
