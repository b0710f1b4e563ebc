/**
 * The SQL of a dump on its way into psql: only what pg_dump writes goes through, and psql is told to take no commands of
 * its own from it.
 */
import { randomBytes } from 'node:crypto';
import type { DumpVisitor } from '../../../anonymize/format/dump-reader.ts';
import { DumpReader } from '../../../anonymize/format/dump-reader.ts';
import type { Version } from './tools.ts';

/** First releases whose psql knows `\restrict`, which is also what older ones were given for CVE-2025-8714. */
const knowsRestrict: Readonly<Record<number, number>> = { 13: 22, 14: 19, 15: 14, 16: 10, 17: 6 };

function canRestrict({ major, minor }: Version): boolean {
  const first = knowsRestrict[major];
  return major > 17 || (first !== undefined && minor >= first);
}

class Passing implements DumpVisitor {
  readonly pieces: Buffer[] = [];

  #give(bytes: Buffer, from: number, to: number): void {
    this.pieces.push(Buffer.from(bytes.subarray(from, to)));
  }

  statement(bytes: Buffer, from: number, to: number): void {
    this.#give(bytes, from, to);
  }

  verbatim(bytes: Buffer, from: number, to: number): void {
    // The dump's own pair is replaced by ours, whose key the dump cannot know.
    const text = bytes.toString('latin1', from, to);
    const command = text.lastIndexOf('\\');
    this.#give(bytes, from, command < 0 ? to : from + command);
  }

  copyBegin(_target: unknown, bytes: Buffer, from: number, to: number): void {
    this.#give(bytes, from, to);
  }

  rows(bytes: Buffer, from: number, to: number): void {
    this.#give(bytes, from, to);
  }

  piece(bytes: Buffer, from: number, to: number): number {
    this.#give(bytes, from, to);
    return to;
  }

  copyEnd(bytes: Buffer, from: number, to: number): void {
    this.#give(bytes, from, to);
  }
}

/** @throws DumpError for a dump that is cut off, or that holds commands for psql other than pg_dump's own */
export async function* sqlForRestore(sql: AsyncIterable<Buffer>, psql: Version): AsyncGenerator<Buffer> {
  const key = randomBytes(24).toString('hex');
  const restrict = canRestrict(psql);
  if (restrict) yield Buffer.from(`\\restrict ${key}\n`);
  const visitor = new Passing();
  const reader = new DumpReader(visitor, { requireFooter: true });
  for await (const chunk of sql) {
    reader.push(chunk);
    yield* visitor.pieces.splice(0);
  }
  reader.end();
  yield* visitor.pieces.splice(0);
  if (restrict) yield Buffer.from(`\n\\unrestrict ${key}\n`);
}
