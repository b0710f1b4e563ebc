/** The types of columns, as far as rules have to know them. */

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
  | { readonly kind: 'domain'; readonly over: string; readonly checks: string[] };

const classes: readonly (readonly [RegExp, TypeClass])[] = [
  [/^(text|character varying|varchar|character|char|bpchar|name|citext|xml)$/, 'text'],
  [/^bytea$/, 'bytes'],
  [/^jsonb?$/, 'json'],
  [/^(smallint|integer|bigint|int|int2|int4|int8|serial|bigserial|smallserial)$/, 'integer'],
  [/^(numeric|decimal|real|double precision|float|float4|float8|money)$/, 'number'],
  [/^date$/, 'date'],
  [/^timestamp( without time zone| with time zone)?$|^timestamptz$/, 'timestamp'],
  [/^uuid$/, 'uuid'],
  [/^(boolean|bool)$/, 'boolean'],
];

/** @param defined the type of that canonical name, where the dump defines it */
export function resolveType(written: string, defined: (name: string) => DefinedType | undefined): ColumnType {
  const array = /\[\s*\d*\s*\]\s*$|\barray$/i.test(written);
  const element = written.replace(/(\s*\[\s*\d*\s*\])+\s*$|\s+array$/i, '').trim();
  const own = defined(element);
  if (own?.kind === 'enum') return { ...plain, written, array, enumeration: own.labels };
  if (own?.kind === 'composite') return { ...plain, written, array, composite: element };
  if (own?.kind === 'domain') {
    const base = resolveType(own.over, (name) => (name === element ? undefined : defined(name)));
    return { ...base, written, array: array || base.array, checks: [...own.checks, ...base.checks] };
  }
  const limit = /\(\s*(\d+)\s*\)/.exec(element)?.[1];
  const bare = element
    .replace(/\([^)]*\)/, '')
    .replace(/\s+/g, ' ')
    .replace(/^(pg_catalog|public|extensions)\./, '')
    .trim()
    .toLowerCase();
  const base = classes.find(([pattern]) => pattern.test(bare))?.[1] ?? 'other';
  const limited = /^(character varying|varchar|character|char|bpchar)$/.test(bare);
  const implied = /^(character|char)$/.test(bare) ? 1 : undefined;
  return {
    ...plain,
    written,
    base,
    array,
    caseless: /(^|\.)citext$/.test(bare),
    maxCharacters: !array && limited ? (limit === undefined ? implied : Number(limit)) : undefined,
  };
}

const plain: ColumnType = {
  written: '',
  base: 'other',
  array: false,
  composite: undefined,
  caseless: false,
  maxCharacters: undefined,
  enumeration: undefined,
  checks: [],
};
