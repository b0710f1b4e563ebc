/** A stream whose reader may stumble over it before its sender can say that it is not what was sent. */
import { archiveDamaged } from '../../../../anonymize/bson/format/archive.ts';
import { MalformedBson } from '../../../../anonymize/bson/format/elements.ts';
import { explain, fileDamaged } from '../../../../runtime/errors.ts';

export class Sent implements AsyncIterable<Buffer> {
  readonly #rest: AsyncIterator<Buffer>;

  constructor(source: AsyncIterable<Buffer>) {
    this.#rest = source[Symbol.asyncIterator]();
  }

  /** Who reads may stop anywhere. */
  [Symbol.asyncIterator](): AsyncIterator<Buffer> {
    return { next: () => this.#rest.next() };
  }

  /**
   * Reads a damaged stream to its end.
   * @param error what its reader threw
   * @returns the error of the sender, such as that of a connection which changed a byte; that of the reader where there is none
   */
  async explained(error: unknown): Promise<unknown> {
    const isMalformed = error instanceof MalformedBson;
    if (!isMalformed && explain(error).code !== fileDamaged) return error;
    try {
      while ((await this.#rest.next()).done !== true);
    } catch (sent) {
      return sent;
    }
    return isMalformed ? archiveDamaged(error.reason) : error;
  }

  async end(): Promise<void> {
    await this.#rest.return?.();
  }
}
