/**
 * The rules file: what becomes of the rows and columns of each table. Its types, its check and its JSON schema
 * (docs/anonymize.schema.json) come from the definitions here.
 */
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { ConfigurationError } from '../../../runtime/errors.ts';

export const fakes = ['name', 'first-name', 'last-name', 'phone', 'address', 'street', 'city', 'company'] as const;
export type Fake = (typeof fakes)[number];

const column = z.string().min(1);
const percent = z
  .string()
  .regex(/^(100|[1-9]?\d)(\.\d{1,2})?%$/, 'a share such as 10% or 2.5%')
  .describe('A share such as 10% or 2.5%');

const leaf = z.union([
  z.enum(['keep', 'addresses', 'null', 'mask', 'hash', 'pseudonym']),
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
    by: column.optional().describe('Rows with the same value here stay or go together'),
  }),
]);

const action = z.enum(['fail', 'warn', 'off']);

export const leakKinds = ['addresses', 'phones', 'ibans', 'cards', 'replaced-values'] as const;
export type LeakKind = (typeof leakKinds)[number];

const file = z.strictObject({
  version: z.literal(1),
  'unknown-columns': z
    .enum(['addresses', 'fail'])
    .default('addresses')
    .describe('What becomes of columns that no rule names: their addresses are replaced, or the run fails'),
  'leak-check': z
    .strictObject({
      addresses: action.optional(),
      phones: action.optional(),
      ibans: action.optional(),
      cards: action.optional(),
      'replaced-values': action.optional(),
      allow: z
        .array(z.string().regex(/^.+\..+$/, 'table.column'))
        .optional()
        .describe('Columns (table.column) in which findings do not count'),
    })
    .optional(),
  tables: z
    .record(z.string(), z.strictObject({ rows: rows.optional(), columns: z.record(z.string(), rule).optional() }))
    .default({}),
});

export type Rule = z.infer<typeof rule>;
export type LeafRule = z.infer<typeof leaf>;
export type Rows = z.infer<typeof rows>;
export type RulesFile = z.infer<typeof file>;
export type LeakAction = z.infer<typeof action>;

export const noRules: RulesFile = { version: 1, 'unknown-columns': 'addresses', tables: {} };

/** For editors: docs/anonymize.schema.json. */
export function jsonSchema(): unknown {
  return z.toJSONSchema(file, { target: 'draft-2020-12', io: 'input' });
}

const leafWords =
  'keep, addresses, null, mask, hash, pseudonym, { fixed: … }, { mask: { keep-first, keep-last } }, { hash: { length } }, { fake: … }';
const ruleWords = `${leafWords}, { shift-days: …, by }, { noise: 10% }, { json: … }`;

/**
 * @param name the file, for errors
 * @throws ConfigurationError that lists every mistake with its line
 */
export function parseRules(text: string, name: string): RulesFile {
  const document = parseDocument(text, { prettyErrors: false, uniqueKeys: true });
  const lineAt = (offset: number): number => text.slice(0, offset).split('\n').length;
  if (document.errors.length > 0) {
    throw wrong(
      name,
      document.errors.map((error) => `line ${lineAt(error.pos[0])}: ${error.message}; allowed: valid YAML`),
    );
  }
  const result = file.safeParse(document.toJS() ?? {});
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => {
    const path = issue.path.map(String);
    const node =
      path.length > 0 ? (document.getIn(path, true) as { range?: [number, number, number] } | undefined) : undefined;
    const where = node?.range ? `line ${lineAt(node.range[0])}, ` : '';
    return `${where}${path.join(' › ') || 'the file'}: ${tell(issue)}`;
  });
  throw wrong(name, problems);
}

function wrong(name: string, problems: readonly string[]): ConfigurationError {
  return new ConfigurationError({
    what: `${name}: ${problems.length === 1 ? 'one rule is' : `${problems.length} rules are`} wrong; nothing was done`,
    problems,
    fix: 'docs/anonymize.md shows every rule; editors check the file with docs/anonymize.schema.json',
  });
}

function tell(issue: z.core.$ZodIssue, path: readonly PropertyKey[] = issue.path): string {
  if (issue.code === 'unrecognized_keys')
    return `has the unknown word ${issue.keys.map((key) => `"${key}"`).join(', ')}`;
  if (issue.code === 'invalid_union') {
    // Of all forms the one that was nearly met says most.
    const near = issue.errors
      .filter((branch) => branch.length === 1 && branch.every((one) => one.path.length > 0))
      .map((branch) => branch[0])
      .find((one) => one !== undefined);
    if (near) return `${near.path.map(String).join(' › ')}: ${tell(near, [...path, ...near.path])}`;
    if (path.includes('json')) return `is no rule for a value inside JSON; allowed: ${leafWords}`;
    if (path.includes('columns')) return `is no rule; allowed: ${ruleWords}`;
    return 'is not allowed; allowed: keep, drop or { sample: 10%, by: COLUMN }';
  }
  return issue.message;
}
