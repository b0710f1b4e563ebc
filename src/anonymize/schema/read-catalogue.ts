/** Reads the definitions of a dump, and skips its rows but for the keys of partitions. */
import type { CopyTarget } from '../format/copy-statement.ts';
import type { Dialect } from '../format/dialect.ts';
import { IgnoringVisitor, type ReaderState } from '../format/dump-visitor.ts';
import { type NameScope, serverScope } from '../format/name-scope.ts';
import { type ReadOptions, readDump } from '../format/read-dump.ts';
import { Catalogue } from './catalogue.ts';
import { PartitionKeys } from './partition-keys.ts';

/** Bytes of the longest statement that is read as a definition; longer ones are data. */
const maxLength = 4 * 1024 * 1024;

class DefinitionsVisitor extends IgnoringVisitor {
  readonly catalogue = new Catalogue();
  readonly #keys = new PartitionKeys(this.catalogue);
  #reader: ReaderState | undefined;

  override begin(dialect: Dialect, reader: ReaderState): void {
    this.catalogue.speak(dialect);
    this.#reader = reader;
  }

  override statement(bytes: Buffer, _from: number, to: number, code: number): void {
    // What INSERT holds is not read; COPY and INSERT for the same partition would be odd.
    readDefinition(this.catalogue, bytes, code, to, this.#reader?.scope);
  }

  override copyBegin({ name, columns }: CopyTarget): void {
    this.#keys.begin(name, columns);
  }

  override rows(bytes: Buffer, from: number, to: number): void {
    this.#keys.rows(bytes, from, to);
  }

  override piece(bytes: Buffer, from: number, to: number): number {
    this.#keys.rows(bytes, from, to);
    return to;
  }

  override copyEnd(): void {
    this.#keys.end();
  }
}

/**
 * Gives the catalogue a statement if it starts like CREATE, ALTER, DROP, USE, SET or SELECT (INTO).
 * @param code where the statement starts
 * @param scope what names mean in it
 */
export function readDefinition(
  catalogue: Catalogue,
  bytes: Buffer,
  code: number,
  to: number,
  scope: NameScope = serverScope,
): void {
  const first = (bytes[code] as number) | 0x20;
  const second = (bytes[code + 1] as number) | 0x20;
  const likely =
    (first === 0x63 && second === 0x72) ||
    (first === 0x61 && second === 0x6c) ||
    (first === 0x64 && second === 0x72) ||
    (first === 0x75 && second === 0x73) ||
    (first === 0x73 && second === 0x65);
  if (likely && to - code < maxLength) catalogue.read(bytes.toString('utf8', code, to), scope);
}

/** @throws DumpError when the dump cannot be read, or is cut off */
export async function readCatalogue(source: AsyncIterable<Buffer>, options: ReadOptions): Promise<Catalogue> {
  const visitor = new DefinitionsVisitor();
  await readDump(source, visitor, options);
  return visitor.catalogue;
}
