/** Goes through a dump for its definitions alone. */

import { DumpReader, type DumpVisitor } from '../format/dump-reader.ts';
import { Catalogue } from './catalogue.ts';

/** Bytes of a statement that defines something; longer ones are data. */
const longest = 4 * 1024 * 1024;

/** Feeds a catalogue; other visitors of the same stream may follow. */
export class DefinitionsVisitor implements DumpVisitor {
  readonly catalogue: Catalogue;

  constructor(catalogue: Catalogue) {
    this.catalogue = catalogue;
  }

  statement(bytes: Buffer, _from: number, to: number, code: number): void {
    note(this.catalogue, bytes, code, to);
  }

  verbatim(): void {}
  copyBegin(): void {}
  rows(): void {}
  piece(_bytes: Buffer, _from: number, to: number): number {
    return to;
  }
  copyEnd(): void {}
}

/** Tells the catalogue of a statement, if it can be a definition: `CREATE` or `ALTER`. */
export function note(catalogue: Catalogue, bytes: Buffer, code: number, to: number): void {
  const first = (bytes[code] as number) | 0x20;
  const second = (bytes[code + 1] as number) | 0x20;
  const maybe = (first === 0x63 && second === 0x72) || (first === 0x61 && second === 0x6c);
  if (maybe && to - code < longest) catalogue.statement(bytes.toString('utf8', code, to));
}

/** @throws DumpError when the dump is cut off */
export async function readCatalogue(
  source: AsyncIterable<Buffer>,
  options: { readonly requireFooter: boolean; readonly signal?: AbortSignal | undefined },
): Promise<Catalogue> {
  const visitor = new DefinitionsVisitor(new Catalogue());
  const reader = new DumpReader(visitor, options);
  for await (const chunk of source) {
    options.signal?.throwIfAborted();
    reader.push(chunk);
  }
  reader.end();
  return visitor.catalogue;
}
