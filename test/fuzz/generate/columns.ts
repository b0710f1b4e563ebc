/** Kinds of columns: their types, and how a value is written in each. */
import fc from 'fast-check';
import { anyBytes, inEscapeFormat, inHex } from './bytes.ts';
import { address, anyText, harmlessValue, type Value } from './values.ts';

/** A value as pg_dump gets it from the server: the output of the type; undefined for NULL. */
export interface Cell {
  readonly text: string | undefined;
  readonly words: readonly string[];
}

export interface ColumnModel {
  /** Its type in CREATE TABLE. */
  readonly type: string;
  /** Statements that must come before it, such as the type's own definition; equal ones are written once. */
  readonly needs: readonly string[];
  /** Of one row each, used again from the beginning when there are more rows. */
  readonly cells: readonly Cell[];
  /** Whether addresses may stand in it, so that it can be unique. */
  readonly holdsText: boolean;
  readonly isJson?: boolean;
}

const rows = 6;
const several = <V extends Value>(value: fc.Arbitrary<V>): fc.Arbitrary<V[]> =>
  fc.array(value, { minLength: 1, maxLength: rows });
const cell = ({ text, words }: Value): Cell => ({ text, words });

const ofText = (type: string, value: fc.Arbitrary<Value>, needs: readonly string[] = []): fc.Arbitrary<ColumnModel> =>
  several(value).map((values) => ({ type, needs, cells: values.map(cell), holdsText: true }));

/** An element of an array, quoted where it must be (PostgreSQL manual, 8.15.6). */
function element(text: string | undefined): string {
  if (text === undefined) return 'NULL';
  return text === '' || /[{}",\\\s]/.test(text) || /^null$/i.test(text)
    ? `"${text.replaceAll(/["\\]/g, '\\$&')}"`
    : text;
}

/** A field of a composite value (8.16.6). */
function field(text: string | undefined): string {
  if (text === undefined) return '';
  return text === '' || /[(),"\\\s]/.test(text) ? `"${text.replaceAll(/["\\]/g, '$&$&')}"` : text;
}

const joined = (values: readonly Value[]): readonly string[] => values.flatMap(({ words }) => words);

const arrays = fc.array(fc.array(anyText, { maxLength: 3 }), { minLength: 1, maxLength: rows }).map(
  (all): ColumnModel => ({
    type: 'text[]',
    needs: [],
    cells: all.map((values) => ({
      text: `{${values.map(({ text }) => element(text)).join(',')}}`,
      words: joined(values),
    })),
    holdsText: true,
  }),
);

const contact = 'CREATE TYPE public.contact AS (\n\tlabel text,\n\tmail text\n);';
const composites = several(anyText).map(
  (values): ColumnModel => ({
    type: 'public.contact',
    needs: [contact],
    cells: values.map(({ text, words }, index) => ({ text: `(l${index},${field(text)})`, words })),
    holdsText: true,
  }),
);
const arraysOfComposites = several(anyText).map(
  (values): ColumnModel => ({
    type: 'public.contact[]',
    needs: [contact],
    cells: values.map(({ text, words }, index) => ({ text: `{${element(`(l${index},${field(text)})`)}}`, words })),
    holdsText: true,
  }),
);

const json = (type: string): fc.Arbitrary<ColumnModel> =>
  several(anyText).map((values) => ({
    type,
    needs: [],
    cells: values.map(({ text, words }, index) => ({
      text:
        type === 'jsonb'
          ? `{"a": ${JSON.stringify(text ?? null)}, "n": ${index}}`
          : `{"a":${JSON.stringify([text ?? null])}}`,
      words,
    })),
    holdsText: true,
    isJson: true,
  }));

const ofBytes = (write: (bytes: Buffer) => string): fc.Arbitrary<ColumnModel> =>
  several(anyBytes).map((values) => ({
    type: 'bytea',
    needs: [],
    cells: values.map(({ text, bytes, words }) => ({ text: text === undefined ? undefined : write(bytes), words })),
    holdsText: false,
  }));

/** XML allows no control characters (XML 1.0, 2.2). */
const inXml = (text: string): string =>
  [...text.replaceAll(/[<>&"]/g, (one) => `&#${one.charCodeAt(0)};`)]
    .filter((one) => one >= ' ' || '\t\n\r'.includes(one))
    .join('');
/** A value that the type writes around a text; NULL stays. */
const around = (type: string, write: (text: string, index: number) => string): fc.Arbitrary<ColumnModel> =>
  several(anyText).map((values) => ({
    type,
    needs: [],
    cells: values.map(({ text, words }, index) => ({ text: text === undefined ? text : write(text, index), words })),
    holdsText: true,
  }));

const plain = (type: string, make: (index: number) => string): fc.Arbitrary<ColumnModel> =>
  fc.nat({ max: 1000 }).map((number) => ({
    type,
    needs: [],
    cells: Array.from({ length: rows }, (_, index) => ({ text: make(number + index), words: [] })),
    holdsText: false,
  }));

export const columnModels: fc.Arbitrary<ColumnModel> = fc.oneof(
  { weight: 8, arbitrary: ofText('text', anyText) },
  { weight: 4, arbitrary: ofText('text', address) },
  { weight: 2, arbitrary: ofText('character varying', anyText) },
  { weight: 1, arbitrary: ofText('character varying(2000)', anyText) },
  { weight: 1, arbitrary: ofText('public.mail', anyText, ['CREATE DOMAIN public.mail AS text;']) },
  { weight: 2, arbitrary: arrays },
  { weight: 2, arbitrary: composites },
  { weight: 1, arbitrary: arraysOfComposites },
  { weight: 2, arbitrary: json('json') },
  { weight: 2, arbitrary: json('jsonb') },
  { weight: 3, arbitrary: ofBytes(inHex) },
  { weight: 2, arbitrary: ofBytes(inEscapeFormat) },
  { weight: 1, arbitrary: around('xml', (text) => `<a b="1">${inXml(text)}</a>`) },
  {
    weight: 1,
    arbitrary: around('tsvector', (text, index) => `'x ${text.replaceAll(/['\\]/g, '$&$&')}':${index + 1}A,9 'jo':2`),
  },
  { weight: 1, arbitrary: around('jsonpath', (text) => `$."a"?(@ == ${JSON.stringify(text)})`) },
  { weight: 1, arbitrary: plain('integer', String) },
  {
    weight: 1,
    arbitrary: plain('date', (number) => new Date(1.6e12 + number * 86_400_000).toISOString().slice(0, 10)),
  },
);

export const harmlessModels: fc.Arbitrary<ColumnModel> = fc.oneof(
  ofText('text', harmlessValue),
  ofText('character varying', harmlessValue),
  several(harmlessValue).map(
    (values): ColumnModel => ({
      type: 'json',
      needs: [],
      cells: values.map(({ text }) => ({ text: JSON.stringify(text ?? null), words: [] })),
      holdsText: true,
      isJson: true,
    }),
  ),
  plain('integer', String),
);
