/**
 * Splits a plain dump into statements, commands for its client, and rows, while it streams by. The visitor's calls do not depend
 * on where the chunks of the input end. What product wrote the dump shows in its first bytes.
 */
import { type Dialect, postgresql } from './dialect.ts';
import { DumpError } from './dump-error.ts';
import type { DumpVisitor, ReaderState } from './dump-visitor.ts';
import { headSize, inspectHead } from './input/head.ts';
import { LineEnds } from './input/line-ends.ts';
import type { VisitLiteral } from './literals.ts';
import { MysqlReader } from './mysql/reader.ts';
import { type NameScope, serverScope } from './name-scope.ts';
import { PostgresReader } from './postgres-reader.ts';
import type { SqlReader } from './sql-reader.ts';

export interface ReaderOptions {
  /** Whether to refuse a dump without its last line, the only sign that nothing was cut off. */
  readonly requireFooter: boolean;
  /** Whether a table of this full name is known: without its schema, a name means the first that is. */
  readonly knows?: ((name: string) => boolean) | undefined;
  /** The product whose dumps the caller expects; any without it. */
  readonly only?: Dialect['name'];
}

export class DumpReader implements ReaderState {
  readonly #visitor: DumpVisitor;
  readonly #options: ReaderOptions;
  /** The first bytes, until there are enough to tell what they are. */
  #head: Buffer | undefined = Buffer.alloc(0);
  #reader: (SqlReader & ReaderState) | undefined;
  #lineEnds: LineEnds | undefined;
  #headWarnings: readonly string[] = [];

  constructor(visitor: DumpVisitor, options: ReaderOptions) {
    this.#visitor = visitor;
    this.#options = options;
  }

  /** Known once the visitor is called. */
  get dialect(): Dialect {
    return this.#reader?.dialect ?? postgresql;
  }

  get backslashStrings(): boolean {
    return this.#reader?.backslashStrings ?? false;
  }

  get wholeRows(): boolean {
    return this.#reader?.wholeRows ?? false;
  }

  set wholeRows(whole: boolean) {
    if (this.#reader) this.#reader.wholeRows = whole;
  }

  offsetOf(position: number): number {
    return this.#reader?.offsetOf(position) ?? position;
  }

  get scope(): NameScope {
    return this.#reader?.scope ?? serverScope;
  }

  fullName(name: string): string {
    return this.#reader?.fullName(name) ?? name;
  }

  eachLiteral(bytes: Buffer, from: number, to: number, visit: VisitLiteral): void {
    this.#reader?.eachLiteral(bytes, from, to, visit);
  }

  /** What was left out before and behind the dump, and what its dump program did not write. Complete after `end`. */
  get warnings(): readonly string[] {
    return [...this.#headWarnings, ...(this.#reader?.endWarnings ?? [])];
  }

  /** @throws DumpError when the dump cannot be read */
  push(chunk: Uint8Array): void {
    if (this.#reader !== undefined) {
      this.#take(this.#reader, chunk);
      this.#reader.read(false);
      return;
    }
    this.#head = Buffer.concat([this.#head ?? Buffer.alloc(0), chunk]);
    if (this.#head.length >= headSize) this.#begin(this.#head).read(false);
  }

  /** @throws DumpError when the dump is cut off */
  end(): void {
    const reader = this.#reader ?? this.#begin(this.#head ?? Buffer.alloc(0));
    if (this.#lineEnds) reader.take(this.#lineEnds.rest());
    reader.end(this.#options.requireFooter);
  }

  #begin(head: Buffer): SqlReader {
    this.#head = undefined;
    const { dialect, skip, crlf, cluster, warnings } = inspectHead(head);
    const { only = dialect.name, knows } = this.#options;
    if (dialect.name !== only)
      throw new DumpError({
        what: `this is a dump of ${dialect.product}`,
        fix: 'give a dump of the same product as the server',
      });
    this.#headWarnings = warnings;
    if (crlf) this.#lineEnds = new LineEnds();
    const reader =
      dialect.name === 'mysql' ? new MysqlReader(this.#visitor) : new PostgresReader(this.#visitor, { cluster, knows });
    this.#reader = reader;
    this.#visitor.begin?.(dialect, this);
    reader.take(head.subarray(0, skip));
    reader.skip();
    this.#take(reader, head.subarray(skip));
    return reader;
  }

  #take(reader: SqlReader, chunk: Uint8Array): void {
    reader.take(this.#lineEnds === undefined ? chunk : this.#lineEnds.turn(chunk));
  }
}
