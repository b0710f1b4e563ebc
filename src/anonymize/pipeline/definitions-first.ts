/** Gives definitions to the catalogue before the next visitor sees them. */
import type { CopyTarget } from '../format/copy-statement.ts';
import type { Dialect } from '../format/dialect.ts';
import { DumpError } from '../format/dump-error.ts';
import type { DumpVisitor, InsertVisitor, ReaderState } from '../format/dump-visitor.ts';
import type { RulesFile } from '../rules/file/rules-file.ts';
import type { Catalogue } from '../schema/catalogue.ts';
import { readDefinition } from '../schema/read-catalogue.ts';

export class DefinitionsFirst implements DumpVisitor {
  readonly #next: DumpVisitor;
  readonly #catalogue: Catalogue;
  #reader: ReaderState | undefined;

  readonly #rules: RulesFile;

  constructor(next: DumpVisitor, catalogue: Catalogue, rules: RulesFile) {
    this.#next = next;
    this.#catalogue = catalogue;
    this.#rules = rules;
  }

  begin(dialect: Dialect, reader: ReaderState): void {
    this.#reader = reader;
    this.#catalogue.speak(dialect);
    // Each table is defined right before its rows, so that no rule can be checked before some rows are written.
    if (dialect.name === 'mysql' && (this.#rules.tables.size > 0 || this.#rules.unknownColumns === 'fail'))
      throw new DumpError({
        what: 'the rules cannot be checked against a dump that comes through a pipe: it defines each table only before its rows',
        fix: `anonymise from a file instead of a pipe, or give the definitions beforehand (schema: the output of ${dialect.definitionsFrom})`,
      });
    this.#next.begin?.(dialect, reader);
  }

  get inserts(): InsertVisitor | undefined {
    return this.#next.inserts;
  }

  statement(bytes: Buffer, from: number, to: number, code: number): void {
    readDefinition(this.#catalogue, bytes, code, to, this.#reader?.scope);
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
