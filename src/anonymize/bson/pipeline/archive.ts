/** Anonymises the stream of `mongodump --archive` in one pass: what must stay unique stands in its prelude. */
import { decompress } from '../../../runtime/compression/format.ts';
import { preferMainThread } from '../../../runtime/threads.ts';
import type { AnonymizeReport } from '../../pipeline/anonymize.ts';
import { Collections } from '../fields/collections.ts';
import { archiveDamaged, type Prelude, withMetadata } from '../format/archive.ts';
import { ArchiveReader, readArchive } from '../format/archive-reader.ts';
import { ArchiveWriter } from '../format/archive-writer.ts';
import { checkRules } from '../rules/check-rules.ts';
import type { AnonymizeDumpOptions, DumpSource } from './options.ts';
import { Output } from './output.ts';
import { Session } from './session.ts';

export async function anonymizeArchive(options: AnonymizeDumpOptions): Promise<AnonymizeReport> {
  const { open, sink, compression = 'gzip', level, signal, onProgress } = options;
  const out = new Output(sink, compression, level);
  const writer = new ArchiveWriter(out);
  const collections = new Collections();
  const session = new Session(options, collections);
  let bytes = 0;
  const visitor = {
    prelude: (prelude: Prelude): void => {
      addAll(collections, prelude);
      checkRules({ ...options, collections });
      writer.prelude({
        header: prelude.header,
        collections: prelude.collections.map((one) =>
          withMetadata(one, session.metadata(one.metadata, one.namespace.name)),
        ),
      });
      preferMainThread();
    },
    documents: (namespace: Parameters<Session['documents']>[0], from: Buffer, start: number, end: number): void =>
      session.documents(namespace, from, start, end, (changed, at, to) => writer.documents(namespace, changed, at, to)),
    end: (namespace: Parameters<Session['begin']>[0]): void => {
      session.begin(namespace);
      writer.end(namespace);
    },
  };
  const counted = async function* (): AsyncGenerator<Buffer> {
    for await (const chunk of decompress(open(), { once: true })) {
      bytes += chunk.length;
      yield chunk;
      onProgress?.(bytes);
    }
  };
  await readArchive(counted(), visitor, { signal, drain: () => out.drain() });
  await out.end();
  return session.report(bytes, out.written);
}

function addAll(collections: Collections, { collections: all }: Prelude): void {
  for (const { namespace, metadata } of all)
    collections.add(namespace.name, metadata, `the metadata of ${namespace.name}`);
}

/** Reads the prelude of an archive, and nothing more. */
export async function archiveCollections({ open, signal }: DumpSource): Promise<Collections> {
  const collections = new Collections();
  let done = false;
  const reader = new ArchiveReader({
    prelude: (prelude) => {
      addAll(collections, prelude);
      done = true;
    },
    documents: () => {},
    end: () => {},
  });
  for await (const chunk of decompress(open())) {
    signal?.throwIfAborted();
    reader.push(chunk);
    if (done) return collections;
  }
  throw archiveDamaged('it ends before the list of its collections does', 'it was cut off');
}
