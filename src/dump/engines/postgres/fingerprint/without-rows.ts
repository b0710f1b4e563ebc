/** The definitions in plain SQL, without the rows and the large objects, which are nearly all of a dump. */
import { DumpReader } from '../../../../anonymize/format/dump-reader.ts';
import { IgnoringVisitor } from '../../../../anonymize/format/dump-visitor.ts';

/** Statements that hold rows, or the contents of large objects. */
const content = /^(INSERT\s|SELECT\s+pg_catalog\.lo)/i;
/** Bytes of a statement that show what it is. */
const headLength = 40;

/** @throws DumpError when the SQL is cut off */
export async function* withoutRows(sql: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const definitions = new Definitions();
  const reader = new DumpReader(definitions, { requireFooter: true, only: 'postgresql' });
  for await (const chunk of sql) {
    reader.push(chunk);
    yield* definitions.take();
  }
  reader.end();
  yield* definitions.take();
}

class Definitions extends IgnoringVisitor {
  #pieces: Buffer[] = [];

  /** What was collected since the last call. */
  take(): readonly Buffer[] {
    return this.#pieces.splice(0);
  }

  override statement(bytes: Buffer, from: number, to: number, code: number): void {
    if (content.test(bytes.toString('latin1', code, Math.min(to, code + headLength)))) return;
    this.verbatim(bytes, from, to);
  }

  /** The reader uses its buffer again. */
  override verbatim(bytes: Buffer, from: number, to: number): void {
    this.#pieces.push(Buffer.from(bytes.subarray(from, to)));
  }
}
