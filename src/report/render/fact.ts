/** A figure of a run, as plain text. */
export interface Fact {
  readonly name: string;
  readonly value: string;
  /** Shown as code: ids, paths. */
  readonly literal?: boolean;
}
