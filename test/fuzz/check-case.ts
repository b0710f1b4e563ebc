/** What must be true of every run of the anonymiser; each problem is one line. */

import { DumpReader } from '../../src/anonymize/format/dump-reader.ts';
import { LeakCheck } from '../../src/anonymize/leak-check/leak-check.ts';
import { anonymize } from '../../src/anonymize/pipeline/anonymize.ts';
import { parseRules } from '../../src/anonymize/rules/file/parse-rules.ts';
import { noRules } from '../../src/anonymize/rules/file/rules-file.ts';
import { makePlan } from '../../src/anonymize/rules/plan/make-plan.ts';
import { readCatalogue } from '../../src/anonymize/schema/read-catalogue.ts';
import type { Case } from './case.ts';
import { leaksIn } from './oracle/oracle.ts';

const key = Buffer.alloc(32, 11);
export const bytesOf = ({ dump }: Case): Buffer => Buffer.from(dump.join('\n'));

/** Pieces of one to four hundred bytes, of sizes that the seed decides; with 0 one piece. */
async function* pieces(bytes: Buffer, seed: number): AsyncGenerator<Buffer> {
  let state = seed;
  for (let at = 0; at < bytes.length; ) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    const size = seed === 0 ? bytes.length : 1 + ((state >>> 8) % 400);
    yield Buffer.from(bytes.subarray(at, at + size));
    at += size;
  }
}

/** The anonymised dump. */
export async function anonymised(one: Case, seed: number): Promise<Buffer> {
  const bytes = bytesOf(one);
  const parts: Buffer[] = [];
  const catalogue = one.isPipe ? undefined : await readCatalogue(pieces(bytes, 0), { requireFooter: true });
  await anonymize({
    source: pieces(bytes, seed),
    sink: (block) => void parts.push(Buffer.from(block)),
    compression: 'none',
    rules: one.rules === undefined ? noRules : parseRules(one.rules, 'rules.yml'),
    strict: one.rules !== undefined,
    key,
    catalogue,
    requireFooter: true,
  });
  return Buffer.concat(parts);
}

/** Everything that is wrong with how the case comes out; nothing when all is right. */
export async function problemsOf(one: Case): Promise<readonly string[]> {
  let result: Buffer;
  try {
    result = await anonymised(one, 0);
  } catch (error) {
    return [`it stops: ${(error as Error).stack?.slice(0, 600)}`];
  }
  const problems: string[] = [];
  for (const { kind, what, undone, text } of leaksIn(result, one))
    problems.push(`the ${kind} ${what} is left (undone: ${undone.join(', ') || 'nothing'}) in ${text.slice(0, 400)}`);
  if (one.isIdentical && !result.equals(bytesOf(one)))
    problems.push(`it is changed: ${firstDifference(bytesOf(one), result)}`);
  problems.push(...repeated(one, result));
  try {
    if (!result.equals(await anonymised(one, 1 + one.chunks))) problems.push('other chunks give another result');
  } catch (error) {
    problems.push(`it stops with other chunks: ${(error as Error).message}`);
  }
  problems.push(...(await blindSpots(one)));
  return problems;
}

function firstDifference(before: Buffer, after: Buffer): string {
  const [one, two] = [before.toString().split('\n'), after.toString().split('\n')];
  const index = one.findIndex((line, at) => line !== two[at]);
  return `${one[index]} became ${two[index]}`;
}

/** Rows of a table of COPY, as fields. */
function rowsIn(dump: Buffer, table: string): readonly (readonly string[])[] {
  const lines = dump.toString('latin1').split('\n');
  const begin = lines.findIndex((line) => line.startsWith(`COPY ${table} (`));
  return begin < 0 ? [] : lines.slice(begin + 1, lines.indexOf('\\.', begin)).map((line) => line.split('\t'));
}

/** Values of unique columns that are equal now, and columns that lost rows. */
function repeated(one: Case, result: Buffer): readonly string[] {
  return one.unique.flatMap(({ table, index }) => {
    const values = rowsIn(result, table)
      .map((row) => row[index] ?? '')
      .filter((value) => value !== '\\N');
    return new Set(values).size === values.length
      ? []
      : [`${table}, column ${index}: values that must differ are equal`];
  });
}

/**
 * The leak check reads the dump as it was: as if the rewriter had overlooked every address. In each column that holds secrets it
 * must find something.
 */
async function blindSpots(one: Case): Promise<readonly string[]> {
  const bytes = bytesOf(one);
  const catalogue = await readCatalogue(pieces(bytes, 0), { requireFooter: true });
  const plan = makePlan({ rules: noRules, catalogue, key, complete: true });
  const problems: string[] = [];
  for (const block of withSecrets(one)) {
    const check = new LeakCheck({ plan, kinds: new Set(['emails']), thorough: false });
    const reader = new DumpReader(check, { requireFooter: false });
    reader.push(Buffer.from(block));
    reader.end();
    if (check.leaks().length === 0) problems.push(`the leak check does not see an address in ${block.slice(0, 400)}`);
  }
  return problems;
}

/** Small dumps of one value each: every value of COPY that holds a secret. */
function* withSecrets({ dump, words }: Case): Generator<string> {
  let target = '';
  for (const line of dump) {
    if (/^COPY .* FROM stdin;$/.test(line)) target = /^COPY \S+/.exec(line)?.[0] ?? '';
    else if (line === '\\.') target = '';
    else if (target !== '')
      for (const value of line.split('\t')) if (holds(value, words)) yield `${target} (a) FROM stdin;\n${value}\n\\.\n`;
  }
}

function holds(value: string, words: readonly string[]): boolean {
  const lower = value.toLowerCase();
  return words.some((word) => lower.includes(word));
}
