/** A change to a copy of a volume: statements for the copy's server, or bytes of its files. */
import type { Change, SharingChange } from '../changes.ts';

/** Which copy is changed: of a source that was stopped, or one that was frozen, whose logs must be replayed. */
export type CopyOf = 'stopped' | 'frozen';

export interface ByteChange extends SharingChange {
  readonly copy: CopyOf;
  /** Changes files in the data folder, while no server runs on it. */
  readonly edit: (dataFolder: string) => void;
}

export type VolumeChange = Change | ByteChange;
