/** Kinds of columns: their types, and how a value is written in each. */
import fc from 'fast-check';
import { plainAddress } from './addresses.ts';
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

type Encoder = (text: string) => Buffer;
const swapped: Encoder = (text) => Buffer.from(text, 'utf16le').swap16();
const wide = (text: string, bigEndian: boolean): Buffer => {
  const points = [...text].map((one) => one.codePointAt(0) as number);
  const bytes = Buffer.alloc(points.length * 4);
  points.forEach((point, index) => {
    if (bigEndian) bytes.writeUInt32BE(point, index * 4);
    else bytes.writeUInt32LE(point, index * 4);
  });
  return bytes;
};
const encoders: readonly Encoder[] = [(text) => Buffer.from(text), (text) => Buffer.from(`${text}\0`)];
/** Of these, what is clear is found (decided.ts). */
const wideEncoders: readonly Encoder[] = [
  (text) => Buffer.from(text, 'utf16le'),
  (text) => Buffer.from(`\ufeff${text}`, 'utf16le'),
  swapped,
  (text) => swapped(`\ufeff${text}`),
  (text) => wide(text, false),
  (text) => wide(`\ufeff${text}`, true),
];
/** Binary data around a text, as the metadata of a picture has it. */
const noisy: Encoder = (text) =>
  Buffer.concat([Buffer.from([0xff, 0xd8, 0, 1, 2]), Buffer.from(text), Buffer.from([0, 0, 9, 0xfe])]);

/** Without control characters, with which bytes are no text. */
const textual = anyText.filter(({ text = '' }) => [...text].every((one) => one >= ' ' || '\t\n\r'.includes(one)));

const bytes = fc
  .oneof(
    several(
      fc
        .tuple(plainAddress, fc.constantFrom(...wideEncoders))
        .map(([value, encode]) => ({ ...value, bytes: encode(`to ${value.text}, x`) })),
    ),
    several(
      fc
        .tuple(textual, fc.constantFrom(...encoders))
        .map(([value, encode]) => ({ ...value, bytes: encode(value.text ?? '') })),
    ),
    several(
      address.map((value) =>
        /^[\w.+-]{3,}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}$/.test(value.text ?? '')
          ? { ...value, bytes: noisy(value.text ?? '') }
          : { text: '', words: [], bytes: Buffer.of(0, 1) },
      ),
    ),
  )
  .map(
    (values): ColumnModel => ({
      type: 'bytea',
      needs: [],
      cells: values.map(({ text, bytes, words }) => ({
        text: text === undefined ? undefined : `\\x${bytes.toString('hex')}`,
        words,
      })),
      holdsText: false,
    }),
  );

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
  { weight: 3, arbitrary: bytes },
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
