/** The receipt of a dump: as a draft before the first byte, and once the files are published. */
import type { AnonymisedChanges, DumpFile, DumpFingerprint, DumpReceipt, MaskedReport } from '../../domain/dump.ts';
import { emptinessNote } from '../../dump/proof/emptiness.ts';
import { version } from '../../runtime/version.ts';
import type { DumpWork } from './ports.ts';

/** @param uploads of the files, so that a later run can abort them */
export function draftReceipt(
  { settings, facts, context, retention }: DumpWork,
  takenAt: string,
  uploads: NonNullable<DumpReceipt['uploads']>,
): DumpReceipt {
  const { key, url, attempt } = context.run;
  const { serverVersion, product } = facts;
  return {
    format: 'holdfast-receipt/1',
    kind: 'database-dump',
    source: settings.source,
    engine: settings.engine,
    state: 'draft',
    takenAt,
    run: { key, url, attempt },
    database: facts.database,
    place: facts.place,
    product,
    bucket: settings.bucket,
    versions: { holdfast: version, server: serverVersion, tools: facts.toolsVersion },
    fingerprint: emptyFingerprint(takenAt, serverVersion),
    files: [],
    uploads,
    timeline: [],
    verdict: 'unproven',
    proof: [],
    notes: facts.notes,
    keepForever: settings.keepForever || undefined,
    label: settings.label || undefined,
    commit: context.run.commit,
    applicationVersion: settings.applicationVersion || undefined,
    retention,
  };
}

export function emptyFingerprint(takenAt: string, serverVersion: string): DumpFingerprint {
  return { takenAt, seconds: 0, serverVersion, tables: [], sequences: {}, extensions: {}, objects: {} };
}

export interface PublishedDump {
  readonly fingerprint: DumpFingerprint;
  readonly files: readonly DumpFile[];
  readonly masked: MaskedReport | undefined;
  readonly anonymised: AnonymisedChanges | undefined;
}

export function takenReceipt(
  draft: DumpReceipt,
  { fingerprint, files, masked, anonymised }: PublishedDump,
  timeline: DumpReceipt['timeline'],
): DumpReceipt {
  const empty = emptinessNote(draft.database, fingerprint, draft.engine);
  const notes = empty === undefined ? draft.notes : [...draft.notes, empty];
  return { ...draft, state: 'taken', uploads: undefined, fingerprint, files, masked, anonymised, timeline, notes };
}
