/** What evidence is made from. What is told here was read; what could not be read is told, too. */
import type { KeptBackup, UnreadPart } from '../../domain/backup.ts';
import type { TrailEvent } from '../../domain/trail.ts';
import type { History } from '../page/model/history.ts';
import type { PromisedSource } from '../promises/promise.ts';
import type { Period } from './period.ts';

/** What a proof restored and compared. */
export interface ComparedPart {
  /** `archive`, `plain`, `anonymised`; of a volume `filesystem, files and tables`. */
  readonly what: string;
  readonly verdict: 'good' | 'bad' | 'unproven';
  /** Figures, or checks, that were compared. */
  readonly compared: number;
}

/** A backup that is kept, or was. */
export interface EvidenceBackup extends KeptBackup {
  /** Whether its snapshot or its files are still there. */
  readonly kept: boolean;
  /** When its receipt was deleted (ISO 8601); undefined while it is there. */
  readonly deletedAt?: string | undefined;
  /** Of the newest proof that says something of the content. */
  readonly compared: readonly ComparedPart[];
  /** SHA of the commit of the repository whose run made it. */
  readonly commit?: string | undefined;
  /** Version of Holdfast that made it. */
  readonly madeBy?: string | undefined;
  /** Of a dump: the bucket of its files. */
  readonly bucket?: string | undefined;
}

/** A value that a workflow file gives to an input that decides how long backups are kept. */
export interface RetentionSetting {
  readonly workflow: string;
  /** Job, and step where it has one: `backup`, `backup, step 3`. */
  readonly place: string;
  /** `retention-days`. */
  readonly setting: string;
  readonly value: string;
}

/** A commit that changed, added or took away such a value. */
export interface RetentionChange extends Omit<RetentionSetting, 'value'> {
  /** Undefined where it was not set: then the default of the action counts, or a variable. */
  readonly before?: string | undefined;
  readonly after?: string | undefined;
  /** When it was committed (ISO 8601), as git says; what was merged, when it was merged. */
  readonly at: string;
  readonly author: string;
  readonly commit: string;
  readonly url: string;
}

/** How GitHub's runs of a workflow ended. */
export interface WorkflowRuns {
  readonly workflow: string;
  readonly total: number;
  readonly succeeded: number;
  readonly failed: number;
}

/** What the repository's own records say of the period. */
export interface RepositoryRecord {
  readonly repository: string;
  /** At the end of the period. */
  readonly retention: readonly RetentionSetting[];
  readonly changes: readonly RetentionChange[];
  readonly runs: readonly WorkflowRuns[];
  /** What could not be read, with its reason. */
  readonly unread: readonly string[];
}

export type AccountEvent = TrailEvent;

/** Calls to AWS that changed how long backups are kept, or tried to; those of a kind, caller and day together. */
export interface AccountChange {
  /** The first of them (ISO 8601). */
  readonly at: string;
  readonly last: string;
  readonly calls: number;
  /** `DeleteSnapshot`. */
  readonly event: string;
  readonly region: string;
  /** `admin/ada@example.com`: role and session; `123456789012:user/ada`; `role holdfast-rotate` of Holdfast's own runs. */
  readonly who: string;
  /** Whether the session is named as those of Holdfast's runs are. */
  readonly own: boolean;
  /** Some of what it was about. */
  readonly resources: readonly string[];
  readonly detail?: string | undefined;
  /** AWS's code of the refusal. */
  readonly refused?: string | undefined;
}

/** What CloudTrail's event history says of the period. */
export interface AccountRecord {
  /** Which part of the period was read; undefined when none could be. */
  readonly covered: { readonly from: string; readonly until: string } | undefined;
  readonly regions: readonly string[];
  readonly changes: readonly AccountChange[];
  /** What could not be read, with its reason. */
  readonly unread: readonly string[];
}

export interface EvidenceInput {
  readonly period: Period;
  /** Of all times, so that also a gap that began before the period is seen. */
  readonly backups: readonly EvidenceBackup[];
  /**
   * Since when each receipt that was deleted can still be read (epoch ms): the bucket keeps older versions for a time. Undefined when
   * none can.
   */
  readonly deletedSince?: number | undefined;
  /** By `OWNER/REPO`. Undefined when nobody knows what is promised. */
  readonly promises: Readonly<Record<string, readonly PromisedSource[]>> | undefined;
  readonly history: History | undefined;
  readonly records: readonly RepositoryRecord[];
  /** Undefined when CloudTrail was not asked. */
  readonly account: AccountRecord | undefined;
  readonly unread: readonly UnreadPart[];
  /** Further things that are not known: one sentence each. */
  readonly problems: readonly string[];
  readonly now: Date;
  readonly receiptBucket: string;
  readonly writtenBy: string;
  /** The run that makes it; undefined for a command. */
  readonly runUrl?: string | undefined;
}
