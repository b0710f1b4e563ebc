/** What the process that judges mutants is asked, and what it answers. */

/** Places in files, as positions of characters; the files from the root of the repository. */
export type Places = Readonly<Record<string, readonly number[]>>;

export interface Question {
  /** Without one, the unchanged code is tried. */
  readonly mutant?: { readonly file: string; readonly source: string } | undefined;
  /** Names of what it is tried with, in this order. */
  readonly trials?: readonly string[];
  /** Instead: which of these does each trial reach? */
  readonly places?: Places;
}

export interface Answer {
  readonly isReady?: true;
  /** The name of what is tried now. */
  readonly begins?: string;
  readonly ends?: true;
  /** What noticed the change, and how. */
  readonly by?: string;
  readonly problem?: string;
  /** A trial of the unchanged code: how long the processor was busy, and what it reached. */
  readonly name?: string;
  readonly milliseconds?: number;
  readonly reached?: Places;
  /** What is reached when the files are loaded. */
  readonly always?: Places;
}
