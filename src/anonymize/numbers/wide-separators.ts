/** Blanks and hyphens of word processors between digits: characters of more than one byte in UTF-8. */

const blanks = ['\u00a0', '\u2007', '\u2009', '\u202f'];
const hyphens = ['\u2010', '\u2011', '\u2012', '\u2013', '\u2212'];
const separators = new Map(
  [...blanks, ...hyphens].map((character) => [character, blanks.includes(character) ? ' ' : '-'] as const),
);
const [twoBytes, threeBytes] = [0xc2, 0xe2];
/** In bytes. */
export const widestSeparator = 3;

/** Whether there is one at `at`. */
export function isWideSeparator(bytes: Uint8Array, at: number, to: number): boolean {
  return separatorAt(bytes, at, to) !== undefined;
}

/** Whether there is one right before `at`. */
export function followsWideSeparator(bytes: Uint8Array, at: number, from: number): boolean {
  return [2, 3].some((length) => at - length >= from && separatorAt(bytes, at - length, at)?.length === length);
}

function separatorAt(
  bytes: Uint8Array,
  at: number,
  to: number,
): { readonly length: number; readonly plain: string } | undefined {
  const length = bytes[at] === twoBytes ? 2 : bytes[at] === threeBytes ? 3 : 0;
  if (length === 0 || at + length > to) return undefined;
  const plain = separators.get(Buffer.from(bytes.subarray(at, at + length)).toString('utf8'));
  return plain === undefined ? undefined : { length, plain };
}

/** A copy in which each of them is as many plain ones as it has bytes, so that everything stays where it is. */
export function withPlainSeparators(bytes: Uint8Array, from: number, to: number): Uint8Array {
  const copy = Buffer.from(bytes.subarray(from, to));
  for (let at = 0; at < copy.length; at += 1) {
    const found = separatorAt(copy, at, copy.length);
    if (found === undefined) continue;
    copy.fill(found.plain, at, at + found.length);
  }
  return copy;
}
