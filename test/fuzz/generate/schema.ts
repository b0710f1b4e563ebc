/** Databases: tables with columns, what must be unique, what refers to what, and texts outside of rows. */
import fc from 'fast-check';
import { anyBytes, type Bytes } from './bytes.ts';
import { type ColumnModel, columnModels, harmlessModels } from './columns.ts';
import { type Bound, bounds } from './constraints.ts';
import { ruleNames } from './rules.ts';
import { anyText, type Value } from './values.ts';

export interface NamedColumn {
  readonly name: string;
  readonly model: ColumnModel;
  readonly isUnique: boolean;
  /** A rule, where rules are given and it fits the column. */
  readonly rule: string;
}

export interface TableModel {
  readonly columns: readonly NamedColumn[];
  readonly rows: number;
}

export interface LargeObject {
  readonly value: Bytes;
  /** Bytes of each piece that pg_dump writes. */
  readonly piece: number;
}

/** How rows are written. */
export type Form = 'copy' | 'inserts' | 'column-inserts' | 'many-rows';

export interface Database {
  readonly tables: readonly TableModel[];
  readonly bounds: readonly Bound[];
  readonly form: Form;
  /** Comments, defaults, functions: by number, with a value in each. */
  readonly outside: readonly { readonly kind: number; readonly value: Value }[];
  readonly largeObjects: readonly LargeObject[];
  /** Whether it is a dump of a whole server, with this as its only database. */
  readonly isCluster: boolean;
  readonly hasRules: boolean;
  readonly isPipe: boolean;
  /** For the sizes of the chunks. */
  readonly chunks: number;
}

const columnNames = [
  'mail',
  'Mail',
  'E-Mail',
  'order',
  'a b',
  'd"e',
  'f,g',
  'h\\i',
  'ü',
  'n',
  't',
  'x.y',
  "o'p",
  'id2',
  '用户',
  '"',
];

const table = (models: fc.Arbitrary<ColumnModel>): fc.Arbitrary<TableModel> =>
  fc.record({
    columns: fc.uniqueArray(
      fc.record({
        name: fc.constantFrom(...columnNames),
        model: models,
        isUnique: fc.nat({ max: 4 }).map((number) => number === 4),
        rule: fc.constantFrom(...ruleNames),
      }),
      { selector: ({ name }) => name, minLength: 1, maxLength: 4 },
    ),
    rows: fc.nat({ max: 6 }),
  });

const largeObjects = (maxLength: number): fc.Arbitrary<LargeObject[]> =>
  fc.array(fc.record({ value: anyBytes, piece: fc.constantFrom(7, 20, 33, 16_384) }), { maxLength });

const forms: fc.Arbitrary<Form> = fc.constantFrom('copy', 'copy', 'copy', 'inserts', 'column-inserts', 'many-rows');

export const anyDatabase: fc.Arbitrary<Database> = fc.record({
  tables: fc.array(table(columnModels), { minLength: 1, maxLength: 3 }),
  bounds: fc.constant([]),
  form: forms,
  outside: fc.array(fc.record({ kind: fc.nat({ max: 5 }), value: anyText }), { maxLength: 2 }),
  largeObjects: largeObjects(2),
  isCluster: fc.nat({ max: 5 }).map((number) => number === 5),
  hasRules: fc.boolean(),
  isPipe: fc.nat({ max: 5 }).map((number) => number === 5),
  chunks: fc.nat({ max: 1000 }),
});

/** Without addresses: it must come out as it went in. */
export const harmlessDatabase: fc.Arbitrary<Database> = fc.record({
  tables: fc.array(table(harmlessModels), { minLength: 1, maxLength: 3 }),
  bounds: fc.constant([]),
  form: forms,
  outside: fc.constant([]),
  largeObjects: fc.constant([]),
  isCluster: fc.boolean(),
  hasRules: fc.constant(false),
  isPipe: fc.boolean(),
  chunks: fc.nat({ max: 1000 }),
});

/** With values that constraints bind: only a server can say whether what comes out may be restored. */
export const boundDatabase: fc.Arbitrary<Database> = fc.record({
  tables: fc.array(table(columnModels), { maxLength: 2 }),
  bounds: fc.array(bounds, { minLength: 1, maxLength: 2 }),
  form: forms,
  outside: fc.array(fc.record({ kind: fc.nat({ max: 5 }), value: anyText }), { maxLength: 1 }),
  largeObjects: largeObjects(1),
  isCluster: fc.constant(false),
  hasRules: fc.boolean(),
  isPipe: fc.constant(false),
  chunks: fc.nat({ max: 1000 }),
});
