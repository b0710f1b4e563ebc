/** The tags by which Holdfast finds its own resources: state lives here and in receipts, never in a runner. */
import type { Tags } from './ec2.ts';
import type { RunIdentity } from './run.ts';

export const tagNames = {
  madeBy: 'holdfast:made-by',
  source: 'holdfast:source',
  run: 'holdfast:run',
  attempt: 'holdfast:attempt',
  receipt: 'holdfast:receipt',
  snapshot: 'holdfast:snapshot',
  host: 'holdfast:host',
  startedBy: 'holdfast:started-by',
  expires: 'holdfast:expires',
  /** What a snapshot was made to be locked with, such as `governance 7`; and, once it is locked, until when. */
  lock: 'holdfast:lock',
  locked: 'holdfast:locked',
  /** The two names under which the replaced systems kept the verdict. */
  integrity: 'Integrity',
  /** When a snapshot was proven last (ISO 8601), and after a blank the seconds that it took, such as `312`. */
  proven: 'holdfast:proven',
  /**
   * Of a snapshot without a receipt: when a proof was tried last that said nothing (ISO 8601), and after a blank what is on it that
   * no proof can look into, such as `ntfs`.
   */
  tried: 'holdfast:tried',
  valid: 'DBBackupValid',
  /** Of a copy: the id of the snapshot that it is a copy of. */
  primary: 'Source_SnapshotId',
} as const;

const day = 24 * 60 * 60 * 1000;

/** `YYYY-mm-dd` in UTC: the day on which the snapshot may be deleted. */
export function deleteOn(now: Date, retentionDays: number): string {
  return new Date(now.getTime() + retentionDays * day).toISOString().slice(0, 10);
}

export interface SnapshotTagging {
  readonly source: string;
  readonly run: RunIdentity;
  readonly receiptKey: string;
  readonly now: Date;
  readonly retentionDays: number;
  /** Further tags of Holdfast's own. */
  readonly own?: Tags;
  /** The user's own tags; they never replace one of Holdfast's. */
  readonly extra: Tags;
}

/** Every tag of a backup snapshot, set in the call that creates it: no crash can leave one untagged. */
export function snapshotTags(options: SnapshotTagging): Tags {
  const { source, run, now } = options;
  return {
    ...options.extra,
    Name: `${source} ${now.toISOString().slice(0, 16).replace('T', ' ')}`.slice(0, 255),
    Type: 'Automated',
    DeleteOn: deleteOn(now, options.retentionDays),
    [tagNames.madeBy]: 'ib-snapshot',
    [tagNames.source]: source,
    [tagNames.run]: run.key,
    [tagNames.attempt]: String(run.attempt),
    [tagNames.receipt]: options.receiptKey,
    ...options.own,
  };
}

/** Tags by which the snapshots of a source are found. */
export function snapshotsOf(source: string): Tags {
  return { [tagNames.madeBy]: 'ib-snapshot', [tagNames.source]: source };
}

/** What the keys of all receipts begin with. */
export const receiptsPrefix = 'receipts/';

/** What is promised: the watchdog on GitHub writes it into the receipt bucket, and that of the stack reads it. */
export const promisesKey = 'watch/promises.json';

/** Folder of a source's receipts. Characters S3 asks to avoid become `-`: two sources may share one. */
export function receiptFolder(source: string): string {
  return `${receiptsPrefix}${source.replace(/[^A-Za-z0-9._/=@-]/g, '-')}/`;
}

/** The receipt of one run of one source. */
export function receiptKey(source: string, runId: string): string {
  return `${receiptFolder(source)}${runId}.json`;
}

/** Both names of one result, as the two replaced documents have them. */
export function verdictTags(verdict: 'good' | 'bad'): Tags {
  return { [tagNames.integrity]: verdict, [tagNames.valid]: verdict === 'good' ? 'True' : 'False' };
}
