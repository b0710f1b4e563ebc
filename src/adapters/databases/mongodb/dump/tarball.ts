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
      const signal = AbortSignal.any([options.signal, packing.failed]);
      const onFile = (file: DumpedFile): void => packing.add(file);
      await sortIntoFiles(output(), { ...options, folder, prelude, onFile, signal });
    }
    await packing.finish();
  } catch (error) {
    // A file that is being packed waits for a reader who does not come any more.
    pack.destroy(error as Error);
    await packing.stop();
    throw error;
  }
}

/** Packs one file after the other, while more are being made. */
class Packing {
  readonly #one: (file: DumpedFile) => Promise<void>;
  readonly #failed = new AbortController();
  #last: Promise<void> = Promise.resolve();

  constructor(one: (file: DumpedFile) => Promise<void>) {
    this.#one = one;
  }

  /** Aborts with the error when a file could not be packed: no more need to be made. */
  get failed(): AbortSignal {
    return this.#failed.signal;
  }

  add(file: DumpedFile): void {
    this.#last = this.#last.then(async () => {
      if (this.failed.aborted) return;
      await this.#one(file).catch((error: unknown) => this.#failed.abort(error));
    });
  }

  async finish(): Promise<void> {
    await this.#last;
    this.failed.throwIfAborted();
  }

  /** Packs no more. */
  async stop(): Promise<void> {
    this.#failed.abort(new Error('nothing more is packed'));
    await this.#last;
  }
}

/** An entry fails with the tarball, whose reader hears why; an event without a listener would end the process. */
const heardElsewhere = (): void => {};

function directory(pack: Pack, name: string, mtime: Date): void {
  pack.entry({ name, type: 'directory', mode: 0o755, mtime }).on('error', heardElsewhere);
}

function entry(pack: Pack, name: string, { bytes, content }: DumpedFile, mtime: Date): Promise<void> {
  return new Promise((resolve, reject) => {
    const ended = (): void => reject(new Error('the tarball is not read any more'));
    pack.once('close', ended);
    const stream = pack.entry({ name, size: bytes, mode: 0o644, mtime }, (error) => {
      pack.off('close', ended);
      if (error) reject(error);
      else resolve();
    });
    let more: () => void = () => {};
    stream.on('drain', () => more()).on('close', () => more());
    stream.on('error', heardElsewhere);
    const copy = async (): Promise<void> => {
      for await (const chunk of content()) {
        if (stream.destroyed) return;
        if (!stream.write(chunk))
          await new Promise<void>((go) => {
            more = go;
          });
      }
      stream.end(undefined);
    };
    copy().catch((error: Error) => {
      stream.destroy(error);
      reject(error);
    });
  });
}
