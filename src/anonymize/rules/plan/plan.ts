/** What happens to each table's rows and columns: the rules and the catalogue, made ready for the stream. */
import type { Replace } from '../../emails/replacement.ts';
import type { Catalogue } from '../../schema/catalogue.ts';
import type { NestedRoom } from '../../schema/nested-room.ts';
import type { AddressForm } from '../addresses/form.ts';
import type { RulesFile } from '../file/rules-file.ts';
import type { Transform } from '../transforms/transform.ts';

/** The name under which reports count what is not in rows: definitions, comments, functions. */
export const definitionsPart = '(definitions)';

/** The name under which reports count addresses in names (of tables, roles, policies), which stay. */
export const namesPart = '(names)';

/** Whether this is the name of a part of the dump that is no table. */
export function isPart(name: string): boolean {
  return name === definitionsPart || name === namesPart;
}

/** The names under which reports count addresses (replaced by the same one, or each by one of its own), passwords of roles, and rows. */
export const labels = {
  emails: 'emails',
  uniqueEmails: 'unique emails',
  rolePasswords: 'passwords of roles left out',
  leftOut: 'rows left out',
} as const;

export interface PlanOptions {
  readonly rules: RulesFile;
  /** Empty when nothing is known about the dump before it is read. */
  readonly catalogue: Catalogue;
  /** Whether the catalogue also holds what a dump defines after the rows: unique constraints and foreign keys. */
  readonly complete: boolean;
  /** Secret bytes: the same key gives the same pseudonyms. */
  readonly key: Uint8Array;
}

export interface ColumnPlan {
  readonly name: string;
  /** The rule's name in reports: `emails`, `unique emails`, `pseudonym`. */
  readonly label: string;
  /** `keep`: values stay; `emails`: the addresses in them are replaced; otherwise the whole value is. */
  readonly treatment: 'keep' | 'emails' | Transform;
  readonly replace: Replace;
  /** What addresses become, where that is not the usual form. */
  readonly form?: AddressForm | undefined;
  /** Whether addresses become addresses: without room for a domain, distinct ones become letters of a hash. */
  readonly hasDomain: boolean;
  /** How often PostgreSQL has escaped the text within itself: 1 for arrays and composite values, 2 for both. */
  readonly nesting: number;
  /** What a user should know of its values. */
  readonly note?: string | undefined;
  /** Characters that the column takes. */
  readonly maxCharacters: number;
  /** Characters that the elements, fields and bounds in its values take; undefined where none has a limit. */
  readonly nested: NestedRoom | undefined;
  /** Whether a plain address can be replaced without regard to the rest of the value. */
  readonly quick: boolean;
  /** Whether the column can hold text, and so phone or card numbers: not UUIDs, numbers or dates. */
  readonly holdsText: boolean;
  /** Whether values are bytes that may be no text. */
  readonly binary: boolean;
  /** Whether the server computes the values: MariaDB's dumps hold them, although no restore reads them. */
  readonly generated: boolean;
  /** The column of this table that the rule uses. */
  readonly by: string | undefined;
  /** Whether values equal to the column's own count as leaks where they appear elsewhere. */
  readonly replaced: boolean;
  /** Whether what becomes of a value depends on those before it: on addresses too short to differ for certain. */
  readonly remembers: boolean;
}

export interface TablePlan {
  /** Canonical. */
  readonly name: string;
  readonly rows: 'keep' | 'drop' | { readonly share: number; readonly by: string };
  /** Whether rows must be split into fields: for more than the addresses in them. */
  readonly byRow: boolean;
  /** Whether it matters which column an address is in. */
  readonly byColumn: boolean;
  /** @param name canonical; '' for a column that nobody names */
  column(name: string): ColumnPlan;
  /** Columns in the order of COPY, which omits generated ones; undefined when the table is not known. */
  readonly columns: readonly string[] | undefined;
  /** Columns in the order of INSERT, which writes DEFAULT for generated ones. */
  readonly allColumns: readonly string[] | undefined;
  /** Whether what becomes of a row may depend on those before it: then one thread must see all of them. */
  readonly remembers: boolean;
  /** The partitioned table to write the rows to instead: changed values may belong to another partition. */
  readonly writeTo: string | undefined;
}

export interface Plan {
  /** What a user should know of the forms that were chosen for addresses, by `table.column`. */
  readonly notes: ReadonlyMap<string, string>;
  table(name: string): TablePlan;
  /** Replaces addresses outside of rows. */
  readonly replace: Replace;
  /**
   * Replaces addresses that must stay distinct outside of rows: in CHECK, enumerations and lists of partitions. In CHECK,
   * nobody@example.com would also be what `VALUE <> …` refuses in every row.
   */
  readonly replaceUnique: Replace;
  /** What is written instead of the bounds of partitions by range that hold an address, by the bound; undefined while not all are known. */
  readonly bounds: ReadonlyMap<string, string> | undefined;
  /** Strings in CHECKs and bounds of partitions that stay, since they belong to columns with the rule `keep`. */
  readonly kept: Pick<ReadonlyMap<string, unknown>, 'has' | 'size'>;
  /** A keyed hash from 0 to 1 that decides which rows a sample keeps. */
  readonly sampled: (value: Buffer) => number;
}
