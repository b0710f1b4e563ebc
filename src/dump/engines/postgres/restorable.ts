/**
 * The SQL of a dump on its way into psql. Only statements that pg_dump writes pass, and psql is configured not to accept its own
 * commands from them.
 */
import { randomBytes } from 'node:crypto';
import { DumpReader } from '../../../anonymize/format/dump-reader.ts';
import type { DumpVisitor } from '../../../anonymize/format/dump-visitor.ts';
import type { Version } from './tools.ts';

/** First minor release of each series whose psql knows `\restrict`, the fix of CVE-2025-8714. */
const knowsRestrict: Readonly<Record<number, number>> = { 13: 22, 14: 19, 15: 14, 16: 10, 17: 6 };

function canRestrict({ major, minor }: Version): boolean {
  const first = knowsRestrict[major];
  return major > 17 || (first !== undefined && minor >= first);
}

/** Lines around the rows of COPY, where psql must not go on after an error: it would take the rows for statements. */
interface CopyGuard {
  readonly before: Buffer;
  readonly after: Buffer;
}

/** Collects what the reader passes on. */
class Collector implements DumpVisitor {
  readonly pieces: Buffer[] = [];
  readonly #guard: CopyGuard | undefined;

  constructor(guard: CopyGuard | undefined) {
    this.#guard = guard;
  }

  #add(bytes: Buffer, from: number, to: number): void {
    this.pieces.push(Buffer.from(bytes.subarray(from, to)));
  }

  statement(bytes: Buffer, from: number, to: number): void {
    this.#add(bytes, from, to);
  }

  verbatim(bytes: Buffer, from: number, to: number): void {
    // Our own \restrict, with a key that the dump cannot know, replaces the one of the dump.
    const text = bytes.toString('latin1', from, to);
    const command = text.lastIndexOf('\\');
    this.#add(bytes, from, command < 0 ? to : from + command);
  }

  copyBegin(_target: unknown, bytes: Buffer, from: number, to: number): void {
    if (this.#guard) this.pieces.push(this.#guard.before);
    this.#add(bytes, from, to);
  }

  rows(bytes: Buffer, from: number, to: number): void {
    this.#add(bytes, from, to);
  }

  piece(bytes: Buffer, from: number, to: number): number {
    this.#add(bytes, from, to);
    return to;
  }

  copyEnd(bytes: Buffer, from: number, to: number): void {
    this.#add(bytes, from, to);
    if (this.#guard) this.pieces.push(this.#guard.after);
  }
}

export interface RestorableOptions {
  /**
   * Whether psql goes on after a statement that the server refuses. It still ends, with status 3, where the server refuses a
   * COPY: it would take the rows that follow for statements.
   */
  readonly goOn?: boolean;
}

/** @throws DumpError when the dump is cut off, or holds psql commands that pg_dump does not write */
export async function* sqlForRestore(
  sql: AsyncIterable<Buffer>,
  psql: Version,
  { goOn = false }: RestorableOptions = {},
): AsyncGenerator<Buffer> {
  const key = randomBytes(24).toString('hex');
  const [lock, unlock] = canRestrict(psql) ? [`\\restrict ${key}\n`, `\\unrestrict ${key}\n`] : ['', ''];
  const stopping = (stop: 0 | 1): Buffer => Buffer.from(`\n${unlock}\\set ON_ERROR_STOP ${stop}\n${lock}`);
  if (goOn) yield Buffer.from('\\set ON_ERROR_STOP 0\n');
  yield Buffer.from(lock);
  const collector = new Collector(goOn ? { before: stopping(1), after: stopping(0) } : undefined);
  const reader = new DumpReader(collector, { requireFooter: true });
  for await (const chunk of sql) {
    reader.push(chunk);
    yield* collector.pieces.splice(0);
  }
  reader.end();
  yield* collector.pieces.splice(0);
  yield Buffer.from(`\n${unlock}`);
}
