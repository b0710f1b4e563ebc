/** What the story of a backup is told, and what it works with. */

import type { QuiesceMode, Receipt } from '../../domain/receipt.ts';
import type { RunIdentity } from '../../domain/run.ts';
import type { HostParameters } from '../../host/catalogue/catalogue.ts';
import type { Compute } from '../../ports/compute.ts';
import type { Runs } from '../../ports/github.ts';
import type { Hosts } from '../../ports/hosts.ts';
import type { Receipts } from '../../ports/receipts.ts';
import type { PlanDecision } from '../../report/report.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { Timeline } from '../../runtime/timeline.ts';

/** What the user decided, parsed. Durations are seconds. */
export interface Wishes {
  readonly source: string;
  readonly region: string;
  readonly instance: string;
  readonly mountPoint: string;
  readonly service: string;
  readonly socket: string;
  readonly defaultsFile: string;
  readonly mode: QuiesceMode;
  readonly maxPauseSeconds: number;
  /** base64 of the gzipped checks file, or empty. */
  readonly checks: string;
  readonly method: 'auto' | 'aggregates';
  readonly underLock: boolean;
  readonly wait: 'completed' | 'started';
  readonly waitSeconds: number;
  readonly retentionDays: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly dryRun: boolean;
}

export interface Tools {
  readonly compute: Compute;
  readonly hosts: Hosts;
  readonly receipts: Receipts;
  readonly runs: Runs;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly timeline: Timeline;
  readonly signal: AbortSignal;
  readonly run: RunIdentity;
  readonly version: string;
  /** Remembers, before the side effect, what the post step must undo. */
  readonly remember: (hold: { instanceId: string; holdId: string; hostParameters: HostParameters<'inspect'> }) => void;
  /** Told that the source is back, so that the post step has nothing to do. */
  readonly forget: () => void;
  /** Told of everything worth reporting as soon as it is known, so that a failed run reports it too. */
  readonly found: (facts: Partial<Findings>) => void;
}

export interface Findings {
  readonly outcome: 'done' | 'dry-run' | 'nothing-to-do';
  readonly plan: readonly PlanDecision[];
  readonly receipt: Receipt;
  readonly receiptLocation: string;
}

/** Parameters that every script on the source has. */
export function hostParameters(wishes: Wishes): HostParameters<'inspect'> {
  return {
    MountPoint: wishes.mountPoint,
    Service: wishes.service,
    Socket: wishes.socket,
    DefaultsFile: wishes.defaultsFile,
  };
}
