/** The definitions of everything that a database server holds, as digests of their named parts. No text of them is kept. */

/** One object: a database, a table, a view, a routine, an account, … */
export interface DefinitionFact {
  /** `database`, `table`, `view`, `sequence`, `procedure`, `function`, `package`, `package body`, `trigger`, `event`, `account`, … */
  readonly kind: string;
  /** As people write it: `ads.clicks`, `app@%`. */
  readonly name: string;
  /** By the part's name (`column id`, `key by_day`), 16 hexadecimal digits of a digest; of a credential 4. */
  readonly parts: Readonly<Record<string, string>>;
  /** Parts that another version of the server words otherwise, in words that versions share; empty where it may be left out. */
  readonly reworded?: Readonly<Record<string, string>>;
  /** Numbers that move while the source is used (`AUTO_INCREMENT`, `next value`), as decimal strings. */
  readonly quantities?: Readonly<Record<string, string>>;
  /** When it was made or altered last, where the server says so, in UTC: one with another time was changed meanwhile. */
  readonly created?: string;
  /** Storage engine of a table. */
  readonly engine?: string;
  /** Of a view: whether it can be opened; if not, why. */
  readonly opens?: true | string;
  /** Of an event: when the server ends it by itself, in UTC as the server writes it. */
  readonly ends?: string;
  /** Why it could not be read, with the server's error number; 0 where the server gave none. */
  readonly error?: { readonly code: number; readonly message: string };
}

export interface Definitions {
  /** ISO 8601, the host's clock. */
  readonly takenAt: string;
  readonly seconds: number;
  readonly serverVersion: string;
  /** CURRENT_USER() of who read them: another account may see less. */
  readonly account: string;
  readonly lowerCaseTableNames: number;
  readonly objects: readonly DefinitionFact[];
  /** Which statements the server had begun. Absent where it did not say. */
  readonly changes?: Changes;
}

/** What the server counted of statements that change definitions. Times are seconds since 1970 by its clock. */
export interface Changes {
  readonly started: number;
  /** When its counters were reset last. */
  readonly flushed: number;
  /** By the statement (`create_view`), when the reading began; those that never ran are left out. */
  readonly from: Readonly<Record<string, number>>;
  /** When it ended. */
  readonly to: Readonly<Record<string, number>>;
}
