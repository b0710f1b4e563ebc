/** Writes a tar file entry by entry, with the next entry only when the one before is complete. */
import { once } from 'node:events';
import { type Header, type Pack, pack } from 'tar-stream';

export class TarWriter {
  readonly #pack: Pack = pack();
  readonly #written: Promise<void>;
  #failure: unknown;

  /** @param write gets the bytes of the file in order */
  constructor(write: (bytes: Buffer) => Promise<void>) {
    this.#written = this.#drain(write);
    // It is heard with the next entry, or at the end.
    this.#written.catch(() => {});
  }

  async #drain(write: (bytes: Buffer) => Promise<void>): Promise<void> {
    try {
      for await (const chunk of this.#pack) await write(chunk as Buffer);
    } catch (error) {
      this.#failure ??= error;
      this.#pack.destroy(error as Error);
      throw error;
    }
  }

  /** @param content its bytes, which must be as many as `header.size` says; nothing for a folder or a link */
  async entry(header: Header, content: AsyncIterable<Buffer> | undefined): Promise<void> {
    const done = Promise.withResolvers<void>();
    const entry = this.#pack.entry(plainHeader(header), (error) => (error ? done.reject(error) : done.resolve()));
    done.promise.catch(() => {});
    try {
      for await (const chunk of content ?? [])
        if (!entry.write(chunk)) await Promise.race([once(entry, 'drain'), done.promise]);
      entry.end(undefined);
      await done.promise;
    } catch (error) {
      throw this.#failure ?? error;
    }
  }

  /** @throws what writing threw */
  async end(): Promise<void> {
    this.#pack.finalize();
    await this.#written;
  }

  destroy(): void {
    this.#pack.destroy();
  }
}

/** Without what the extension of pax said: it states the old size. */
function plainHeader({ name, size, mode, uid, gid, mtime, type, linkname, uname, gname }: Header): Header {
  const plain = { name, size, mode, uid, gid, mtime, type, linkname, uname, gname };
  return Object.fromEntries(
    Object.entries(plain).filter(([, value]) => value !== undefined && value !== null),
  ) as unknown as Header;
}
