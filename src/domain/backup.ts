/** Backups of all kinds as one list: what is kept, of which source, how old, and when it was proven last. */
import type { Verdict } from './verdict.ts';

/**
 * - `volume-snapshot`: made by ib-snapshot, with a receipt and a fingerprint.
 * - `rotation-snapshot`: made by ebs-rotate, of one volume of an instance; its tags are all that is known of it.
 * - `database-dump`: made by db-dump, with a receipt and a fingerprint.
 */
export type BackupKind = 'volume-snapshot' | 'rotation-snapshot' | 'database-dump';

/** One time that a backup was restored and checked, or that this was tried. */
export interface Proof {
  /** When it ended (ISO 8601). */
  readonly at: string;
  readonly verdict: Verdict;
  readonly run: { readonly key: string; readonly url: string };
  /** Seconds from the start of the restore to the first served query, or to the end of the restore of the archive. */
  readonly recoverySeconds?: number | undefined;
  /** Of the whole proof: what it costs to make it again. */
  readonly seconds?: number | undefined;
  /** Why it is not good: the reason first. */
  readonly findings?: readonly string[] | undefined;
}

/** A kept backup that a run proves, in place of making one: what it reports is about that backup, and no other. */
export interface ProvenAgain {
  /** Point in time of the backup (ISO 8601); undefined while it has not been found. */
  readonly takenAt?: string | undefined;
  /** Of a snapshot: its id. */
  readonly id?: string | undefined;
}

/** What a patrol found, in figures. */
/** Kept backups that nobody proves for the same reason. */
export interface UnprovenPart {
  readonly reason: string;
  readonly count: number;
}

/** Kept backups that nobody proves, and nobody has accepted as such. */
export interface UnprovenReport {
  /** What tells the account: the bucket of its receipts. */
  readonly account: string;
  /** The most frequent reason first. */
  readonly parts: readonly UnprovenPart[];
  /** Where they are. */
  readonly regions: readonly string[];
  /** Others, which their owner has accepted as unproven. */
  readonly accepted: number;
  /** The one without a proof for the longest time. */
  readonly oldest?:
    | {
        readonly source: string;
        readonly id: string;
        readonly region: string;
        /** Its last proof, or when it was taken (ISO 8601). */
        readonly since: string;
        readonly proven: boolean;
      }
    | undefined;
}

export interface PatrolReport {
  readonly kept: number;
  /** To be proven now. */
  readonly chosen: number;
  /** Backups whose last proof is too old. */
  readonly overdue: number;
  /** Backups that are no longer what they were: objects gone, replaced or changed. */
  readonly altered: number;
  /** Backups that nobody proves here; whether their content is good is not known from now on. */
  readonly unprovable: number;
  /** Those among them whose last proof is older than `days`, or that never had one and are older. */
  readonly unprovableOld: number;
  /** Those among them that nobody has accepted as unproven; undefined in reports that do not tell. */
  readonly unproven?: UnprovenReport | undefined;
  /** Parts of the account that could not be read, in which backups may be lost unseen. */
  readonly unread: number;
  readonly oldestDays: number;
  /** No last proof may be older. */
  readonly days: number;
  /** What each run needs, so that none is. */
  readonly neededSeconds: number;
  readonly budgetSeconds: number;
}

/** One backup that is kept. */
export interface KeptBackup {
  /** Name of the source, as inputs and receipts have it; of a rotation the name of the instance. */
  readonly source: string;
  readonly kind: BackupKind;
  /** Point in time of the backup (ISO 8601); of a copy, that of its primary. */
  readonly takenAt: string;
  /** Snapshot id, or the key of the receipt: tells it from all others of its kind and region. */
  readonly id: string;
  readonly region: string;
  /** Key of its receipt in the receipt bucket; undefined where only tags are known. */
  readonly receiptKey?: string | undefined;
  /** Of a copy: the region and the id that it was copied from. */
  readonly copyOf?: { readonly region: string; readonly id: string } | undefined;
  /** Of a rotation: what tells the source even when its name changes, and the volume. */
  readonly instanceId?: string | undefined;
  readonly volumeId?: string | undefined;
  /** What is stored, as far as it is known: a dump's files together, a snapshot's full size. */
  readonly bytes?: number | undefined;
  /** Of the last proof; `unproven` while there is none. */
  readonly verdict: Verdict;
  /** Newest first. Receipts and tags of earlier versions tell the first proof only. */
  readonly proofs: readonly Proof[];
  /** How long the users of the source felt the backup. */
  readonly pauseSeconds?: number | undefined;
  /** Of the run that made it; undefined where only tags are known. */
  readonly runUrl?: string | undefined;
  /** Retention never touches it. */
  readonly pinned: boolean;
  /** Such as `before-2.0`. */
  readonly label?: string | undefined;
  /** Why no proof can be made of it, whoever tries; undefined where nothing is known against it. */
  readonly unprovable?: string | undefined;
  /** Why it cannot be restored as it should, such as an object that is gone or has another size than the receipt says. */
  readonly problem?: string | undefined;
  /** Why nobody could look whether it is still there, such as objects that may not be listed: it may have a problem, or be gone. */
  readonly unseen?: string | undefined;
}

/** The proof that counts: the newest one that says something of the content. */
export function lastProof({ proofs }: KeptBackup): Proof | undefined {
  return proofs.find(({ verdict }) => verdict !== 'unproven');
}

/** A part of the account that could not be read. */
export interface UnreadPart {
  /** `receipts of acme-receipts`, `snapshots in eu-west-1`. */
  readonly what: string;
  readonly reason: string;
  /** Kinds of which backups may exist unseen. */
  readonly hides: readonly BackupKind[];
  /** Where they may exist; undefined for everywhere. */
  readonly region?: string | undefined;
  /** Folder of the receipts that may exist (`receiptFolder` of the source); undefined for all. */
  readonly folder?: string | undefined;
}

/** All kept backups of an account, as far as they could be read. What could not be is never taken for missing. */
export interface BackupInventory {
  /** Newest first. Those with a `problem` cannot be restored as they should. */
  readonly backups: readonly KeptBackup[];
  readonly unread: readonly UnreadPart[];
  /** Regions that were read, or could not be. */
  readonly regions: readonly string[];
  /** Receipts that were not read, since newer ones of their sources sufficed. */
  readonly older?: number;
}
