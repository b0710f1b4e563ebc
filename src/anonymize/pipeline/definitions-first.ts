/** Gives definitions to the catalogue before the next visitor sees them. */
import type { CopyTarget } from '../format/copy-statement.ts';
import type { DumpVisitor } from '../format/dump-visitor.ts';
import type { Catalogue } from '../schema/catalogue.ts';
import { readDefinition } from '../schema/read-catalogue.ts';

export class DefinitionsFirst implements DumpVisitor {
  readonly #next: DumpVisitor;
  readonly #catalogue: Catalogue;

  constructor(next: DumpVisitor, catalogue: Catalogue) {
    this.#next = next;
    this.#catalogue = catalogue;
  }

  statement(bytes: Buffer, from: number, to: number, code: number): void {
    readDefinition(this.#catalogue, bytes, code, to);
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
