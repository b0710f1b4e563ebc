/** What must be true of every run of the anonymiser; each problem is one line. */
import { DumpReader } from '../../src/anonymize/format/dump-reader.ts';
import { LeakCheck } from '../../src/anonymize/leak-check/leak-check.ts';
import { anonymize } from '../../src/anonymize/pipeline/anonymize.ts';
import { parseRules } from '../../src/anonymize/rules/file/parse-rules.ts';
import { noRules } from '../../src/anonymize/rules/file/rules-file.ts';
import { makePlan } from '../../src/anonymize/rules/plan/make-plan.ts';
import { readCatalogue } from '../../src/anonymize/schema/read-catalogue.ts';
import type { Case } from './case.ts';
import { differences, hides, holds } from './compare.ts';
import { mysqlHead } from './generate/mysql.ts';
import { leaksIn } from './oracle/oracle.ts';

const key = Buffer.alloc(32, 11);
export const bytesOf = ({ dump }: Case): Buffer => Buffer.from(dump.join('\n'));

/** Pieces of one to four hundred bytes, of sizes that the seed decides; with 0 one piece. */
async function* pieces(bytes: Buffer, seed: number, onPiece: () => void = () => {}): AsyncGenerator<Buffer> {
  let state = seed;
  for (let at = 0; at < bytes.length; ) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    const size = seed === 0 ? bytes.length : 1 + ((state >>> 8) % 400);
    onPiece();
    yield Buffer.from(bytes.subarray(at, at + size));
    at += size;
  }
}

/** A run that stopped, and whether it had begun to read rows. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
  readonly hasBegun: boolean;

  constructor(error: Error, hasBegun: boolean) {
    super(error.stack?.slice(0, 800) ?? error.message, { cause: error });
    this.hasBegun = hasBegun;
  }
}

/**
 * The anonymised dump.
 * @param seed of the sizes of its chunks; 0 for one chunk
 * @throws Stopped
 */
export async function anonymised(one: Case, seed: number): Promise<Buffer> {
  const bytes = bytesOf(one);
  const parts: Buffer[] = [];
  let hasBegun = false;
  try {
    const catalogue = one.isPipe ? undefined : await readCatalogue(pieces(bytes, 0), { requireFooter: true });
    await anonymize({
      source: pieces(bytes, seed, () => {
        hasBegun = true;
      }),
      sink: (block) => void parts.push(Buffer.from(block)),
      compression: 'none',
      rules: one.rules === undefined ? noRules : parseRules(one.rules, 'rules.yml'),
      strict: one.rules !== undefined,
      key,
      catalogue,
      requireFooter: true,
    });
  } catch (error) {
    throw new Stopped(error as Error, hasBegun);
  }
  return Buffer.concat(parts);
}

/** Whether it stopped as it may: before a row was read, with the name of a column. */
export function isRefusal(one: Case, error: unknown): error is Stopped {
  return (
    one.mayRefuse && error instanceof Stopped && !error.hasBegun && /\b[bt]\d\w?\.\w|public\.[bt]\d/.test(error.message)
  );
}

/** Everything that is wrong with how the case comes out; nothing when all is right. */
export async function problemsOf(one: Case): Promise<readonly string[]> {
  let result: Buffer;
  try {
    result = await anonymised(one, 0);
  } catch (error) {
    return isRefusal(one, error) ? [] : [`it stops: ${(error as Error).message}`];
  }
  const problems = [...problemsIn(one, result)];
  try {
    if (!result.equals(await anonymised(one, 1 + one.chunks))) problems.push('other chunks give another result');
  } catch (error) {
    problems.push(`it stops with other chunks: ${(error as Error).message}`);
  }
  problems.push(...(await blindSpots(one)));
  return problems;
}

/** What is wrong with an anonymised dump. */
export function problemsIn(one: Case, result: Buffer): readonly string[] {
  const leaks = leaksIn(result, one).map(
    ({ kind, what, undone, text }) =>
      `the ${kind} ${what} is left (undone: ${undone.join(', ') || 'nothing'}) in ${text.slice(0, 400)}`,
  );
  if (one.isIdentical && !result.equals(bytesOf(one))) leaks.push('a dump without addresses is changed');
  const words = [...one.words, ...(one.kept ?? [])];
  const moves = one.mayRefuse ? { mayMove: /^public\.b/ } : {};
  return [
    ...leaks,
    ...differences(one.dump.join('\n'), result.toString(), { ...one, ...moves, words }),
    ...repeated(one, result),
  ];
}

/** Rows of a table of COPY, as fields. */
function rowsIn(dump: Buffer, table: string): readonly (readonly string[])[] {
  const lines = dump.toString('latin1').split('\n');
  const begin = lines.findIndex((line) => line.startsWith(`COPY ${table} (`));
  return begin < 0 ? [] : lines.slice(begin + 1, lines.indexOf('\\.', begin)).map((line) => line.split('\t'));
}

/** Unique columns whose values are no longer different. */
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
 * The leak check reads each value as it was before: as if the rewriter had overlooked the address in it. It must find it.
 */
async function blindSpots(one: Case): Promise<readonly string[]> {
  const catalogue = await readCatalogue(pieces(bytesOf(one), 0), { requireFooter: true });
  const plan = makePlan({ rules: noRules, catalogue, key, complete: true });
  return [...valuesWithSecrets(one)].flatMap((value) => {
    const check = new LeakCheck({ plan, kinds: new Set(['emails']), thorough: false });
    const reader = new DumpReader(check, { requireFooter: false });
    reader.push(Buffer.from(value));
    reader.end();
    return check.leaks().length > 0 ? [] : [`the leak check does not see an address in ${value.slice(0, 400)}`];
  });
}

/** By which a dump is known, whatever characters its first row holds. */
const header = '--\n-- PostgreSQL database dump\n--\n\n';

/** Small dumps of one value of COPY, or one INSERT of MySQL, each that holds a secret. */
function* valuesWithSecrets({ dump, words }: Case): Generator<string> {
  if (dump[0] === mysqlHead.split('\n')[0]) {
    for (const line of dump)
      if (line.startsWith('INSERT INTO `') && (holds(line, words) || hides(line, words))) yield `${mysqlHead}${line}\n`;
    return;
  }
  let target = '';
  for (const line of dump) {
    if (/^COPY .* FROM stdin;$/.test(line)) target = /^COPY \S+/.exec(line)?.[0] ?? '';
    else if (line === '\\.') target = '';
    else if (target !== '')
      for (const value of line.split('\t'))
        if (holds(value, words) || hides(value, words)) yield `${header}${target} (a) FROM stdin;\n${value}\n\\.\n`;
  }
}
