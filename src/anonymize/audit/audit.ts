/** Goes through a dump that is not anonymised and proposes rules: by what columns hold and by what they are called. */
import { stringify } from 'yaml';
import { Candidates } from '../emails/at-signs.ts';
import { Addresses, findAddresses } from '../emails/find.ts';
import { textOf } from '../format/codec.ts';
import type { CopyTarget } from '../format/copy-statement.ts';
import { DumpReader, type DumpVisitor } from '../format/dump-reader.ts';
import { InsertValues } from '../format/insert-statement.ts';
import { findNumbers } from '../numbers/find-numbers.ts';
import type { Rule } from '../rules/file/rules-file.ts';
import type { Catalogue, Column } from '../schema/catalogue.ts';
import { note } from '../schema/read-catalogue.ts';

/** What was seen in a column. */
interface Seen {
  values: number;
  addresses: number;
  /** Values that are an address and nothing else. */
  whole: number;
  phones: number;
  ibans: number;
  cards: number;
}

export interface Proposal {
  readonly table: string;
  readonly column: string;
  readonly rule: Rule;
  readonly reason: string;
}

/** What a column's name says of what it holds, where the type agrees. */
const byName: readonly (readonly [RegExp, (column: Column) => Rule | undefined, string])[] = [
  [
    /pass(word|wd)?(_?(hash|digest))?$|secret|token|api_?key|salt$/i,
    (column) => (column.notNull ? { fixed: 'removed' } : 'null'),
    'called like a secret',
  ],
  [/^(first|given)_?name$|^vorname$/i, text({ fake: 'first-name' }), 'called like a first name'],
  [/^(last|family|sur)_?name$|^nachname$/i, text({ fake: 'last-name' }), 'called like a last name'],
  [/^(full_?|display_?|real_?|contact_?)?name$|_name$/i, personal, 'called like a name'],
  [/phone|mobile|telefon|^fax/i, text({ fake: 'phone' }), 'called like a phone number'],
  [/^street|address_?(line)?\d?$|^addr/i, text({ fake: 'street' }), 'called like an address'],
  [
    /^(date_of_birth|dob|birth(day|date)?|geburt)/i,
    (column) => (column.type.base === 'date' || column.type.base === 'timestamp' ? { 'shift-days': 90 } : undefined),
    'called like a date of birth',
  ],
  [
    /^(salary|income|wage)/i,
    (column) => (column.type.base === 'number' || column.type.base === 'integer' ? { noise: '20%' } : undefined),
    'called like an income',
  ],
  [/^ip(_?addr(ess)?)?$|_ip$/i, (column) => (column.notNull ? undefined : 'null'), 'called like an IP address'],
  [/^(ssn|tax_?id|passport|iban|bic|account_?n(o|umber|r))/i, text('mask'), 'called like a number of a person'],
];

function text(rule: Rule): (column: Column) => Rule | undefined {
  return (column) => (isText(column) ? rule : undefined);
}

function isText({ type }: Column): boolean {
  return type.base === 'text' && !type.array && type.enumeration === undefined;
}

function personal(column: Column): Rule | undefined {
  return isText(column) ? { fake: 'name' } : undefined;
}

const tab = 0x09;
const newline = 0x0a;

export class Audit implements DumpVisitor {
  readonly #catalogue: Catalogue;
  readonly #seen = new Map<string, Map<string, Seen>>();
  readonly #candidates = new Candidates();
  readonly #addresses = new Addresses();
  readonly #inserts = new InsertValues();
  #columns: Seen[] = [];

  constructor(catalogue: Catalogue) {
    this.#catalogue = catalogue;
  }

