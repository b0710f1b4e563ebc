/**
 * The rules read a second time, in SQL: what a value of the source must have become. It shares nothing with the code that
 * replaces values.
 */
import { parse } from 'yaml';
import { ruledName, type TriedColumn, type TriedTable } from './columns.ts';

/** A rule as a rules file holds it. */
export type Rule = unknown;

/** How a column of the copy is compared with the one of the source, row by row. */
export interface Comparison {
  /** SQL for the value that the copy must have, on the side of the source; then for the one it has. */
  readonly source: string;
  readonly copy: string;
  /** Whether numbers may differ, by a share or by an amount; otherwise they are equal. */
  readonly within?: { readonly share: number } | { readonly amount: number };
  /** Whether different values must stay different. */
  readonly distinct: boolean;
}

/** A plain reading of addresses; the anonymiser knows many more disguises. */
const local = String.raw`[^][[:space:]"''<>(),:;=&?/{}|\\\`@$]+`;
const address = String.raw`${local}@([[:alnum:]_-]+\.)+[[:alnum:]_-]*[[:alpha:]][[:alnum:]_-]*`;
const clearAddress = String.raw`[[:alnum:]._%+-]+@[[:alnum:]-]+(\.[[:alnum:]-]+)*\.[[:alpha:]]{2,}`;
const ownAddress = String.raw`[[:alnum:].+_-]+@([[:alnum:]-]+\.)*example\.com`;

/** The rules of a file by table and column. */
export function readRules(text: string): (table: TriedTable, column: string) => Rule {
  type Written = { tables?: Record<string, { columns?: Record<string, Rule> }> };
  const tables = (text === '' ? {} : ((parse(text) as Written).tables ?? {})) as NonNullable<Written['tables']>;
  return ({ ruled }, column) => {
    // Old dumps name tables without their schema; and names need no quotes.
    const names = [ruled, ruled.replaceAll('"', ''), ruled.replace(/^public\./, '')];
    const columns = names.map((name) => tables[name]?.columns).find((one) => one !== undefined) ?? {};
    return columns[ruledName(column)] ?? columns[column] ?? (column in columns ? 'null' : 'emails');
  };
}

/** SQL for the text of a column. */
export function textOf({ name, base }: TriedColumn): string {
  const quoted = `"${name.replaceAll('"', '""')}"`;
  return base === 'bytea' ? `encode(${quoted}, 'escape')` : `${quoted}::text`;
}

/** SQL for a text with its addresses made equal. */
export function withoutAddresses(text: string): string {
  return `regexp_replace(${text}, '${address}', '<address>', 'g')`;
}

/** SQL: whether a text of the copy holds an address that nobody wrote there. */
export function holdsAddress(text: string): string {
  return `coalesce(regexp_replace(${text}, '${ownAddress}', '', 'g') ~ '${clearAddress}', false)`;
}

const same = (sql: string, distinct = false): Comparison => ({ source: `md5(${sql})`, copy: `md5(${sql})`, distinct });

/** Whether there is a value at all; what it is shows in how values are paired. */
const anyValue = (text: string, distinct: boolean): Comparison =>
  same(`CASE WHEN ${text} IS NULL THEN NULL ELSE '' END`, distinct);

export function comparisonOf(rule: Rule, column: TriedColumn): Comparison {
  const text = textOf(column);
  if (rule === 'keep') return same(text, true);
  if (rule === 'emails' || rule === 'addresses') return same(withoutAddresses(text));
  if (rule === 'null' || rule === null) return { source: 'NULL', copy: text, distinct: false };
  if (rule === 'hash' || rule === 'pseudonym') return anyValue(text, true);
  if (rule === 'mask') {
    const collated = `(${text}) COLLATE "und-x-icu"`;
    const masked = `regexp_replace(regexp_replace(${collated}, '[[:alpha:]]', 'x', 'g'), '[[:digit:]]', '0', 'g')`;
    return { source: `md5(${masked})`, copy: `md5(${text})`, distinct: false };
  }
  const form = rule as { fixed?: unknown; noise?: string; 'shift-days'?: number };
  if (form.fixed !== undefined) {
    const fixed = `'${String(form.fixed).replaceAll("'", "''")}'::${column.type}::text`;
    return {
      source: `md5(CASE WHEN ${text} IS NULL THEN NULL ELSE ${fixed} END)`,
      copy: `md5(${text})`,
      distinct: false,
    };
  }
  if (form.noise !== undefined) {
    const number = column.base === 'money' ? text.replace('::text', '::numeric::text') : text;
    return { source: number, copy: number, within: { share: Number.parseFloat(form.noise) / 100 }, distinct: false };
  }
  if (form['shift-days'] !== undefined) {
    const seconds = `extract(epoch FROM ${text.replace('::text', '')})::text`;
    return { source: seconds, copy: seconds, within: { amount: form['shift-days'] * 86_400 }, distinct: false };
  }
  return anyValue(text, false);
}
