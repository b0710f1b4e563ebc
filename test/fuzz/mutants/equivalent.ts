/** Changes after which the program does the same, each with the reason: nothing can notice them. */

export interface Equivalent {
  /** The end of its path. */
  readonly file: string;
  readonly before: string;
  readonly after: string;
  readonly why: string;
}

export const equivalents: readonly Equivalent[] = [];
