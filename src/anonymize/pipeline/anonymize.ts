/** Anonymises a dump while it streams from a source to a sink. */
import { type Compression, compressor } from '../../runtime/compression/format.ts';
import type { Sink } from '../../runtime/compression/gzip.ts';
import { preferMainThread } from '../../runtime/threads.ts';
import { BlockWriter } from '../bytes/block-writer.ts';
import { OrderedWriter } from '../bytes/ordered-writer.ts';
import { DumpReader } from '../format/dump-reader.ts';
import { allowedBy } from '../leak-check/allowed.ts';
import type { Leak } from '../leak-check/findings.ts';
import { LeakCheck } from '../leak-check/leak-check.ts';
import { failOn, leakActions, withoutAllowed } from '../leak-check/leak-policy.ts';
import type { RuleCount } from '../rewrite/counts.ts';
import { Rewriter } from '../rewrite/rewriter.ts';
import { leakKinds } from '../rules/file/leak-kinds.ts';
import type { RulesFile } from '../rules/file/rules-file.ts';
import { fitRules } from '../rules/plan/fit-rules.ts';
import { addressForms, makePlan, replacementInDefinitions } from '../rules/plan/make-plan.ts';
import { definitionsPart } from '../rules/plan/plan.ts';
import { Catalogue } from '../schema/catalogue.ts';
import { noThreads, RowThreads, type ThreadOptions, usualThreads } from '../threads/row-threads.ts';
import { type ChangedColumns, changedColumns } from './changed-columns.ts';
import { DefinitionsFirst } from './definitions-first.ts';
import { LatePlan } from './late-plan.ts';
import { checkForms, checkUniques } from './unique-columns.ts';
import { warningsOf } from './warnings.ts';

