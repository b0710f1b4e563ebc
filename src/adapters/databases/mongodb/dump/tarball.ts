/** The tarball that unpacks to `data/db/dump/TIME`, as users of `mongodump --out` and `tar` know it. */
import { join } from 'node:path';
import { type Pack, pack as packTar } from 'tar-stream';
import { type DumpedFile, type SortOptions, sortIntoFiles } from './folder.ts';

/** One run of mongodump. */
export interface DumpRun {
  /** Where its `prelude.json` belongs; undefined for none. */
  readonly prelude: string | undefined;
  readonly output: () => AsyncIterable<Buffer>;
}

export interface TarballOptions extends Omit<SortOptions, 'onFile' | 'prelude'> {
  readonly runs: readonly DumpRun[];
  /** `data/db/dump/2018-04-04T11_37` */
  readonly root: string;
  /** When the dump was taken: the time of its files. */
  readonly takenAt: Date;
}

/** Collections are packed while others are still dumped. @throws what a run throws */
export async function* tarball(options: TarballOptions): AsyncGenerator<Buffer> {
  const pack = packTar();
  const producing = produce(pack, options).then(
    () => pack.finalize(),
    (error: Error) => pack.destroy(error),
  );
  let whole = false;
  // Who reads it may stop early; then nobody hears of the error that ends the producer.
  pack.on('error', () => {});
  try {
    for await (const chunk of pack) yield chunk as Buffer;
    whole = true;
  } finally {
    if (!whole) pack.destroy(new Error('the tarball is not read any more'));
    await producing;
  }
}

async function produce(pack: Pack, options: TarballOptions): Promise<void> {
  const { runs, root, takenAt } = options;
  directory(pack, `${root}/`, takenAt);
  const folders = new Set<string>();
  const packing = new Packing(async (file) => {
    const [folder = ''] = file.path.split('/');
    if (file.path.includes('/') && !folders.has(folder)) {
      folders.add(folder);
      directory(pack, `${root}/${folder}/`, takenAt);
    }
    await entry(pack, `${root}/${file.path}`, file, takenAt);
    file.drop();
  });
  try {
    for (const [at, { prelude, output }] of runs.entries()) {
      const folder = join(options.folder, String(at));
      await packing.during(
        sortIntoFiles(output(), { ...options, folder, prelude, onFile: (file) => packing.add(file) }),
      );
    }
    await packing.finish();
  } finally {
    await packing.stop();
  }
}

/** Packs one file after the other, while more are being made. */
class Packing {
  readonly #one: (file: DumpedFile) => Promise<void>;
  #last: Promise<void> = Promise.resolve();
  #failure: { readonly error: unknown } | undefined;
  readonly #failed: Promise<never>;
  #fail: (error: unknown) => void = () => {};

  constructor(one: (file: DumpedFile) => Promise<void>) {
    this.#one = one;
    this.#failed = new Promise((_, reject) => {
      this.#fail = reject;
    });
    this.#failed.catch(() => {});
  }

  add(file: DumpedFile): void {
    this.#last = this.#last.then(async () => {
      if (this.#failure) return;
      try {
        await this.#one(file);
      } catch (error) {
        this.#failure = { error };
        this.#fail(error);
      }
    });
  }

  /** Waits for who makes files, or for the packing to fail. */
  async during(making: Promise<void>): Promise<void> {
    // The rejection is handled here or nowhere: the packing may have failed before.
    making.catch(() => {});
    await Promise.race([making, this.#failed]);
  }

  async finish(): Promise<void> {
    await this.#last;
    if (this.#failure) throw this.#failure.error;
  }

  /** Lets the file at hand end, and packs no more. */
  async stop(): Promise<void> {
    this.#failure ??= { error: undefined };
    await this.#last;
  }
}

function directory(pack: Pack, name: string, mtime: Date): void {
  pack.entry({ name, type: 'directory', mode: 0o755, mtime });
}

function entry(pack: Pack, name: string, { bytes, content }: DumpedFile, mtime: Date): Promise<void> {
  return new Promise((resolve, reject) => {
    const stream = pack.entry({ name, size: bytes, mode: 0o644, mtime }, (error) =>
      error ? reject(error) : resolve(),
    );
    const room = (): Promise<void> =>
      new Promise((more) => {
        stream.once('drain', more).once('close', more);
      });
    const copy = async (): Promise<void> => {
      for await (const chunk of content()) if (!stream.write(chunk)) await room();
      stream.end(undefined);
    };
    copy().catch((error: Error) => {
      stream.destroy(error);
      reject(error);
    });
  });
}
