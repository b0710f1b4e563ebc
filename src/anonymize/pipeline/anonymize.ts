/** A dump anonymised while it streams from a source to a sink. */

import { type Compression, compressor } from '../../runtime/compression/format.ts';
import type { Sink } from '../../runtime/compression/gzip.ts';
import { BackupError } from '../../runtime/errors.ts';
import { preferMainThread } from '../../runtime/threads.ts';
import { BlockWriter } from '../bytes/block-writer.ts';
import { type Replace, toNobody } from '../emails/replacement.ts';
import type { CopyTarget } from '../format/copy-statement.ts';
import { DumpError } from '../format/dump-error.ts';
import { DumpReader, type DumpVisitor } from '../format/dump-reader.ts';
import { type Leak, LeakCheck } from '../leak-check/leak-check.ts';
import { Rewriter } from '../rewrite/rewriter.ts';
import { type LeakAction, type LeakKind, leakKinds, type RulesFile } from '../rules/file/rules-file.ts';
import { labels, makePlan } from '../rules/plan/make-plan.ts';
import type { Plan, TablePlan } from '../rules/plan/plan.ts';
import { Catalogue } from '../schema/catalogue.ts';
import { note } from '../schema/read-catalogue.ts';

export interface AnonymizeOptions {
  /** The SQL, decompressed, in chunks of any size; none is kept. */
  readonly source: AsyncIterable<Buffer>;
  readonly sink: Sink;
  readonly compression: Compression;
  readonly level?: number | undefined;
  readonly rules: RulesFile;
  /** Whether a rules file was given: without one only addresses left over fail the run. */
  readonly strict: boolean;
  /** Secret bytes. */
  readonly key: Uint8Array;
  /** What is known of the dump beforehand; without it only what stands before the rows is known in time. */
  readonly catalogue: Catalogue | undefined;
  readonly requireFooter: boolean;
  /** Called now and then. */
  readonly onProgress?: ((sqlBytes: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface AnonymizeReport {
  /** Bytes of SQL read and written. */
  readonly readBytes: number;
  readonly writtenBytes: number;
  /** Values, addresses or rows by table and rule. */
  readonly counts: readonly { readonly table: string; readonly rule: string; readonly count: number }[];
  /** Findings that are only told. */
  readonly leaks: readonly Leak[];
  readonly warnings: readonly string[];
}

/** One block is compressed as one piece of work. */
const blockSize = 1024 * 1024;

/**
 * @throws ConfigurationError when the dump does not allow the rules
 * @throws DumpError when the dump cannot be read
 * @throws BackupError when something is left in the output that should not be; what was given to the sink is to be
 *   thrown away after any error
 */
export async function anonymize(options: AnonymizeOptions): Promise<AnonymizeReport> {
  const { signal, onProgress } = options;
  const blocks: Buffer[] = [];
  const out = new BlockWriter(blockSize, (block) => blocks.push(block));
  const known = options.catalogue ?? new Catalogue();
  const plan = new LatePlan(() =>
    makePlan({
      rules: options.rules,
      catalogue: known,
      key: options.key,
      complete: options.catalogue !== undefined,
    }),
  );
  if (options.catalogue !== undefined) plan.make();
  const rewriter = new Rewriter(plan, out);
  const visitor = options.catalogue === undefined ? new Learning(rewriter, known) : rewriter;
  const reader = new DumpReader(visitor, { requireFooter: options.requireFooter });
  rewriter.reader = reader;
  const actions = leakActions(options);
  const kinds = new Set(leakKinds.filter((kind) => actions[kind] !== 'off'));
  const check = new LeakCheck({
    plan,
    kinds,
    thorough: (['phones', 'ibans', 'cards'] as const).some((kind) => actions[kind] === 'fail'),
  });
  const checker = new DumpReader(check, { requireFooter: false });
  if (kinds.has('replaced-values')) rewriter.onReplaced = (bytes, from, to) => check.noteReplaced(bytes, from, to);
  const compress = compressor(options.compression, options.sink, {
    level: options.level,
    release: (block) => out.release(block),
  });
  const drain = async (): Promise<void> => {
    for (const block of blocks.splice(0)) {
      checker.push(block);
      await compress.write(block);
    }
  };
  let readBytes = 0;
  for await (const chunk of options.source) {
    signal?.throwIfAborted();
    // The threads begin with the first work for them.
    if (readBytes === 0) preferMainThread();
    reader.push(chunk);
    readBytes += chunk.length;
    await drain();
    onProgress?.(readBytes);
  }
  reader.end();
  out.flush();
  await drain();
  checker.end();
  await compress.end();
  if (options.catalogue === undefined) checkUniques(rewriter, known, plan);
  const leaks = allowed(check.leaks(), options.rules, known);
  failOn(leaks.filter((leak) => actions[leak.kind] === 'fail'));
  return {
    readBytes,
    writtenBytes: out.written,
    counts: rewriter.counts.list(),
    leaks,
    warnings: warningsOf(known, plan, rewriter, check, kinds),
  };
}

/** A plan that is made when it is first asked for: from a pipe, definitions come before the rows. */
class LatePlan implements Plan {
  readonly #make: () => Plan;
  #plan: Plan | undefined;
  readonly replace = toNobody;

  constructor(make: () => Plan) {
    this.#make = make;
  }

  make(): Plan {
    this.#plan ??= this.#make();
    return this.#plan;
  }

  readonly replaceApart: Replace = (...place) => this.make().replaceApart(...place);

  get sampled(): (value: Buffer) => number {
    return this.make().sampled;
  }

  table(name: string): TablePlan {
    return this.make().table(name);
  }
}

/** Tells the catalogue of definitions before the rewriter sees them. */
class Learning implements DumpVisitor {
  readonly #next: DumpVisitor;
  readonly #catalogue: Catalogue;

  constructor(next: DumpVisitor, catalogue: Catalogue) {
    this.#next = next;
    this.#catalogue = catalogue;
  }

  statement(bytes: Buffer, from: number, to: number, code: number): void {
    note(this.#catalogue, bytes, code, to);
    this.#next.statement(bytes, from, to, code);
  }

  verbatim(bytes: Buffer, from: number, to: number): void {
    this.#next.verbatim(bytes, from, to);
  }

  copyBegin(target: CopyTarget, bytes: Buffer, from: number, to: number): void {
    this.#next.copyBegin(target, bytes, from, to);
  }

  rows(bytes: Buffer, from: number, to: number): void {
    this.#next.rows(bytes, from, to);
  }

  piece(bytes: Buffer, from: number, to: number): number {
    return this.#next.piece(bytes, from, to);
  }

  copyEnd(bytes: Buffer, from: number, to: number): void {
    this.#next.copyEnd(bytes, from, to);
  }
}

function leakActions({ rules, strict }: AnonymizeOptions): Record<LeakKind, LeakAction> {
  const preset = (kind: LeakKind): LeakAction => {
    if (strict || kind === 'addresses') return 'fail';
    // Without rules no column is replaced.
    return kind === 'replaced-values' ? 'off' : 'warn';
  };
  const given = rules['leak-check'] ?? {};
  return Object.fromEntries(leakKinds.map((kind) => [kind, given[kind] ?? preset(kind)])) as Record<
    LeakKind,
    LeakAction
  >;
}

/** What is allowed of a partitioned table is allowed of its partitions. */
function allowed(leaks: readonly Leak[], rules: RulesFile, catalogue: Catalogue): readonly Leak[] {
  const names = new Set(rules['leak-check']?.allow ?? []);
  return leaks.filter(
    ({ table, column }) =>
      column === undefined || ![table, catalogue.root(table)].some((name) => names.has(`${name}.${column}`)),
  );
}

const words: Readonly<Record<LeakKind, string>> = {
  addresses: 'e-mail addresses',
  phones: 'phone numbers',
  ibans: 'IBANs',
  cards: 'card numbers',
  'replaced-values': 'values of columns that were replaced',
};

/** One line for each finding: table, column, count; never the value. */
export function describeLeaks(leaks: readonly Leak[]): string[] {
  return leaks.map(
    ({ kind, table, column, count }) =>
      `${table}${column === undefined ? '' : `.${column}`}: ${count.toLocaleString('en-US')} ${words[kind]}`,
  );
}

function failOn(leaks: readonly Leak[]): void {
  if (leaks.length === 0) return;
  throw new BackupError({
    what: `the leak check found what should not be in the anonymised dump: ${describeLeaks(leaks).slice(0, 5).join('; ')}${leaks.length > 5 ? `; and ${leaks.length - 5} more` : ''}`,
    likelyCause: 'columns without a rule hold personal data, or repeat what other columns had replaced',
    fix: 'give these columns a rule; or, where the finding is harmless, name the column under leak-check: allow',
    detail: describeLeaks(leaks).join('\n'),
    code: 'leak',
  });
}

/** From a pipe, what must be unique is only learnt behind the rows. */
function checkUniques(rewriter: Rewriter, catalogue: Catalogue, plan: Plan): void {
  const broken = rewriter.counts.columns().filter(({ table, column, rule, count }) => {
    if (rule !== labels.addresses || count < 2 || plan.table(table).column(column).treatment !== 'addresses')
      return false;
    return catalogue
      .bound(table, column)
      .some((place) => catalogue.uniques(place.table).some((unique) => unique.columns.includes(place.column)));
  });
  if (broken.length === 0) return;
  const names = broken.map(({ table, column }) => `${table}.${column}`).join(', ');
  throw new DumpError({
    what: `${names} must be unique, which a dump only says behind its rows: with the same address in each the result could not be restored`,
    offset: 0,
    fix: 'anonymise from a file instead of a pipe, or give the definitions beforehand (schema: the output of pg_dump --schema-only)',
  });
}

function warningsOf(
  catalogue: Catalogue,
  plan: Plan,
  rewriter: Rewriter,
  check: LeakCheck,
  kinds: ReadonlySet<LeakKind>,
): string[] {
  const warnings: string[] = [];
  const unique = rewriter.counts.columns().filter((one) => one.rule === labels.unique);
  for (const { table, column, count } of unique)
    warnings.push(
      `${table}.${column} must stay unique: ${count.toLocaleString('en-US')} addresses became addresses of their own under example.com`,
    );
  for (const { table, column, count } of rewriter.counts.columns()) {
    const found = catalogue.table(table)?.columns.find((one) => one.name === column);
    const checks = [
      ...(found?.type.checks ?? []),
      ...(catalogue
        .table(table)
        ?.checks.filter((one) => one.columns.includes(column))
        .map((one) => one.expression) ?? []),
    ];
    if (count > 0 && checks.some((one) => one.includes('@')))
      warnings.push(
        `${table}.${column} has a CHECK about addresses, which may refuse what replaced them; the restore will tell`,
      );
  }
  for (const name of rewriter.counts.tables.keys()) {
    const { writeTo } = plan.table(name);
    if (writeTo !== undefined)
      warnings.push(
        `the rows of the partition ${name} are written to ${writeTo}, since changed values may belong to another partition`,
      );
  }
  if (kinds.has('replaced-values') && !check.comparedAll)
    warnings.push(
      'there are more than a quarter of a million different values: replaced values were looked for elsewhere in a sample of them',
    );
  return warnings;
}
