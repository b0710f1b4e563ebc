/** A case: a dump, what is done with it, and what must be true of the result. The corpus keeps such cases as files. */

export interface UniqueColumn {
  readonly table: string;
  /** Its place in the rows, counted from 0. */
  readonly index: number;
}

export interface Case {
  /** What was wrong when it was found, and how; only in the corpus. */
  readonly found?: string;
  /** Lines of the dump, in UTF-8. */
  readonly dump: readonly string[];
  readonly rules?: string | undefined;
  /** Words that must not occur in the result, in lower case. */
  readonly words: readonly string[];
  /** Words that may stay: a rule keeps them. */
  readonly kept?: readonly string[];
  /** Texts in which something is an address by the RFCs, but by decision not for the anonymiser. */
  readonly harmless: readonly string[];
  /** Whether it must come out as it went in. */
  readonly isIdentical: boolean;
  /** Columns of COPY whose values must stay distinct. */
  readonly unique: readonly UniqueColumn[];
  /** Columns whose values may change although no word is in them, as table and place: a rule says so, or words do not show. */
  readonly changed: readonly string[];
  /** Whether it may be refused, before a row is written, because constraints bind its values. */
  readonly mayRefuse: boolean;
  /** Whether the definitions are not known beforehand. */
  readonly isPipe: boolean;
  /** From which the sizes of the chunks are made. */
  readonly chunks: number;
}
