/** What db-dump works with, and what it reports. */
import type { ProvenAgain } from '../../domain/backup.ts';
import type { DumpReport, DumpRetention, ListedDatabase } from '../../domain/dump.ts';
import type { PlanDecision } from '../../domain/plan.ts';
import type { Verdict } from '../../domain/verdict.ts';
import type { DumpLocation } from '../../dump/files.ts';
import type { DatabaseFacts, DumpEngine, ServerDatabases } from '../../ports/dump-engine.ts';
import type { Runs } from '../../ports/github.ts';
import type { Objects } from '../../ports/objects.ts';
import type { ActionContext } from '../../runtime/context.ts';
import type { FileMaker } from './files/file-maker.ts';
import type { Settings } from './inputs.ts';

export interface Ports {
  readonly engine: DumpEngine;
  /** Makes the files other than the archive, as the engine's archives need it. */
  readonly files: FileMaker;
  /** Asks the server for its databases; undefined for engines that dump all of them at once. */
  readonly databases?: (() => Promise<ServerDatabases>) | undefined;
  readonly objects: Objects;
  /** The same objects, without the run's signal: they clean up at the end of a cancelled run. */
  readonly cleanupObjects: Objects;
  readonly runs: Runs;
}

export interface Findings {
  readonly outcome: 'dry-run' | 'done';
  readonly plan: readonly PlanDecision[];
  readonly verdict: Verdict;
  readonly dump: DumpReport;
  /** What list-databases found, in place of a dump. */
  readonly databases: readonly ListedDatabase[];
  readonly receiptLocation: string;
  /** Of a kept dump that is proven, in place of a new one. */
  readonly again: ProvenAgain;
  readonly notes: readonly string[];
}

export type Context = ActionContext<Findings>;

export function locationOf(settings: Settings): DumpLocation {
  const { source, bucket, receiptBucket, prefix, name, keepAs, archiveFormat, compression } = settings;
  return {
    source,
    bucket,
    receiptBucket,
    prefix,
    name: name === '' ? source.replace(/[^A-Za-z0-9._-]/g, '-').replace(/\.anon$/, '-anon') : name,
    keepAs,
    format: archiveFormat,
    compression,
  };
}

/** The database as it was inspected, and what the work on it needs. */
export interface DumpWork {
  readonly settings: Settings;
  readonly location: DumpLocation;
  readonly facts: DatabaseFacts;
  readonly ports: Ports;
  readonly context: Context;
  /** How long the bucket keeps dumps, for the receipt. */
  readonly retention: DumpRetention;
  /** Deletes the versions that would push out the last good ones, before new ones are published. */
  readonly makeRoom: () => Promise<void>;
}
