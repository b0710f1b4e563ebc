/** One dump anonymised in one way. */
import { closeSync, createReadStream, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { audit } from '../../src/anonymize/audit/audit.ts';
import { renderRules } from '../../src/anonymize/audit/render.ts';
import { anonymize } from '../../src/anonymize/pipeline/anonymize.ts';
import { parseRules } from '../../src/anonymize/rules/file/parse-rules.ts';
import { noRules } from '../../src/anonymize/rules/file/rules-file.ts';
import { readCatalogue } from '../../src/anonymize/schema/read-catalogue.ts';

export const ways = ['default', 'audit', 'derived'] as const;
export type Way = (typeof ways)[number];

export interface Outcome {
  /** The file as it was found, or the one that pg_dump made of the loaded database. */
  readonly input: 'raw' | 'fresh';
  readonly way: Way;
  readonly result: 'same' | 'refused' | 'not restored' | 'different';
  readonly details: readonly string[];
}

export interface Trial {
  readonly file: string;
  /** What does not load; of the rest, only what pg_dump makes of it is tried. */
  readonly loadErrors: readonly string[];
  readonly tables: number;
  readonly rows: number;
  /** Rows that were made up for tables without any. */
  readonly filled: number;
  readonly outcomes: readonly Outcome[];
}

/**
 * Anonymises `INPUT.sql` of a folder into `INPUT-WAY.sql`.
 * @param derived rules that the definitions alone give
 * @param compare restores the result, and compares it with the source
 */
export async function anonymised(
  folder: string,
  input: Outcome['input'],
  way: Way,
  derived: () => string,
  compare: (file: string, rules: string) => Promise<Outcome>,
): Promise<Outcome> {
  const from = join(folder, `${input}.sql`);
  const to = join(folder, `${input}-${way}.sql`);
  try {
    const rules = way === 'default' ? '' : way === 'derived' ? derived() : await auditRules(from);
    writeFileSync(join(folder, `${input}-${way}.yml`), rules);
    await anonymizeFile(from, to, rules);
    return await compare(to, rules);
  } catch (error) {
    const { message } = error as Error;
    return { input, way, result: 'refused', details: [message, ...problemsOf(error)] };
  }
}

function problemsOf(error: unknown): readonly string[] {
  return (error as { problems?: readonly string[] }).problems ?? [];
}

async function auditRules(from: string): Promise<string> {
  return renderRules(await audit(() => createReadStream(from), true, { requireFooter: false }));
}

async function anonymizeFile(from: string, to: string, rules: string): Promise<void> {
  const out = openSync(to, 'w');
  try {
    await anonymize({
      source: createReadStream(from),
      sink: async (bytes) => void writeSync(out, bytes),
      compression: 'none',
      rules: rules === '' ? noRules : parseRules(rules, 'rules'),
      strict: rules !== '',
      key: Buffer.from('a key that is the same for all'),
      catalogue: await readCatalogue(createReadStream(from), { requireFooter: false }),
      requireFooter: false,
    });
  } finally {
    closeSync(out);
  }
}
