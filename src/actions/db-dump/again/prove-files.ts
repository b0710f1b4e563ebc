/** Restores the files of a kept dump and compares them with its receipt, as its first proof did. */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DumpFile, ProofRow } from '../../../domain/dump.ts';
import { changesOfKept } from '../../../dump/kept/anonymised.ts';
import { type ReadDefinitions, withDefinitions } from '../../../dump/proof/describe.ts';
import { type ProofRequest, proveFile } from '../../../dump/proof/proof.ts';
import type { DescribedFingerprint } from '../../../ports/dump-engine.ts';
import { readArchive } from './archive.ts';
import type { KeptWork, ReadArchive } from './ports.ts';

/** @param files in the order of their kinds: what the archive tells serves the others */
export async function proveFiles(work: KeptWork, files: readonly DumpFile[]): Promise<readonly ProofRow[]> {
  const { settings, receipt } = work;
  const folder = mkdtempSync(join(settings.workDirectory, 'holdfast-again-'));
  try {
    const rows: ProofRow[] = [];
    const archived = receipt.files.find(({ kind }) => kind === 'archive');
    const isWanted = files.some(({ kind }) => kind === 'archive');
    const archive = archived && isWanted ? await readArchive(work, archived, folder) : undefined;
    if (archive && 'row' in archive) rows.push(archive.row);
    const read = archive && 'row' in archive ? undefined : archive;
    let copy: DescribedFingerprint | undefined;
    for (const file of files) {
      if (file.kind === 'archive' && read === undefined) continue;
      const columns = files.some(({ kind }) => kind === 'anonymised') && copy === undefined;
      const onRows = (found: DescribedFingerprint): void => {
        if (columns) copy = found;
      };
      const request = { ...(await requestFor(work, file, read, copy)), file, owner: work.owner, columns, onRows };
      const objects = file.kind === 'archive' && read ? read.objects : work.objects;
      rows.push(await proveFile(request, { engine: work.engine, objects }, work.context));
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function requestFor(
  work: KeptWork,
  file: DumpFile,
  archive: ReadArchive | undefined,
  copy: DescribedFingerprint | undefined,
): Promise<Pick<ProofRequest, 'source' | 'anonymised' | 'notes'>> {
  const { receipt, files } = work;
  if (file.kind === 'anonymised') return anonymisedRequest(work, file, archive?.source ?? receipt.fingerprint, copy);
  if (archive) return { source: archive.source, anonymised: undefined };
  // Without the archive, the definitions are those of the file itself.
  const own = await definitionsOf(work, file);
  const source = own === undefined ? receipt.fingerprint : withDefinitions(receipt.fingerprint, own);
  const notes =
    files.definitionsIn === undefined ? [] : ['its definitions were compared with those that it holds itself'];
  return { source, anonymised: undefined, notes };
}

async function anonymisedRequest(
  work: KeptWork,
  file: DumpFile,
  source: DescribedFingerprint,
  copy: DescribedFingerprint | undefined,
): Promise<Pick<ProofRequest, 'source' | 'anonymised' | 'notes'>> {
  const definitions = await definitionsOf(work, file);
  const known = changesOfKept(work.receipt, source, definitions);
  const expected = work.files.expected({ source, changes: known.changes, definitions, copy });
  const unread = [...(expected.source.unread ?? []), ...known.unread];
  return {
    ...expected,
    source: { ...expected.source, ...(unread.length === 0 ? {} : { unread }) },
    notes: [...(expected.notes ?? []), ...known.notes],
  };
}

/** A file that is not whole is told by its restore, which reads it to its end. */
function definitionsOf({ files, objects, context }: KeptWork, file: DumpFile): Promise<ReadDefinitions | undefined> {
  const { definitionsIn } = files;
  if (definitionsIn === undefined) return Promise.resolve(undefined);
  return context.timeline.step(`Read the definitions of the ${file.kind} file`, () =>
    definitionsIn.call(files, objects.read(file), context.signal),
  );
}
