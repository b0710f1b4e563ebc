/** What verify-volume works with, and what it reports. */

import type { ProvenAgain } from '../../domain/backup.ts';
import type { PlanDecision } from '../../domain/plan.ts';
import type { Receipt } from '../../domain/receipt.ts';
import type { Verdict } from '../../domain/verdict.ts';
import type { Verification } from '../../domain/verification.ts';
import type { Compute } from '../../ports/compute.ts';
import type { Runs } from '../../ports/github.ts';
import type { Hosts } from '../../ports/hosts.ts';
import type { Receipts } from '../../ports/receipts.ts';
import type { ActionContext } from '../../runtime/context.ts';

export interface Ports {
  readonly compute: Compute;
  /** The same without the run's signal, so that a cancelled run still cleans up. */
  readonly cleanupCompute: Compute;
  readonly hosts: Hosts;
  readonly receipts: Receipts;
  readonly runs: Runs;
  /** Saves, before a copy is created, the verification host that the post step must clean up. */
  readonly remember: (instanceId: string) => void;
}

export interface Findings {
  readonly outcome: 'done' | 'dry-run' | 'nothing-to-do';
  readonly plan: readonly PlanDecision[];
  readonly receipt: Receipt;
  readonly receiptLocation: string;
  readonly snapshotId: string;
  readonly verification: Verification;
  readonly verdict: Verdict;
  /** Of a snapshot that had a verdict before. */
  readonly again: ProvenAgain;
  readonly notes: readonly string[];
}

export interface Context extends ActionContext<Findings> {
  /** Names this job: jobs of one run share run and attempt. */
  readonly job: string;
}
