/** What was found when a backup was restored: one entry per check, and the verdict that follows. */

import type { Step } from './step.ts';
import type { Verdict } from './verdict.ts';

export type CheckOutcome = 'passed' | 'failed' | 'not-compared' | 'unproven';

export interface CheckResult {
  /** `filesystem`, `read every file`, `service starts`, `icm`, or `database.table` / the check's name. */
  readonly name: string;
  readonly outcome: CheckOutcome;
  /** One line a reader understands: what was expected and what was found. */
  readonly detail: string;
  /** The end of the output that shows it (log of the service, the checker's words), when there is one. */
  readonly output?: string;
  /** Of a table: its rows in the copy, and how many of them were compared exactly, by a hash or checksum. Decimal strings. */
  readonly rows?: {
    readonly compared: string;
    readonly of: string;
    /** A small table whose rows change all the time: it may hold fewer rows that could be compared than others must. */
    readonly hot?: true;
  };
}

export interface Verification {
  readonly verdict: Verdict;
  readonly snapshotId: string;
  readonly volumeId?: string;
  readonly instanceId: string;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly run: { readonly key: string; readonly url: string; readonly attempt: number };
  readonly checks: readonly CheckResult[];
  /** Everything read from the copy: bytes, files, seconds. */
  readonly read?: { readonly bytes: number; readonly files: number; readonly seconds: number };
  /** The same of all tables together; absent where no table has a row, and in earlier receipts. */
  readonly rows?: { readonly compared: string; readonly of: string };
  /** Seconds from asking for the volume to the first served query. */
  readonly recoverySeconds?: number;
  readonly serverVersion?: string;
  readonly timeline: readonly Step[];
  /** Why the verdict is `unproven`: what stood in the way. */
  readonly obstacle?: { readonly step: string; readonly message: string; readonly fix?: string };
}
