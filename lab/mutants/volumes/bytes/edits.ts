/** What can happen to the bytes of a file: each function changes one, and fails when there is nothing to change. */
import {
  closeSync,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';

/** Reads and writes within a file. */
export function withFile<T>(path: string, work: (file: number, size: number) => T): T {
  const file = openSync(path, 'r+');
  try {
    return work(file, fstatSync(file).size);
  } finally {
    closeSync(file);
  }
}

export function readAt(file: number, from: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  if (readSync(file, bytes, 0, length, from) !== length) throw new Error(`there are no ${length} bytes at ${from}`);
  return bytes;
}

/** Inverts one byte. @param at from the end where it is negative */
export function flip(path: string, at: number): void {
  withFile(path, (file, size) => {
    const from = at < 0 ? size + at : at;
    const [byte = 0] = readAt(file, from, 1);
    writeSync(file, Buffer.from([byte ^ 0xff]), 0, 1, from);
  });
}

/** Where these words are first. */
export function placeOf(path: string, words: string): number {
  const at = readFileSync(path).indexOf(words);
  if (at < 0) throw new Error(`${path} does not hold ${words}`);
  return at;
}

/** Inverts one byte in the middle of the first place where these words are. */
export function flipIn(path: string, words: string): void {
  flip(path, placeOf(path, words) + Math.floor(words.length / 2));
}

/** Writes other words over words of the same length. */
export function reword(path: string, from: string, to: string): void {
  if (from.length !== to.length) throw new Error(`${to} is not as long as ${from}`);
  const at = placeOf(path, from);
  const bytes = readFileSync(path);
  bytes.write(to, at, 'latin1');
  writeFileSync(path, bytes);
}

/** Zeroes, as a block that was never written has them. */
export function hole(path: string, from: number, length = 4096): void {
  withFile(path, (file, size) => {
    if (from + length > size) throw new Error(`${path} ends at ${size}`);
    if (readAt(file, from, length).every((byte) => byte === 0))
      throw new Error(`there are zeroes at ${from} of ${path}`);
    writeSync(file, Buffer.alloc(length), 0, length, from);
  });
}

/** Removes the end of a file. @param share what remains of it, or how many bytes are removed */
export function cut(path: string, share: number): void {
  const { size } = statSync(path);
  truncateSync(path, share < 1 ? Math.floor(size * share) : size - share);
}

export const remove = (path: string): void => rmSync(path);

/** Two files change places. */
export function exchange(one: string, other: string): void {
  renameSync(one, `${one}.away`);
  renameSync(other, one);
  renameSync(`${one}.away`, other);
}
