/** The types of columns, as far as rules have to know them. */
import { canonicalQualified } from '../format/names.ts';

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
  /** The same for all but domains, of which it is the type at the bottom. */
  readonly underlying: string;
  /** Of a domain's base type; of the element, for arrays. */
  readonly base: TypeClass;
  readonly array: boolean;
  /** Canonical name of the composite type, also of an array's element. */
  readonly composite: string | undefined;
  /** citext, or a domain over it. */
  readonly caseless: boolean;
  /** Of varchar(n) and char(n), also through domains. */
  readonly maxCharacters: number | undefined;
  readonly enumeration: readonly string[] | undefined;
  /** CHECK expressions of its domains. */
  readonly checks: readonly string[];
}

/** A type that the dump itself defines. */
export type DefinedType =
  | { readonly kind: 'enum'; readonly labels: readonly string[] }
  | { readonly kind: 'composite' }
  | { readonly kind: 'domain'; readonly over: string; readonly checks: string[]; notNull: boolean };

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

/** Domains over domains; nobody nests them so deep, but a statement may say anything. */
const deepest = 100;

/** The end of a type that makes it an array. */
const arrayEnd = /(\s+array)?(\s*\[\s*\d*\s*\])+\s*$|\s+array\s*$/i;

type Defined = (name: string) => DefinedType | undefined;

/** @param defined the type of that canonical name, where the dump defines it */
export function resolveType(written: string, defined: Defined, depth = 0): ColumnType {
  const array = arrayEnd.test(written);
  const element = written.replace(arrayEnd, '').trim();
  const name = canonicalQualified(element);
  const own = depth < deepest ? defined(name) : undefined;
  if (own?.kind === 'enum') return { ...plain, written, array, enumeration: own.labels };
  if (own?.kind === 'composite') return { ...plain, written, array, composite: name };
  if (own?.kind === 'domain') {
    const base = resolveType(own.over, defined, depth + 1);
    const maxCharacters = array ? undefined : base.maxCharacters;
    return { ...base, written, array: array || base.array, maxCharacters, checks: [...own.checks, ...base.checks] };
  }
  const limit = /\(\s*(\d+)\s*\)/.exec(element)?.[1];
  const bare = element
    .replace(/\([^)]*\)/, ' ')
    .replace(/\s*\.\s*/g, '.')
    .replace(/\s+/g, ' ')
    .replace(/^(pg_catalog|public|extensions)\./i, '')
    .trim()
    .toLowerCase();
  const caseless = /(^|\.)"?citext"?$/.test(bare);
  const base = caseless ? 'text' : (classes.find(([pattern]) => pattern.test(bare))?.[1] ?? 'other');
  const limited = /^(character varying|varchar|character|char|nchar|bpchar|national .*)$/.test(bare);
  const implied = /^(character|char|nchar|national (character|char))$/.test(bare) ? 1 : undefined;
  return {
    ...plain,
    written,
    underlying: written,
    base,
    array,
    caseless,
    maxCharacters: !array && limited ? (limit === undefined ? implied : Number(limit)) : undefined,
  };
}

/** Whether a domain of the type takes no NULL. */
export function refusesNull(written: string, defined: Defined, depth = 0): boolean {
  const own = depth < deepest ? defined(canonicalQualified(written)) : undefined;
  return own?.kind === 'domain' && (own.notNull || refusesNull(own.over, defined, depth + 1));
}

const plain: ColumnType = {
  written: '',
  underlying: '',
  base: 'other',
  array: false,
  composite: undefined,
  caseless: false,
  maxCharacters: undefined,
  enumeration: undefined,
  checks: [],
};
