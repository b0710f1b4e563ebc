/** The types that a dump defines, by full name. */
import type { Cursor } from '../format/cursor.ts';
import { createdName, type NameScope, nameParts, possibleNames } from '../format/name-scope.ts';
import { canonicalQualified } from '../format/names.ts';
import { type Collation, icuCollation } from './collations.ts';
import { readType } from './columns.ts';
import { type Attribute, type ColumnType, type DefinedType, refusesNull, resolveType, withoutArray } from './types.ts';

type Domain = Extract<DefinedType, { kind: 'domain' }>;

export class KnownTypes {
  readonly #types = new Map<string, DefinedType>();
  readonly #collations = new Map<string, Collation>();
  readonly #rowOf: (table: string) => readonly Attribute[] | undefined;

  /** @param rowOf the columns of a table, by full name: each table is a type, too */
  constructor(rowOf: (table: string) => readonly Attribute[] | undefined) {
    this.#rowOf = rowOf;
  }

  /** @param written as in a definition that was read under `scope` */
  resolve(written: string, scope: NameScope, collation?: string): ColumnType {
    const type = resolveType(written, (name) => this.#meant(name, scope));
    const own = this.collation(collation, scope);
    return own === undefined ? type : { ...type, collation: own };
  }

  /** A collation under which different texts are equal. @param name canonical */
  collation(name: string | undefined, scope: NameScope): Collation | undefined {
    if (name === undefined) return undefined;
    const full = possibleNames(name, scope).find((one) => this.#collations.has(one));
    return full === undefined ? undefined : this.#collations.get(full);
  }

  /** Reads what follows CREATE COLLATION. All that PostgreSQL has itself compare bytes in the end. */
  createCollation(cursor: Cursor, scope: NameScope): void {
    cursor.accept('if', 'not', 'exists');
    const name = cursor.qualified();
    if (name === undefined) return;
    const full = createdName(name, scope);
    if (cursor.accept('from')) {
      const collation = this.collation(cursor.qualified(), scope);
      if (collation !== undefined) this.#collations.set(full, collation);
      return;
    }
    const options = new Map<string, string>();
    for (const part of cursor.group()?.parts() ?? []) {
      const option = part.name();
      if (option !== undefined && part.accept('=')) options.set(option, part.token?.text ?? '');
    }
    if (/^(false|off|0|no)$/i.test(options.get('deterministic') ?? ''))
      this.#collations.set(full, icuCollation(options.get('locale') ?? ''));
  }

  refusesNull(written: string, scope: NameScope): boolean {
    return refusesNull(written, (name) => this.#meant(name, scope));
  }

  attributes(type: string, scope: NameScope): readonly Attribute[] {
    const known = this.#meant(type, scope);
    return known?.kind === 'composite' ? known.attributes : [];
  }

  #meant(name: string, scope: NameScope): DefinedType | undefined {
    const full = this.#fullName(name, scope);
    return full === undefined ? this.#rowType(name, scope) : this.#types.get(full);
  }

  /** Without a schema, a name rather means a type of the server's own, such as `date`, than a row of a table. */
  #rowType(name: string, scope: NameScope): DefinedType | undefined {
    if (nameParts(name).length === 1) return undefined;
    for (const full of possibleNames(name, scope)) {
      const columns = this.#rowOf(full);
      if (columns !== undefined) return { kind: 'composite', attributes: [...columns] };
    }
    return undefined;
  }

  #fullName(name: string, scope: NameScope): string | undefined {
    return possibleNames(name, scope).find((full) => this.#types.has(full));
  }

  /** Reads what follows CREATE TYPE. */
  create(cursor: Cursor, scope: NameScope): void {
    const name = cursor.qualified();
    if (name === undefined || !cursor.accept('as')) return;
    const full = createdName(name, scope);
    if (cursor.accept('enum')) {
      const group = cursor.group();
      const labels = group?.tokens.slice(group.at, group.end).filter((token) => token.kind === 'string') ?? [];
      this.#types.set(full, { kind: 'enum', labels: labels.map((token) => token.text) });
    } else if (cursor.accept('range')) this.#createRange(full, cursor, scope);
    else if (cursor.isNext('(')) {
      const parts = cursor.group()?.parts() ?? [];
      this.#types.set(full, { kind: 'composite', attributes: parts.flatMap((part) => this.#attribute(part, scope)) });
    }
  }

  /** `(subtype = text, multirange_type_name = …)`; without a name, that of the type of several ranges is made of the range's. */
  #createRange(full: string, cursor: Cursor, scope: NameScope): void {
    const name = nameParts(full).at(-1) ?? '';
    const made = name.includes('range') ? name.replace('range', 'multirange') : `${name}_multirange`;
    let multirange = full.slice(0, full.length - name.length) + made;
    for (const part of cursor.group()?.parts() ?? []) {
      const option = part.name();
      if (!part.accept('=')) continue;
      if (option === 'subtype')
        this.#types.set(full, { kind: 'range', over: this.#qualified(part.remainingSql(), scope) });
      else if (option === 'multirange_type_name') multirange = createdName(part.qualified() ?? made, scope);
    }
    this.#types.set(multirange, { kind: 'multirange', over: nameParts(full).slice(-2).join('.') });
  }

