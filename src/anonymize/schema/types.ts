/** Column types, as far as rules need them. */
import { canonicalQualified } from '../format/names.ts';
import type { Collation } from './collations.ts';

export type TypeClass =
  | 'text'
  | 'bytes'
  | 'json'
  | 'integer'
  | 'number'
  | 'date'
  | 'timestamp'
  | 'uuid'
  | 'boolean'
  | 'other';

export interface ColumnType {
  /** `character varying(40)`, `public.email`, `text[]`. */
  readonly written: string;
  /** Of a domain, the type at the bottom; otherwise the same as `written`. */
  readonly underlying: string;
  /** Of an array, the class of its elements; of a domain, the class of its base type. */
  readonly base: TypeClass;
  readonly array: boolean;
  /** Canonical name of the composite type, also of an array's elements. */
  readonly composite: string | undefined;
  /** citext, or a domain over it. */
  readonly caseless: boolean;
  /** Under which different texts are equal, where there is one. */
  readonly collation?: Collation | undefined;
  /** Whether blanks at the end do not count in comparisons (PAD SPACE of MySQL). */
  readonly padded: boolean;
  /** Whether values are bytes that the dump writes as they are: BINARY and BLOB of MySQL. */
  readonly binary: boolean;
  /** The n of varchar(n) and char(n), also through domains. */
  readonly maxCharacters: number | undefined;
  /** The labels of an enumeration. */
  readonly enumeration: readonly string[] | undefined;
  /** The CHECK expressions of its domains. */
  readonly checks: readonly string[];
  /** What its values are made of: of an array, a composite type, a range or a multirange. */
  readonly inside: Inside | undefined;
}

/** Resolved when asked for: types may be made of types at any depth. */
export type Inside =
  | { readonly kind: 'array' | 'range' | 'multirange'; readonly of: () => ColumnType }
  | { readonly kind: 'composite'; readonly fields: () => readonly ColumnType[] };

/** A part of a composite type. */
export interface Attribute {
  name: string;
  /** As written. */
  type: string;
}

/** A type that the dump defines. */
export type DefinedType =
  | { readonly kind: 'enum'; readonly labels: string[] }
  | { readonly kind: 'composite'; readonly attributes: Attribute[] }
  /** `over`: the type of its bounds, or of its ranges. */
  | { readonly kind: 'range' | 'multirange'; readonly over: string }
  | {
      readonly kind: 'domain';
      readonly over: string;
      readonly checks: string[];
      notNull: boolean;
      collation?: Collation | undefined;
    };

const classes: readonly (readonly [RegExp, TypeClass])[] = [
  [
    /^(text|character varying|varchar|character|char|nchar|bpchar|name|citext|xml|national (character|char)( varying)?)$/,
    'text',
  ],
  [/^bytea$/, 'bytes'],
  [/^jsonb?$/, 'json'],
  [/^(smallint|integer|bigint|int|int2|int4|int8|serial|bigserial|smallserial|serial[248])$/, 'integer'],
  [/^(numeric|decimal|dec|real|double precision|float|float4|float8|money)$/, 'number'],
  [/^date$/, 'date'],
  [/^timestamp( without time zone| with time zone)?$|^timestamptz$/, 'timestamp'],
  [/^uuid$/, 'uuid'],
  [/^(boolean|bool)$/, 'boolean'],
];

/** Levels of domains that are followed. Real schemas are never nested so deeply, but a statement may say anything. */
const maxDepth = 100;

/** The end of a type that makes it an array: `[]`, `[3]`, `ARRAY`. */
const arrayEnd = /(\s+array)?(\s*\[\s*\d*\s*\])+\s*$|\s+array\s*$/i;

/** The written type of an array's elements. */
export function withoutArray(written: string): string {
  return written.replace(arrayEnd, '').trim();
}

type Defined = (name: string) => DefinedType | undefined;

