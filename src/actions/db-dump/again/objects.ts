/** Looks for the objects of a kept dump before anything is downloaded. */
import type { DumpFile, DumpReceipt, ProofRow } from '../../../domain/dump.ts';
import { s3Url } from '../../../domain/s3.ts';
import { isReplaced, stateOfFile } from '../../../dump/kept/stored.ts';
import { hasOwnVersion } from '../../../dump/retention/versions.ts';
import type { Objects } from '../../../ports/objects.ts';
import { plural } from '../../../runtime/format.ts';

export interface StoredFiles {
  /** The result for files that are lost: nothing is there to be restored. */
  readonly gone: readonly ProofRow[];
  /** The others, with the ETags that the bucket lists. */
  readonly there: readonly DumpFile[];
}

export async function inspectObjects(
  receipt: DumpReceipt,
  files: readonly DumpFile[],
  { objects }: { readonly objects: Pick<Objects, 'versions' | 'metadata'> },
  note: (text: string) => void,
): Promise<StoredFiles> {
  const gone: ProofRow[] = [];
  const there: DumpFile[] = [];
  for (const file of files) {
    const state = stateOfFile(file, await objects.versions(file.bucket, file.key));
    if (state.kind === 'gone') gone.push(lost(file, state.what));
    else if (!hasOwnVersion(file) && isReplaced(receipt, await objects.metadata(file)))
      gone.push(lost(file, `another dump has been written to ${s3Url(file)}`));
    // What differs is read all the same: only its content tells what that means.
    else there.push({ ...file, etag: state.etag });
  }
  note(
    gone.length === 0 ? `${plural(files.length, 'file')} there` : gone.map(({ findings }) => findings[0]).join('; '),
  );
  return { gone, there };
}

function lost({ kind }: DumpFile, what: string): ProofRow {
  return {
    kind,
    verdict: 'unproven',
    gone: true,
    restoreSeconds: 0,
    compared: 0,
    findings: [what],
    likelyCause:
      'somebody deleted it, a lifecycle rule of the bucket did, or a later dump has its key in a bucket without versions',
    fix: 'this dump cannot be restored from this file any more: keep another one, and look at the rules of the bucket (docs/runbook.md#a-kept-backup-is-lost-or-bad)',
  };
}
