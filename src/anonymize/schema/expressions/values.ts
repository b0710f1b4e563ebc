/** Values of SQL as `evaluate` takes and gives them. */

/** What is not known: a column whose value nobody says, a function that nobody knows. */
export const unknown = Symbol('unknown');
export type Unknown = typeof unknown;

/** An array of SQL is an array. Dates and UUIDs are strings. */
export type Known = string | number | boolean | null | readonly SqlValue[];
export type SqlValue = Known | Unknown;

export interface Scope {
  /** The value of a column, by canonical name. */
  readonly valueOf: (column: string) => SqlValue;
  /** Whether the column's values are compared without regard to upper and lower case. */
  readonly ignoresCase?: (column: string) => boolean;
}
