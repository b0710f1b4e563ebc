/** The rules file as it is written. Its check, its types and its JSON schema (docs/anonymize.schema.json) come from here. */
import { z } from 'zod';
import { leakActions, leakKinds } from './leak-kinds.ts';
import { isPattern } from './pattern.ts';
import { fakes } from './rule.ts';

/** Files of earlier versions say `addresses` for `emails`. */
const oldWord = z.literal('addresses').meta({ deprecated: true, description: 'The old word for "emails"' });

const column = z.string().min(1);
const percent = z
  .string()
  .regex(/^(100|[1-9]?\d)(\.\d{1,2})?%$/, 'a share such as 10% or 2.5%')
  .describe('A share such as 10% or 2.5%');

const leaf = z.union([
  z.enum(['keep', 'emails', 'null', 'mask', 'hash', 'pseudonym']),
  oldWord,
  z.null().describe('The same as "null"'),
  z.strictObject({ fixed: z.union([z.string(), z.number(), z.boolean()]) }),
  z.strictObject({
    mask: z.strictObject({
      'keep-first': z.int().min(0).max(100).optional(),
      'keep-last': z.int().min(0).max(100).optional(),
    }),
  }),
  z.strictObject({ hash: z.strictObject({ length: z.int().min(8).max(64) }) }),
  z.strictObject({ fake: z.enum(fakes) }),
]);

const rule = z.union([
  ...leaf.options,
  z.strictObject({ 'shift-days': z.int().min(1).max(36_500), by: column.optional() }),
  z.strictObject({ noise: percent }),
  z.strictObject({ json: z.record(z.string(), leaf) }),
]);

const rows = z.union([
  z.enum(['keep', 'drop']),
  z.strictObject({
    sample: percent,
    by: column.optional().describe('Rows with the same value in this column stay or go together'),
  }),
]);

const action = z.enum(leakActions);

const place = z.string().regex(/^.+\..+$/, 'is no column; allowed: TABLE.COLUMN');

const allowance = z
  .strictObject({
    column: place.optional().describe('A column (table.column)'),
    table: z.string().min(1).optional().describe('A table, "(definitions)" or "(names)"'),
    kind: z.enum(leakKinds).optional().describe('The only kind of findings that is meant'),
    pattern: z
      .string()
      .min(1)
      .refine(isPattern, 'is no regular expression; allowed: one of JavaScript, with the flag u')
      .optional()
      .describe('What the whole address or number must match, a regular expression'),
  })
  .refine(
    ({ column, table }) => column === undefined || table === undefined,
    'column and table; allowed: one of the two',
  )
  .refine(
    ({ column, table, pattern }) => (column ?? table ?? pattern) !== undefined,
    'needs column, table or pattern; a whole kind is set to off',
  )
  .refine(
    ({ kind, pattern }) => kind !== 'replaced-values' || pattern === undefined,
    'replaced-values are known by hashes alone, which no pattern matches; allowed: column or table',
  );

const leakCheck = z
  .strictObject({
    emails: action.optional(),
    addresses: action.optional().meta({ deprecated: true, description: 'The old word for "emails"' }),
    phones: action.optional(),
    ibans: action.optional(),
    cards: action.optional(),
    'replaced-values': action.optional(),
    allow: z
      .array(z.union([place, allowance]))
      .optional()
      .describe('Findings that do not count: columns (table.column), or by column, table, kind and pattern'),
  })
  .refine(
    ({ emails, addresses }) => emails === undefined || addresses === undefined,
    '"addresses" is the old word for "emails"; allowed: one of the two',
  );

export const document = z.strictObject({
  version: z.literal(1),
  'unknown-columns': z
    .union([z.enum(['emails', 'fail']), oldWord])
    .default('emails')
    .describe('What happens to columns that no rule names: their e-mail addresses are replaced, or the run fails'),
  'leak-check': leakCheck.optional(),
  tables: z
    .record(z.string(), z.strictObject({ rows: rows.optional(), columns: z.record(z.string(), rule).optional() }))
    .default({}),
});

export type WrittenAllowance = z.infer<typeof place> | z.infer<typeof allowance>;
export type WrittenLeaf = z.infer<typeof leaf>;
export type WrittenRule = z.infer<typeof rule>;
export type WrittenRows = z.infer<typeof rows>;
export type RulesDocument = z.infer<typeof document>;

/** For editors: docs/anonymize.schema.json. */
export function jsonSchema(): unknown {
  return z.toJSONSchema(document, { target: 'draft-2020-12', io: 'input' });
}
