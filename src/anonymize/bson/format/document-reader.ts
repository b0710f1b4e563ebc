/** Reads a file of `mongodump --out`: documents, one after the other, and nothing else. */
import { BackupError, fileDamaged } from '../../../runtime/errors.ts';
import { SlidingBuffer } from '../../bytes/sliding-buffer.ts';
import { longestDocument, shortestDocument } from './elements.ts';

export class DocumentReader {
  readonly #buffer = new SlidingBuffer(64 * 1024, 2 * 1024 * 1024);
  readonly #name: string;
  readonly #visit: (bytes: Buffer, from: number, to: number) => void;

  /**
   * @param name of the file, for errors
   * @param visit gets whole documents, whose inside has not been checked; the bytes are valid until it returns
   */
  constructor(name: string, visit: (bytes: Buffer, from: number, to: number) => void) {
    this.#name = name;
    this.#visit = visit;
  }

  /** @throws BackupError where no document can begin */
  push(chunk: Uint8Array): void {
    const buffer = this.#buffer;
    buffer.append(chunk);
    let end = buffer.from;
    while (end + 4 <= buffer.to) {
      const length = buffer.bytes.readUInt32LE(end);
      if (length < shortestDocument || length > longestDocument)
        throw this.#damaged(`at byte ${buffer.offsetOf(end).toLocaleString('en-US')} there is no document`);
      if (end + length > buffer.to) break;
      end += length;
    }
    if (end === buffer.from) return;
    this.#visit(buffer.bytes, buffer.from, end);
    buffer.from = end;
  }

  /** @throws BackupError when the last document is cut off */
  end(): void {
    if (this.#buffer.length > 0) throw this.#damaged('its last document is cut off');
  }

  #damaged(reason: string): BackupError {
    return new BackupError({
      what: `${this.#name} cannot be read: ${reason}`,
      likelyCause: 'it was cut off or damaged in transit, or is not a file of mongodump',
      fix: 'compare the SHA-256 of the dump with the one in the receipt, download it or create it again',
      code: fileDamaged,
    });
  }
}
