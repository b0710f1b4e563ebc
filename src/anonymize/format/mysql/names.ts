/** Names of tables in one canonical form (names.ts): `shop.users` where the dump names its databases, otherwise `users`. */
import { Cursor } from '../cursor.ts';
import type { StringForms } from './literals.ts';
import { tokenizeMysql } from './tokens.ts';

/** @param database the current one; empty when the dump names none */
export function tableIn(database: string, name: string, isQualified: boolean): string {
  return database === '' || isQualified ? name : `${database}.${name}`;
}

/** Reads the name of a table that comes next. */
export function readTable(cursor: Cursor, database: string): string | undefined {
  const first = cursor.name();
  if (first === undefined) return undefined;
  return cursor.accept('.') ? `${first}.${cursor.name() ?? ''}` : tableIn(database, first, false);
}

/** @returns the canonical name of the database that the statement selects; undefined when it selects none */
export function usedDatabase(statement: string, forms: StringForms): string | undefined {
  const cursor = new Cursor(statement, tokenizeMysql(statement, forms));
  return cursor.accept('use') ? cursor.name() : undefined;
}