  statement(bytes: Buffer, _from: number, to: number, code: number): void {
    note(this.#catalogue, bytes, code, to);
    this.#inserts.each(bytes, code, to, (table, columns, values) => {
      const seen = this.#begin(table, columns ?? this.#catalogue.table(table)?.columns.map((one) => one.name) ?? []);
      values.forEach((value, index) => {
        const one = seen[index];
        if (one) this.#value(one, value, 0, value.length);
      });
    });
  }

  verbatim(): void {}

  copyBegin(target: CopyTarget): void {
    this.#columns = this.#begin(target.name, target.columns ?? this.#names(target.name));
  }

  rows(bytes: Buffer, from: number, to: number): void {
    this.#candidates.begin(bytes, from, to);
    let index = 0;
    let start = from;
    for (let at = from; at < to; at += 1) {
      const byte = bytes[at];
      if (byte !== tab && byte !== newline) continue;
      const seen = this.#columns[index];
      if (seen && at > start && !(at - start === 2 && bytes[start] === 0x5c && bytes[start + 1] === 0x4e)) {
        const value = textOf(bytes, start, at, 'copy');
        this.#value(seen, value, 0, value.length);
      }
      index = byte === newline ? 0 : index + 1;
      start = at + 1;
    }
  }

  piece(_bytes: Buffer, _from: number, to: number): number {
    return to;
  }

  copyEnd(): void {}

  #names(table: string): readonly string[] {
    return (
      this.#catalogue
        .table(table)
        ?.columns.filter((column) => !column.generated)
        .map((column) => column.name) ?? []
    );
  }

  #begin(table: string, columns: readonly string[]): Seen[] {
    const name = this.#catalogue.root(table);
    const all = this.#seen.get(name) ?? new Map<string, Seen>();
    this.#seen.set(name, all);
    return columns.map((column) => {
      const seen = all.get(column) ?? { values: 0, addresses: 0, whole: 0, phones: 0, ibans: 0, cards: 0 };
      all.set(column, seen);
      return seen;
    });
  }

  #value(seen: Seen, bytes: Buffer, from: number, to: number): void {
    seen.values += 1;
    this.#addresses.clear();
    findAddresses(bytes, from, to, 0, this.#addresses);
    if (this.#addresses.count > 0) {
      seen.addresses += 1;
      if (this.#addresses.starts[0] === from && this.#addresses.ends[0] === to) seen.whole += 1;
    }
    findNumbers(bytes, from, to, (kind) => {
      seen[kind] += 1;
    });
  }

  /** A rule for every column of every table, each with its reason. */
  proposals(): readonly Proposal[] {
    return this.#catalogue
      .tables()
      .filter((table) => !table.isPartition)
      .flatMap((table) =>
        table.columns
          .filter((column) => !column.generated)
          .map((column) => {
            const seen = this.#seen.get(table.name)?.get(column.name);
            return { table: table.name, column: column.name, ...this.#propose(table.name, column, seen) };
          }),
      );
  }

  #propose(table: string, column: Column, seen: Seen | undefined): { rule: Rule; reason: string } {
    const bound = this.#catalogue.bound(table, column.name).length > 1;
    const unique = this.#catalogue.uniques(table).some((one) => one.columns.includes(column.name));
    const only = bound || unique;
    const share = (count: number): string =>
      `${count.toLocaleString('en-US')} of ${(seen?.values ?? 0).toLocaleString('en-US')} values`;
    if (seen && seen.cards > 0 && isText(column) && seen.cards * 2 > seen.values)
      return { rule: only ? 'hash' : 'mask', reason: `card numbers in ${share(seen.cards)}` };
    if (seen && seen.ibans > 0 && isText(column) && seen.ibans * 2 > seen.values)
      return { rule: only ? 'hash' : 'mask', reason: `IBANs in ${share(seen.ibans)}` };
    if (seen && seen.whole > 0 && seen.whole * 2 > seen.values)
      return { rule: 'addresses', reason: `addresses in ${share(seen.whole)}${unique ? ', must stay unique' : ''}` };
    if (seen && seen.phones > 0 && isText(column) && seen.phones * 2 > seen.values)
      return { rule: only ? 'pseudonym' : { fake: 'phone' }, reason: `phone numbers in ${share(seen.phones)}` };
    for (const [pattern, rule, reason] of byName) {
      const name = column.name.replaceAll('"', '');
      const proposed = pattern.test(name) ? rule(column) : undefined;
      if (proposed === undefined) continue;
      return only && isText(column)
        ? { rule: 'pseudonym', reason: `${reason}, must stay unique` }
        : { rule: proposed, reason };
    }
    const found = (['addresses', 'phones', 'ibans', 'cards'] as const).filter((kind) => (seen?.[kind] ?? 0) > 0);
    if (found.length > 0 && seen) {
      const told = found.map((kind) => `${kind} in ${share(seen[kind])}`).join(', ');
      return { rule: 'addresses', reason: found.length === 1 && found[0] === 'addresses' ? told : `LOOK: ${told}` };
    }
    return { rule: mayHoldAnything(column) ? 'addresses' : 'keep', reason: '' };
  }
}

function mayHoldAnything({ type }: Column): boolean {
  return type.base === 'text' || type.base === 'json' || type.base === 'bytes' || type.base === 'other';
}

/** The proposals as a rules file, with the reasons as comments. */
export function renderRules(proposals: readonly Proposal[]): string {
  const tables = Map.groupBy(proposals, (one) => one.table);
  const lines = [
    '# Proposed by the audit of a dump. Read every line: only you know what is personal.',
    '# yaml-language-server: $schema=anonymize.schema.json',
    'version: 1',
    'unknown-columns: fail',
    'tables:',
  ];
  for (const [table, columns] of tables) {
    lines.push(`  ${key(table)}:`, '    columns:');
    for (const { column, rule, reason } of columns) {
      const value = stringify(rule === null ? 'null' : rule, { collectionStyle: 'flow', lineWidth: 0 }).trim();
      const shown = rule === 'null' || rule === null ? '"null"' : value;
      lines.push(`      ${key(column)}: ${shown}${reason === '' ? '' : ` # ${reason}`}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function key(name: string): string {
  return /^[\w.]+$/.test(name) ? name : JSON.stringify(name);
}

/** @throws DumpError when the dump cannot be read */
export async function audit(
  source: AsyncIterable<Buffer>,
  catalogue: Catalogue,
  options: { readonly requireFooter: boolean; readonly signal?: AbortSignal | undefined },
): Promise<readonly Proposal[]> {
  const visitor = new Audit(catalogue);
  const reader = new DumpReader(visitor, options);
  for await (const chunk of source) {
    options.signal?.throwIfAborted();
    reader.push(chunk);
  }
  reader.end();
  return visitor.proposals();
}
