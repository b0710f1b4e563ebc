/** What db-dump is asked for, what it needs, and what it tells as soon as it is known. */
import type { RulesFile } from '../../anonymize/rules/file/rules-file.ts';
import type { DumpFileKind, DumpReport } from '../../domain/dump.ts';
import type { PlanDecision } from '../../domain/plan.ts';
import type { RunIdentity } from '../../domain/run.ts';
import type { Verdict } from '../../domain/verdict.ts';
import type { ArchiveFormat, Keeping } from '../../dump/files.ts';
import type { DumpEngine } from '../../ports/dump-engine.ts';
import type { Runs } from '../../ports/github.ts';
import type { Objects } from '../../ports/objects.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { Timeline } from '../../runtime/timeline.ts';

export interface Wishes {
  readonly source: string;
  readonly bucket: string;
  readonly receiptBucket: string;
  readonly prefix: string;
  readonly name: string;
  readonly keep: Keeping;
  readonly keepCount: number;
  readonly format: ArchiveFormat;
  readonly made: readonly DumpFileKind[];
  readonly proven: readonly DumpFileKind[];
  readonly rules: RulesFile;
  /** Whether a rules file was given. */
  readonly strict: boolean;
  readonly key: Uint8Array;
  readonly compressionLevel: number;
  readonly maxChange: number;
  readonly workDirectory: string;
  readonly run: RunIdentity;
  /** Run and attempt, as object metadata has it. */
  readonly mark: string;
  readonly dryRun: boolean;
}

export interface Findings {
  readonly plan: readonly PlanDecision[];
  readonly outcome: 'dry-run' | 'done';
  readonly verdict: Verdict;
  readonly dump: DumpReport;
  readonly receiptLocation: string;
  readonly notes: readonly string[];
}

export interface Deps {
  readonly engine: DumpEngine;
  readonly objects: Objects;
  /** The same, for what a cancelled run still has to put in order. */
  readonly afterwards: Objects;
  readonly runs: Runs;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly timeline: Timeline;
  readonly signal: AbortSignal;
  readonly found: (facts: Partial<Findings>) => void;
}
