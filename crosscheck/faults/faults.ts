/** Faults that are put into a copy on purpose: a wrong code, a missing field, a policy that is too wide. */
import type { Change } from './copy.ts';

export interface Fault extends Change {
  readonly what: string;
  /** The witness that must notice it. */
  readonly witness: string;
}

export const faults: readonly Fault[] = [];
