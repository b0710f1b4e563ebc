/** The end of a dump: its last line, the only sign that nothing was cut off, and what stands behind it. */
import type { Dialect } from '../dialect.ts';
import { clusterFooter, postgresqlEnd } from './end-marks.ts';
import { producerOf, quoted } from './noise.ts';
import { notSql } from './not-sql.ts';

/** The last line that pg_dump writes. */
export const footer = postgresqlEnd.footer;
/** Statements behind the last line that a warning quotes. */
const maxQuoted = 3;
/** Bytes of a statement that are read to quote it. */
const quotedLength = 100;

export class Ending {
  /** Whether the last line was seen, and no other dump has begun since. */
  complete = false;
  /** Whether the dump is one of a whole server: those of its databases end before it does. */
  cluster = false;
  /** Whether no statement was seen. */
  empty = true;
  /** Whether rows came behind the last line, without the header of another dump before them. */
  rowsBehind = false;
  readonly #behind: string[] = [];
  #count = 0;
  readonly #noise: string[] = [];
  readonly #dialect: Dialect;

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  /** The last line that the dump must have. */
  get footer(): string {
    return this.cluster ? clusterFooter : this.#dialect.end.footer;
  }

  /** @param from start of the comments and blanks between two statements, which end at `to` */
  comments(bytes: Buffer, from: number, to: number): void {
    const { end } = this.#dialect;
    if (to - from < end.shortest) return;
    const text = bytes.subarray(from, to);
    if (this.cluster) {
      this.complete ||= text.includes(clusterFooter);
      return;
    }
    const begins = end.header === undefined ? -1 : text.lastIndexOf(end.header);
    const ends = end.footerIn(text);
    // Behind a dump another may follow, which needs a last line of its own.
    if (begins < 0 && ends < 0) return;
    this.complete = ends > begins;
    this.rowsBehind = false;
  }

  /** @param code where a statement begins; it ends at `to` */
  statement(bytes: Buffer, code: number, to: number): void {
    const { end } = this.#dialect;
    const text = bytes.toString('utf8', code, Math.min(to, code + quotedLength));
    this.empty = false;
    if (!this.complete) {
      this.complete = end.isLast(text);
      return;
    }
    // Rows behind the last line are those of another dump.
    if (end.rows.test(text)) {
      this.complete = false;
      this.rowsBehind = end.header !== undefined;
    } else if (!end.isTail(text)) {
      this.#count += 1;
      if (this.#behind.length < maxQuoted)
        this.#behind.push(quoted(text.replaceAll(/'[^']*'?/g, "'…'").replaceAll(/\s+/g, ' ')));
    }
  }

  /**
   * Reads what stands behind the last statement of a complete dump.
   * @param code where it begins
   * @throws DumpError when it is neither SQL nor known to be written by another program
   */
  rest(bytes: Buffer, code: number, to: number, offset: number): void {
    for (const line of bytes.toString('utf8', code, to).split('\n')) {
      if (line.trim() === '' || line.startsWith('--')) continue;
      if (producerOf(line) === undefined)
        throw notSql(
          this.#dialect,
          `a line of ${line.length} characters stands behind the last line of the dump, and is not SQL`,
          line,
          offset,
        );
      this.#noise.push(line);
    }
  }

  get warnings(): readonly string[] {
    const [first, ...more] = this.#noise;
    const [count, others] = [this.#count, this.#noise.length === 1 ? '' : ` and ${more.length} more lines`];
    return [
      ...(count === 0
        ? []
        : [
            `${count === 1 ? 'a statement' : `${count} statements`} behind the last line of the dump, which ${this.#dialect.dumper} did not write, ${count === 1 ? 'was' : 'were'} kept: ${this.#behind.join(', ')}`,
          ]),
      ...(first === undefined ? [] : [`${quoted(first)}${others} behind the dump, of ${producerOf(first)}, left out`]),
    ];
  }
}

/** What the last lines before `to` say about the reason why a dump was cut off. */
export function lastWords(bytes: Buffer, to: number): string | undefined {
  const lines = bytes.toString('utf8', Math.max(0, to - 2000), to).split('\n');
  const line = lines.findLast((one) => producerOf(one) !== undefined);
  return line && `${producerOf(line)} wrote ${quoted(line)}`;
}
