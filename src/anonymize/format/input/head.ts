/** The beginning of a file, before anything in it is read as SQL: what it is, and what stands before the dump. */
import { type Dialect, mysql, postgresql } from '../dialect.ts';
import { DumpError } from '../dump-error.ts';
import { foreignFormat } from './foreign-formats.ts';
import { beginsLikeMysql } from './mysql-heads.ts';
import { producerOf, quoted } from './noise.ts';
import { noSql, notSql } from './not-sql.ts';

/** Bytes that decide: more than a banner, a lecture of sudo and the preamble of a dump take. */
export const headSize = 16 * 1024;

export interface Head {
  readonly dialect: Dialect;
  /** Bytes before the dump that do not belong to it. */
  readonly skip: number;
  /** Whether the dump's lines end with CR LF. */
  readonly crlf: boolean;
  /** Whether it is a dump of a whole server (pg_dumpall). */
  readonly cluster: boolean;
  readonly warnings: readonly string[];
}

const byteOrderMark = '\xef\xbb\xbf';
/** dumpall in pg_dumpall.c. */
const clusterHeader = /^-- PostgreSQL database cluster dump\r?$/m;

/**
 * @param head the first `headSize` bytes, or the whole file when it is shorter
 * @throws DumpError that says what the file is when it is no plain dump
 */
export function inspectHead(head: Buffer): Head {
  const foreign = foreignFormat(head);
  if (foreign) throw new DumpError(foreign);
  const text = head.toString('latin1');
  const mark = text.startsWith(byteOrderMark) ? byteOrderMark.length : 0;
  const { skip, line, warnings } = skipNoise(text, mark);
  const dialect = beginsLikeMysql(text.slice(skip)) ? mysql : postgresql;
  refuseOther(dialect, text, skip, line);
  const crlf = /^[^\n]*\r\n/.test(text.slice(skip));
  return {
    dialect,
    skip,
    crlf,
    cluster: dialect.name === 'postgresql' && clusterHeader.test(text),
    warnings: [
      ...(mark > 0 ? ['the byte order mark before the dump was left out'] : []),
      ...warnings,
      ...(crlf ? ['the lines end with CR LF, as on Windows or from a terminal: they were read as LF'] : []),
    ],
  };
}

/** Passes over lines of other programs before the dump. */
function skipNoise(text: string, from: number): { skip: number; line: number; warnings: readonly string[] } {
  let at = from;
  let line = 1;
  let noise: { first: string; producer: string; lines: number } | undefined;
  while (at < text.length) {
    const newline = text.indexOf('\n', at);
    const end = newline < 0 ? text.length : newline;
    const content = Buffer.from(text.slice(at, end), 'latin1').toString('utf8');
    const producer = producerOf(content);
    if (producer !== undefined) {
      const lines: number = noise?.lines ?? 0;
      noise = { first: noise?.first ?? content, producer: noise?.producer ?? producer, lines: lines + 1 };
    } else if (content.trim() !== '') break;
    at = Math.min(end + 1, text.length);
    line += 1;
  }
  if (noise === undefined) return { skip: from, line: 1, warnings: [] };
  const count = noise.lines === 1 ? 'a line' : `${noise.lines} lines`;
  return {
    skip: at,
    line,
    warnings: [`${count} before the dump, of ${noise.producer}, left out: ${quoted(noise.first)}`],
  };
}

/** A line of a dump. */
const someSql = /^(-- (PostgreSQL|MySQL|MariaDB)|(SET|CREATE|COPY|INSERT INTO|ALTER|DROP|LOCK TABLES)\s)/m;

/** @throws DumpError when what stands here is neither a statement nor a comment nor a command of psql */
function refuseOther(dialect: Dialect, text: string, at: number, line: number): void {
  const bytes = Buffer.from(text, 'latin1');
  const code = dialect.codeBegin(bytes, at, bytes.length);
  const begin = text.slice(code, code + 20);
  if (code >= text.length || begin.startsWith('\\') || dialect.startsWithCommand(begin)) return;
  const lines = line + (text.slice(at, code).match(/\n/g)?.length ?? 0);
  const content = bytes.subarray(code).toString('utf8').split('\n', 1)[0] ?? '';
  // A file without SQL may hold anything, such as a list of names.
  if (!someSql.test(text)) throw noSql(dialect, lines, content.length);
  throw notSql(dialect, `line ${lines}, ${quoted(content)}, is not SQL`, begin);
}