export interface AnonymizeOptions {
  /** The SQL, decompressed, in chunks of any size. No chunk is kept. */
  readonly source: AsyncIterable<Buffer>;
  /** Keeps none of what it is given once it is done: the memory is then used again. */
  readonly sink: Sink;
  readonly compression: Compression;
  readonly level?: number | undefined;
  readonly rules: RulesFile;
  /** Whether a rules file was given: without one, only addresses that are left fail the run. */
  readonly strict: boolean;
  /** Secret bytes: the same key gives the same pseudonyms. */
  readonly key: Uint8Array;
  /** The definitions of the dump. Without it, only definitions before the rows are known in time. */
  readonly catalogue: Catalogue | undefined;
  readonly requireFooter: boolean;
  /** Called after each chunk. */
  readonly onProgress?: ((sqlBytes: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Threads that rewrite rows beside the main one, as many as the computer has room for without it. */
  readonly threads?: ThreadOptions | undefined;
}

export interface AnonymizeReport {
  /** Bytes of SQL read and written. */
  readonly readBytes: number;
  readonly writtenBytes: number;
  /** Values, addresses or rows by table and rule. */
  readonly counts: readonly RuleCount[];
  /** Findings that do not fail the run. */
  readonly leaks: readonly Leak[];
  readonly warnings: readonly string[];
  /** Columns whose values may have changed; undefined unless the definitions were known from the start. */
  readonly changed?: ChangedColumns | undefined;
  /** Whether large objects, or comments on them, may have changed. */
  readonly largeObjectsChanged: boolean;
}

/** Each block is compressed as one piece of work. */
const blockSize = 1024 * 1024;

/**
 * @throws ConfigurationError when the dump does not allow the rules
 * @throws DumpError when the dump cannot be read
 * @throws BackupError when the output holds what it should not. After any error, what the sink received must be thrown away
 */
export async function anonymize(options: AnonymizeOptions): Promise<AnonymizeReport> {
  const known = options.catalogue ?? new Catalogue();
  const complete = options.catalogue !== undefined;
  const rules = fitRules(options.rules, known);
  const plan = new LatePlan(
    () => makePlan({ rules, catalogue: known, key: options.key, complete }),
    replacementInDefinitions(options.key),
  );
  // Mistakes in the rules show before a byte is read.
  if (complete) plan.make();

  const blocks: Buffer[] = [];
  const out = new BlockWriter(blockSize, (block) => blocks.push(block));
  const ordered = new OrderedWriter(out);
  const rewriter = new Rewriter(plan, ordered);
  const visitor = complete ? rewriter : new DefinitionsFirst(rewriter, known, rules);
  if (complete) rewriter.begin = (dialect) => known.speak(dialect);
  const knows = (name: string): boolean => known.has(name);
  const reader = new DumpReader(visitor, { requireFooter: options.requireFooter, knows });
  rewriter.reader = reader;

  const actions = leakActions(rules, options.strict);
  const kinds = new Set(leakKinds.filter((kind) => actions[kind] !== 'off'));
  const thorough = [actions.phones, actions.ibans, actions.cards].includes('fail');
  const allowed = allowedBy(
    () => fitRules(rules, known).leaksAllowed.filter(({ pattern }) => pattern !== undefined),
    (table) => [table, known.root(table)],
  );
  const check = new LeakCheck({
    plan,
    kinds,
    thorough,
    isAllowed: (kind, table, column, text) =>
      (kind === 'emails' && table === definitionsPart && plan.kept.has(text())) || allowed(kind, table, column, text),
  });
  const checker = new DumpReader(check, { requireFooter: false, knows });
  if (kinds.has('replaced-values')) rewriter.onReplaced = (bytes, from, to) => check.noteReplaced(bytes, from, to);

  const threads = new RowThreads({
    ...(complete ? (options.threads ?? usualThreads()) : noThreads),
    out: ordered,
    counts: rewriter.counts,
    data: () => ({
      // What the leak check allows is only asked here.
      rules: { ...rules, leaksAllowed: [] },
      definitions: known.statements,
      key: Uint8Array.from(options.key),
      notesReplaced: kinds.has('replaced-values'),
    }),
  });
  rewriter.elsewhere = threads;

  const compress = compressor(options.compression, options.sink, {
    level: options.level,
    once: true,
    release: (block) => out.release(block),
  });
  const drain = async (): Promise<void> => {
    await threads.room();
    for (const block of blocks.splice(0)) {
      checker.push(block);
      await compress.write(block);
    }
  };

  let readBytes: number;
  try {
    readBytes = await readAll(options, reader, threads, drain);
    for (const replaced of await threads.finish()) check.mergeReplaced(replaced);
  } finally {
    await threads.stop();
  }
  out.flush();
  await drain();
  checker.end();
  await compress.end();

  if (!complete) {
    checkUniques(rewriter.counts, known, plan);
    checkForms(rewriter.counts, plan, addressForms({ rules, catalogue: known, key: options.key, complete }));
  }
  const leaks = withoutAllowed(check.leaks(), fitRules(rules, known), known);
  failOn(leaks, actions);
  return {
    readBytes,
    writtenBytes: out.written,
    counts: rewriter.counts.list(),
    leaks,
    ...(complete ? { changed: changedColumns(known, plan, rewriter.counts) } : {}),
    largeObjectsChanged: rewriter.counts.largeObjectsChanged,
    warnings: [
      ...reader.warnings,
      ...warningsOf(known, plan, rewriter.counts, kinds.has('replaced-values') && !check.comparedAll),
    ],
  };
}

/** Reads the source to its end. @returns its bytes */
async function readAll(
  { source, signal, onProgress }: AnonymizeOptions,
  reader: DumpReader,
  threads: RowThreads,
  drain: () => Promise<void>,
): Promise<number> {
  let bytes = 0;
  const inOrder = async (read: () => void): Promise<void> => {
    try {
      read();
    } catch (error) {
      // What other threads do comes before it in the dump, and so do its errors.
      await threads.settle();
      throw error;
    }
  };
  for await (const chunk of source) {
    signal?.throwIfAborted();
    // Threads exist once there is work for them.
    if (bytes === 0) preferMainThread();
    await inOrder(() => reader.push(chunk));
    bytes += chunk.length;
    await drain();
    onProgress?.(bytes);
  }
  await inOrder(() => reader.end());
  return bytes;
}
