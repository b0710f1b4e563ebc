/**
 * The SQL of a dump on its way into psql. Only statements that pg_dump writes pass, and psql is configured not to accept its own
 * commands from them.
 */
import { randomBytes } from 'node:crypto';
import { DumpReader } from '../../../../anonymize/format/dump-reader.ts';
import type { DumpVisitor } from '../../../../anonymize/format/dump-visitor.ts';
import { parseVersion, type Version } from '../tools.ts';
import type { StatementFilter } from './statement-filter.ts';

/** First minor release of each series whose psql knows `\restrict`, the fix of CVE-2025-8714. */
const knowsRestrict: Readonly<Record<number, number>> = { 13: 22, 14: 19, 15: 14, 16: 10, 17: 6 };

function canRestrict({ major, minor }: Version): boolean {
  const first = knowsRestrict[major];
  return major > 17 || (first !== undefined && minor >= first);
}

/** Lines around the rows of COPY, where psql must not go on after an error: it would take the rows for statements. */
interface CopyGuard {
  readonly before: string;
  readonly after: string;
}

/** Bytes of a statement that show whether the filter must see it. */
const beginLength = 64;
/** As in INSERT. */
const letterI = 0x69;

const nothing: Buffer = Buffer.alloc(0);

/** Collects what the reader passes on. */
class Collector implements DumpVisitor {
  readonly #pieces: Buffer[] = [];
  readonly #guard: CopyGuard | undefined;
  readonly #filter: StatementFilter | undefined;
  #first = true;
  /** What was passed on last, and is not copied yet. */
  #pending = { bytes: nothing, from: 0, to: 0 };

  constructor(guard: CopyGuard | undefined, filter: StatementFilter | undefined) {
    this.#guard = guard;
    this.#filter = filter;
  }

  /** What was collected since the last call: nothing once the server is known to lack something. */
  take(): Buffer[] {
    this.#flush();
    const pieces = this.#pieces.splice(0);
    return this.#filter?.failed ? [] : pieces;
  }

  #add(bytes: Buffer, from: number, to: number): void {
    const { bytes: last, to: end } = this.#pending;
    if (bytes !== last || from !== end) {
      this.#flush();
      this.#pending = { bytes, from, to };
    } else this.#pending.to = to;
  }

  #addText(text: string): void {
    this.#flush();
    this.#pieces.push(Buffer.from(text));
  }

  /** Copies what follows each other in the buffer, which the reader uses again, at once. */
  #flush(): void {
    const { bytes, from, to } = this.#pending;
    if (to > from) this.#pieces.push(Buffer.from(bytes.subarray(from, to)));
    this.#pending = { bytes: nothing, from: 0, to: 0 };
  }

  statement(bytes: Buffer, from: number, to: number, code: number): void {
    if (this.#first) this.#noteVersions(bytes.toString('latin1', from, code));
    const filter = this.#filter;
    const isInsert = ((bytes[code] as number) | 0x20) === letterI;
    if (isInsert) filter?.rows();
    if (isInsert || !filter?.concerns(bytes.toString('latin1', code, Math.min(to, code + beginLength)))) {
      this.#add(bytes, from, to);
      return;
    }
    const instead = filter.apply(bytes.toString('utf8', code, to));
    this.#add(bytes, from, instead === undefined ? to : code);
    if (instead) this.#addText(instead);
  }

  /** The comments before the first statement say which versions wrote the dump. */
  #noteVersions(comments: string): void {
    this.#first = false;
    const [, version = ''] = /^-- Dumped by pg_dump version (\S+)/m.exec(comments) ?? [];
    this.#filter?.noteDumpedBy(parseVersion(version));
  }

  /** Our own \restrict, with a key that the dump cannot know, replaces that of the dump, and no other command passes. */
  verbatim(bytes: Buffer, from: number, to: number): void {
    const text = bytes.toString('latin1', from, to);
    const at = text.lastIndexOf('\\');
    if (at < 0) {
      this.#add(bytes, from, to);
      return;
    }
    this.#add(bytes, from, from + at);
    const [, command = '', parameter = ''] = /^\\(\w+)\s*(\S*)/.exec(text.slice(at)) ?? [];
    if (command === 'encoding') this.#addText(`SET client_encoding = '${parameter.replace(/\W/g, '')}';\n`);
    if (command === 'c' || command === 'connect') this.#filter?.noteConnect();
  }

  copyBegin(_target: unknown, bytes: Buffer, from: number, to: number): void {
    this.#filter?.rows();
    if (this.#guard) this.#addText(this.#guard.before);
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
    if (this.#guard) this.#addText(this.#guard.after);
  }
}

export interface RestorableOptions {
  /**
   * Whether psql goes on after a statement that the server refuses. It still ends, with status 3, where the server refuses a
   * COPY: it would take the rows that follow for statements.
   */
  readonly goOn?: boolean;
  /** Leaves out, or replaces, what the server cannot take. */
  readonly filter?: StatementFilter | undefined;
}

/**
 * @throws DumpError when the dump is cut off, or holds psql commands that pg_dump does not write; BackupError, once all of it was
 *   read, when the server lacks something that the dump needs
 */
export async function* sqlForRestore(
  sql: AsyncIterable<Buffer>,
  psql: Version,
  { goOn = false, filter }: RestorableOptions = {},
): AsyncGenerator<Buffer> {
  const key = randomBytes(24).toString('hex');
  const [lock, unlock] = canRestrict(psql) ? [`\\restrict ${key}\n`, `\\unrestrict ${key}\n`] : ['', ''];
  const stopping = (stop: 0 | 1): string => `\n${unlock}\\set ON_ERROR_STOP ${stop}\n${lock}`;
  if (goOn) yield Buffer.from('\\set ON_ERROR_STOP 0\n');
  yield Buffer.from(lock);
  const collector = new Collector(goOn ? { before: stopping(1), after: stopping(0) } : undefined, filter);
  const reader = new DumpReader(collector, { requireFooter: true, only: 'postgresql' });
  for await (const chunk of sql) {
    reader.push(chunk);
    yield* collector.take();
  }
  reader.end();
  filter?.noteReader(reader.warnings);
  filter?.throwIfFailed();
  yield* collector.take();
  yield Buffer.from(`\n${unlock}`);
}
