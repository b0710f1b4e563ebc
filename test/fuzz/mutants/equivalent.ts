/** Changes after which the program does the same, each with the reason: nothing can notice them. */
import type { Mutant } from './mutate.ts';

export interface Equivalent {
  /** The end of its path. */
  readonly file: string;
  /** The line, without the blanks around it. */
  readonly line: string;
  /** What stands there, and what instead. */
  readonly changes: readonly (readonly [before: string, after: string])[];
  readonly why: string;
}

export const equivalents: readonly Equivalent[] = [];

/** Whether this is one of the changes. */
export function explains(one: Equivalent, { file, text, before, after }: Mutant): boolean {
  return (
    file.endsWith(one.file) && text === one.line && one.changes.some(([from, to]) => from === before && to === after)
  );
}