/** @param defined finds a type that the dump defines, by canonical name */
export function resolveType(written: string, defined: Defined, depth = 0): ColumnType {
  const array = arrayEnd.test(written);
  const element = withoutArray(written);
  const name = canonicalQualified(element);
  const own = depth < maxDepth ? defined(name) : undefined;
  const inside: Inside | undefined = array
    ? { kind: 'array', of: () => resolveType(element, defined, depth + 1) }
    : own && insideOf(own, defined, depth + 1);
  if (own?.kind === 'enum') return { ...plain, written, array, inside, enumeration: own.labels };
  if (own?.kind === 'composite') return { ...plain, written, array, inside, composite: name };
  if (own?.kind === 'range' || own?.kind === 'multirange') return { ...plain, written, array, inside };
  if (own?.kind === 'domain') {
    const base = resolveType(own.over, defined, depth + 1);
    const maxCharacters = array ? undefined : base.maxCharacters;
    const checks = [...own.checks, ...base.checks];
    const collation = own.collation ?? base.collation;
    return {
      ...base,
      written,
      array: array || base.array,
      maxCharacters,
      checks,
      inside: inside ?? base.inside,
      collation,
    };
  }
  return { ...builtIn(written, element, array), inside: inside ?? builtInInside(element) };
}

function insideOf(own: DefinedType, defined: Defined, depth: number): Inside | undefined {
  if (own.kind === 'composite')
    return { kind: 'composite', fields: () => own.attributes.map(({ type }) => resolveType(type, defined, depth)) };
  if (own.kind === 'range' || own.kind === 'multirange')
    return { kind: own.kind, of: () => resolveType(own.over, defined, depth) };
  return undefined;
}

/** What the ranges of PostgreSQL itself are made of (manual, "Built-in Range and Multirange Types"). */
const builtInRanges: Readonly<Record<string, string>> = {
  int4: 'integer',
  int8: 'bigint',
  num: 'numeric',
  date: 'date',
  ts: 'timestamp without time zone',
  tstz: 'timestamp with time zone',
};

function builtInInside(element: string): Inside | undefined {
  const [, name = '', kind] = /^(?:pg_catalog\.)?(\w+?)(range|multirange)$/i.exec(element.trim()) ?? [];
  const over = builtInRanges[name.toLowerCase()];
  if (over === undefined) return undefined;
  if (kind?.toLowerCase() === 'range') return { kind: 'range', of: () => resolveType(over, () => undefined) };
  return { kind: 'multirange', of: () => resolveType(`${name}range`, () => undefined) };
}

const oneCharacter = /^(character|char|nchar|national (character|char))$/;
const limited = /^(character varying|varchar|character|char|nchar|bpchar|national .*)$/;

/** @param element the type without the end that makes it an array */
function builtIn(written: string, element: string, array: boolean): ColumnType {
  const bare = element
    .replace(/\([^)]*\)/, ' ')
    .replace(/\s*\.\s*/g, '.')
    .replace(/\s+/g, ' ')
    .replace(/^(pg_catalog|public|extensions)\./i, '')
    .trim()
    .toLowerCase();
  const caseless = /(^|\.)"?citext"?$/.test(bare);
  const length = /\(\s*(\d+)\s*\)/.exec(element)?.[1];
  const limit = length === undefined ? (oneCharacter.test(bare) ? 1 : undefined) : Number(length);
  return {
    ...plain,
    written,
    underlying: written,
    base: caseless ? 'text' : (classes.find(([pattern]) => pattern.test(bare))?.[1] ?? 'other'),
    array,
    caseless,
    maxCharacters: !array && limited.test(bare) ? limit : undefined,
  };
}

/** Whether the type is a domain that refuses NULL. */
export function refusesNull(written: string, defined: Defined, depth = 0): boolean {
  const own = depth < maxDepth ? defined(canonicalQualified(written)) : undefined;
  return own?.kind === 'domain' && (own.notNull || refusesNull(own.over, defined, depth + 1));
}

export const plain: ColumnType = {
  written: '',
  underlying: '',
  base: 'other',
  array: false,
  composite: undefined,
  caseless: false,
  padded: false,
  binary: false,
  maxCharacters: undefined,
  enumeration: undefined,
  checks: [],
  inside: undefined,
};
