/** What proving a kept dump works with. */
import type { DumpFile, DumpReceipt } from '../../../domain/dump.ts';
import type { DescribedFingerprint, DumpEngine, KeptDumps } from '../../../ports/dump-engine.ts';
import type { Runs } from '../../../ports/github.ts';
import type { Objects } from '../../../ports/objects.ts';
import type { FileMaker } from '../files/file-maker.ts';
import type { Settings } from '../inputs.ts';
import type { Context } from '../ports.ts';

/** An engine that was opened for one kept dump. It does not reach the source. */
export interface KeptEngine {
  readonly engine: Pick<DumpEngine, 'describe' | 'scratch' | 'compare' | 'explained' | 'sweep'> & KeptDumps;
  readonly files: Pick<FileMaker, 'expected' | 'definitionsIn'>;
}

export interface KeptPorts {
  /** Opens the engine as the receipt asks for it. */
  readonly open: (receipt: DumpReceipt) => KeptEngine;
  readonly objects: Objects;
  readonly runs: Runs;
}

/** One kept dump, and what the work on it needs. */
export interface KeptWork extends KeptEngine {
  readonly settings: Settings;
  readonly key: string;
  readonly receipt: DumpReceipt;
  readonly objects: Objects;
  readonly context: Context;
  /** When the proof began. */
  readonly startedAt: Date;
  /** Names the scratch databases of this work alone. */
  readonly owner: string;
}

/** The archive as it was read for the proof. */
export interface ReadArchive {
  /** The fingerprint of the receipt, with the definitions that the archive holds. */
  readonly source: DescribedFingerprint;
  /** Reads the file; from the disk, where it lies there as the bucket has it. */
  readonly objects: Pick<Objects, 'read'>;
  readonly file: DumpFile;
}
