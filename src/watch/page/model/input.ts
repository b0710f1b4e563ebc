/** What the status page is made from: kept backups, what is promised, and what the watchdog found. */
import type { BackupKind, KeptBackup } from '../../../domain/backup.ts';
import type { History } from './history.ts';

export interface PageTargets {
  /** How long after a promised run a backup may come before it is missed. */
  readonly allowanceSeconds: number;
  /** Oldest age that the newest backup may have: of kinds that are proven, the newest proven one. */
  readonly rpoSeconds?: number | undefined;
  /** Longest time that a restore may take. */
  readonly rtoSeconds?: number | undefined;
}

/** What a source is promised. Times are ISO 8601. */
export interface PagePromise extends PageTargets {
  readonly source: string;
  readonly kind: BackupKind;
  /** Of a rotation: what tells the source even when its name changes. */
  readonly instanceId?: string | undefined;
  /** Of a server whose databases are dumped one by one: their sources are `SOURCE/DATABASE`. */
  readonly allDatabases?: boolean | undefined;
  /** Of such a server: targets of single databases, by source. */
  readonly targetsOfDatabases?: Readonly<Record<string, PageTargets>> | undefined;
  /** Of such a server: since when databases are no longer on it, by source. */
  readonly goneDatabases?: Readonly<Record<string, string>> | undefined;
  /** What the watchdog says of it beside failures, such as a volume that is no longer attached. */
  readonly notes?: readonly string[] | undefined;
  /** The schedules, for people: `17 2 * * * (Europe/Berlin)`. */
  readonly schedules: readonly string[];
  /** Promised runs since `since`, and the next ones, in order. */
  readonly runs: readonly string[];
  /** Of what was promised before nobody knows; undefined when all is known. */
  readonly since?: string | undefined;
  /** File name of the workflow that makes the backup, `postgres-backup.yml`, and the address of its repository. */
  readonly workflow?: string | undefined;
  readonly repositoryUrl?: string | undefined;
}

/**
 * - `bad`: its newest backup was restored and found wrong, or cannot be restored any more.
 * - `missing`: a promised run has made no backup.
 * - `too-old`: the newest one that counts is older than its target.
 * - `unproven`: the newest one could not be proven.
 * - `too-slow`: restoring takes longer than its target.
 * - `unknown`: its backups could not be read, so nobody can say whether one is missing.
 */
export type Trouble = 'bad' | 'missing' | 'too-old' | 'unproven' | 'too-slow' | 'unknown';

/** What the watchdog found about a source. */
export interface PageFinding {
  readonly source: string;
  readonly kind: BackupKind;
  readonly instanceId?: string | undefined;
  readonly trouble: Trouble;
  /** A sentence: what is missing, since when. */
  readonly text: string;
}

export interface PageInput {
  readonly backups: readonly KeptBackup[];
  readonly promises: readonly PagePromise[];
  readonly findings: readonly PageFinding[];
  /** What earlier runs remembered of backups that are no longer kept. */
  readonly history?: History | undefined;
  /** What could not be read, so that the page does not know it: one sentence each. */
  readonly unread: readonly string[];
  readonly now: Date;
  readonly settings: PageSettings;
}

/** What links and commands on the page are made of; without them it says less. */
export interface PageSettings {
  /** What the page is about: a repository, a company. */
  readonly title: string;
  /** IANA name of the zone in which days begin and times are shown; `UTC`. */
  readonly timeZone: string;
  /** `https://github.com/OWNER/REPO`. */
  readonly repositoryUrl?: string | undefined;
  /** Pages of the documentation: the folder that holds `runbook.md` and `restore.md`. */
  readonly docsUrl?: string | undefined;
  /** A run book of the reader's own; default: that of the documentation. */
  readonly runbookUrl?: string | undefined;
  readonly region?: string | undefined;
  readonly receiptBucket?: string | undefined;
  /** What wrote the page, with its version. */
  readonly writtenBy: string;
  /** Whether the data are made up: then the page says so. */
  readonly example?: boolean | undefined;
}
