/** Downloads the archive of a kept dump, and reads its definitions: hashes of earlier versions may not be those of today. */
import { createReadStream } from 'node:fs';
import type { DumpFile, DumpReceipt, ProofRow } from '../../../domain/dump.ts';
import { unreadDefinitions } from '../../../dump/proof/describe.ts';
import { StoredFile } from '../../../dump/proof/stored-file.ts';
import { judge } from '../../../dump/proof/verdict.ts';
import type { OpenArchive } from '../../../ports/dump-engine.ts';
import { formatBytes, plural } from '../../../runtime/format.ts';
import type { KeptWork, ReadArchive } from './ports.ts';

/**
 * @param folder on the runner, empty
 * @returns the archive; or the result of its proof when it is not the file that the dump wrote, or could not be read
 */
export async function readArchive(
  work: KeptWork,
  file: DumpFile,
  folder: string,
): Promise<ReadArchive | { readonly row: ProofRow }> {
  const { engine, receipt, objects } = work;
  const { openArchive } = engine;
  if (openArchive === undefined) return { source: await engine.describe('', withoutUnread(receipt)), objects, file };
  const opened = await download(work, file, (content) => openArchive.call(engine, content, folder));
  if ('row' in opened) return opened;
  const { path, asStored } = opened;
  const source = await describe(work, path);
  const local = { read: () => createReadStream(path, { highWaterMark: 1024 * 1024 }) };
  return { source, objects: asStored ? local : objects, file };
}

function download(
  { context, objects }: KeptWork,
  file: DumpFile,
  open: (content: AsyncIterable<Buffer>) => Promise<OpenArchive>,
): Promise<OpenArchive | { readonly row: ProofRow }> {
  const { clock, signal, timeline } = context;
  return timeline.step('Download the archive', async (note) => {
    const startedAt = clock.now().getTime();
    const stored = new StoredFile(file, objects, context, 'downloading');
    let opened: OpenArchive | undefined;
    let ended: { readonly error: unknown } | undefined;
    try {
      opened = await open(stored.open());
    } catch (error) {
      signal.throwIfAborted();
      ended = { error };
    }
    const digest = await stored.digest();
    if (opened !== undefined && digest === file.sha256) {
      note(`${formatBytes(file.size)}, with the SHA-256 of the receipt`);
      return opened;
    }
    const seen = { digest, expectedDigest: file.sha256, ended, refusals: [], unread: [], explained: () => false };
    const judgement = judge(seen);
    note(judgement.findings[0] ?? judgement.verdict);
    const restoreSeconds = (clock.now().getTime() - startedAt) / 1000;
    return { row: { kind: file.kind, restoreSeconds, ...judgement } };
  });
}

function describe({ engine, receipt, context }: KeptWork, path: string): Promise<ReadArchive['source']> {
  return context.timeline.step('Read the definitions', async (note) => {
    const source = await engine.describe(path, withoutUnread(receipt));
    note(plural(Object.keys(source.definitions ?? {}).length, 'object'));
    return source;
  });
}

/** What was not read of the archive then is read now. */
function withoutUnread({ fingerprint }: DumpReceipt): DumpReceipt['fingerprint'] {
  const unread = fingerprint.unread?.filter(({ what }) => what !== unreadDefinitions && what !== 'the archive');
  return { ...fingerprint, unread: unread?.length === 0 ? undefined : unread };
}
