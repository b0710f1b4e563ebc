/** Finds and removes what dead runs have left: unfinished uploads, files without a receipt, scratch databases. */

import type { DumpReceipt } from '../../domain/dump.ts';
import { objectKey } from '../../dump/files.ts';
import type { KnownReceipt } from '../../dump/retention.ts';
import type { Deps, Wishes } from './wishes.ts';

/** Hours after which a draft is dead whatever is known of its run: a job on GitHub's runners ends after six. */
const deadAfterHours = 24;

export async function sweep(wishes: Wishes, deps: Deps, known: readonly KnownReceipt[]): Promise<readonly string[]> {
  const notes: string[] = [];
  const isOver = async (run: string): Promise<boolean> =>
    run === wishes.run.key || (await deps.runs.state(run)) === 'over';
  // Jobs of one run may share a scratch server: what another source has there is not ours.
  const isOurs = async (owner: string): Promise<boolean> => {
    const [run = '', name] = owner.split(':');
    return run === wishes.run.key ? name === wishes.name : isOver(run);
  };
  const drafts = known.filter((one) => one.receipt.state === 'draft');
  const spared = new Set<string>();
  for (const draft of drafts) {
    if (await isDead(draft.receipt, deps, isOver)) notes.push(...(await removeFiles(deps, draft.receipt)));
    else for (const { uploadId } of draft.receipt.uploads ?? []) spared.add(uploadId);
  }
  notes.push(...(await abortUploads(wishes, deps, spared)));
  // Last: as long as the draft is there, a sweep that was cut off is taken up again.
  for (const { key, receipt } of drafts)
    if (!(receipt.uploads ?? []).some(({ uploadId }) => spared.has(uploadId)))
      await deps.objects.delete({ bucket: wishes.receiptBucket, key });
  const dropped = await deps.engine.sweep(isOurs);
  if (dropped.length > 0) notes.push(`scratch databases of dead runs were dropped: ${dropped.join(', ')}`);
  for (const note of notes) deps.logger.info(note);
  return notes;
}

async function isDead(draft: DumpReceipt, deps: Deps, isOver: (run: string) => Promise<boolean>): Promise<boolean> {
  const age = deps.clock.now().getTime() - Date.parse(draft.takenAt);
  return age > deadAfterHours * 3_600_000 || (await isOver(draft.run.key));
}

/** Files that the dead run had published already: without the others, and without a receipt, they are no backup. */
async function removeFiles(deps: Deps, draft: DumpReceipt): Promise<string[]> {
  const notes: string[] = [];
  const since = Date.parse(draft.takenAt) - 60_000;
  for (const { key } of draft.uploads ?? []) {
    for (const one of await deps.objects.versions(draft.bucket, key)) {
      if (one.key !== key || one.deleteMarker || one.modifiedAt.getTime() < since) continue;
      const place = { bucket: draft.bucket, key, versionId: one.versionId };
      if ((await deps.objects.metadata(place))['holdfast-run'] !== `${draft.run.key}#${draft.run.attempt}`) continue;
      await deps.objects.delete(place);
      notes.push(`a file that ${draft.run.url} had published before it died was removed: s3://${draft.bucket}/${key}`);
    }
  }
  return notes;
}

async function abortUploads(wishes: Wishes, deps: Deps, spared: ReadonlySet<string>): Promise<string[]> {
  const notes: string[] = [];
  const own =
    wishes.keep === 'versions' ? wishes.made.map((kind) => objectKey({ ...wishes, kind, takenAt: '' })) : undefined;
  for (const one of await deps.objects.unfinished(wishes.bucket, `${wishes.prefix}${wishes.name}`)) {
    const ours = own ? own.includes(one.key) : one.key.startsWith(`${wishes.prefix}${wishes.name}/`);
    if (!ours || spared.has(one.uploadId)) continue;
    await deps.objects.abortUpload(wishes.bucket, one.key, one.uploadId);
    notes.push(`an unfinished upload of a dead run was given up: s3://${wishes.bucket}/${one.key}`);
  }
  return notes;
}
