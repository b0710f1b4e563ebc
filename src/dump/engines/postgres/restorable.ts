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

/** Collects what the reader passes on. */
class Collector implements DumpVisitor {
  readonly pieces: Buffer[] = [];

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
  }
}

/** @throws DumpError when the dump is cut off, or holds psql commands that pg_dump does not write */
export async function* sqlForRestore(sql: AsyncIterable<Buffer>, psql: Version): AsyncGenerator<Buffer> {
  const key = randomBytes(24).toString('hex');
  const restrict = canRestrict(psql);
  if (restrict) yield Buffer.from(`\\restrict ${key}\n`);
  const collector = new Collector();
  const reader = new DumpReader(collector, { requireFooter: true });
  for await (const chunk of sql) {
    reader.push(chunk);
    yield* collector.pieces.splice(0);
  }
  reader.end();
  yield* collector.pieces.splice(0);
  if (restrict) yield Buffer.from(`\n\\unrestrict ${key}\n`);
}