  #attribute(part: Cursor, scope: NameScope): Attribute[] {
    const name = part.name();
    return name === undefined ? [] : [{ name, type: this.#qualified(readType(part), scope) }];
  }

  /** Reads what follows CREATE DOMAIN. */
  createDomain(cursor: Cursor, scope: NameScope): void {
    const name = cursor.qualified();
    if (name === undefined) return;
    cursor.accept('as');
    const type: Domain = { kind: 'domain', over: this.#qualified(readType(cursor), scope), checks: [], notNull: false };
    this.#types.set(createdName(name, scope), type);
    readDomainProperties(type, cursor, (name) => this.collation(name, scope));
  }

  /** A type with its schema, since another search path may hold where it is used. */
  #qualified(written: string, scope: NameScope): string {
    const element = withoutArray(written);
    const full = this.#fullName(canonicalQualified(element), scope);
    // A database in front is none of SQL.
    return full === undefined ? written : nameParts(full).slice(-2).join('.') + written.slice(element.length);
  }

  /** Reads what follows ALTER DOMAIN. */
  alterDomain(cursor: Cursor, scope: NameScope): void {
    const type = this.#meant(cursor.qualified() ?? '', scope);
    if (type?.kind === 'domain' && !cursor.isNext('drop'))
      readDomainProperties(type, cursor, (name) => this.collation(name, scope));
  }

  /** Reads what follows ALTER TYPE. */
  alter(cursor: Cursor, scope: NameScope): void {
    const full = this.#fullName(cursor.qualified() ?? '', scope);
    const type = full === undefined ? undefined : this.#types.get(full);
    if (full === undefined || type === undefined) return;
    if (cursor.accept('rename', 'to')) this.#rename(type, [...nameParts(full).slice(0, -1), cursor.name()]);
    else if (cursor.accept('set', 'schema'))
      this.#rename(type, [...nameParts(full).slice(0, -2), cursor.name(), nameParts(full).at(-1)]);
    else if (type.kind === 'enum') alterLabels(type.labels, cursor);
    else if (type.kind === 'composite')
      if (cursor.accept('rename', 'attribute')) renameAttribute(type.attributes, cursor);
      else for (const part of cursor.parts()) this.#alterAttribute(type.attributes, part, scope);
  }

  /** Under its old name, too: what is defined already says the old one. */
  #rename(type: DefinedType, parts: readonly (string | undefined)[]): void {
    if (!parts.includes(undefined)) this.#types.set(parts.join('.'), type);
  }

  #alterAttribute(attributes: Attribute[], part: Cursor, scope: NameScope): void {
    if (part.accept('add', 'attribute')) attributes.push(...this.#attribute(part, scope));
    else if (part.accept('drop', 'attribute')) {
      part.accept('if', 'exists');
      const at = attributes.findIndex(({ name }) => name === part.peekName());
      if (at >= 0) attributes.splice(at, 1);
    } else if (part.accept('alter', 'attribute')) {
      const name = part.name();
      const attribute = attributes.find((one) => one.name === name);
      part.accept('set', 'data');
      if (attribute && part.accept('type')) attribute.type = this.#qualified(readType(part), scope);
    }
  }
}

function renameAttribute(attributes: readonly Attribute[], cursor: Cursor): void {
  const name = cursor.name();
  const attribute = attributes.find((one) => one.name === name);
  const to = cursor.accept('to') ? cursor.name() : undefined;
  if (attribute && to !== undefined) attribute.name = to;
}

function alterLabels(labels: string[], cursor: Cursor): void {
  const label = (): string | undefined => {
    const { token } = cursor;
    cursor.at += 1;
    return token?.kind === 'string' ? token.text : undefined;
  };
  if (cursor.accept('add', 'value')) {
    cursor.accept('if', 'not', 'exists');
    const added = label();
    if (added !== undefined && !labels.includes(added)) labels.push(added);
  } else if (cursor.accept('rename', 'value')) {
    const at = labels.indexOf(label() ?? '');
    const to = cursor.accept('to') ? label() : undefined;
    if (at >= 0 && to !== undefined) labels[at] = to;
  }
}

/** Reads what follows the type of a domain, or ALTER DOMAIN. */
function readDomainProperties(
  type: Domain,
  cursor: Cursor,
  collation: (name: string | undefined) => Collation | undefined,
): void {
  while (!cursor.done) {
    if (cursor.accept('collate')) type.collation = collation(cursor.qualified());
    else if (cursor.accept('check')) type.checks.push(cursor.group()?.remainingSql() ?? '');
    else if (cursor.accept('not', 'null')) type.notNull = true;
    else if (cursor.group() === undefined) cursor.at += 1;
  }
}
