/** A change to a copy of a volume: statements for the copy's server, or bytes of its files. */
import type { Kind } from '../changes.ts';

/** Which copy is changed: of a source that was stopped, or one that was frozen, whose logs must be replayed. */
export type CopyOf = 'stopped' | 'frozen';

interface Common {
  readonly kind: Kind;
  /** What it is, for people. */
  readonly what: string;
  /** Word by which what is found names the thing that was changed. Undefined: the change has a copy to itself. */
  readonly at?: string | undefined;
}

export interface SqlChange extends Common {
  readonly sql: string;
}

export interface ByteChange extends Common {
  readonly copy: CopyOf;
  /** Changes files in the data folder, while no server runs on it. */
  readonly edit: (dataFolder: string) => void;
}

export type VolumeChange = SqlChange | ByteChange;
