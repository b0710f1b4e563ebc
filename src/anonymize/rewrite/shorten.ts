/** Addresses made shorter, where a column has no room for the usual ones. */
import type { Patches } from '../bytes/patches.ts';
import { shortened } from '../emails/replacement.ts';

const nothing = Buffer.alloc(0);

/**
 * Shortens addresses until the value fits the column: at most to the length they had before. Zero bytes and blanks with
 * which the server fills the value again go first: BINARY(n) of MySQL, character(n).
 */
export function shorten(bytes: Buffer, from: number, to: number, maxCharacters: number, patches: Patches): void {
  const before = (index: number): number =>
    characters(bytes.subarray(patches.starts[index], patches.ends[index] as number));
  let length = characters(bytes.subarray(from, to));
  for (let index = 0; index < patches.count; index += 1) length += characters(patches.text(index)) - before(index);
  const fill = to - fillStart(bytes, patches.lastEnd(from), to);
  const removed = Math.min(fill, Math.max(0, length - maxCharacters));
  length -= removed;
  const addresses = patches.count;
  for (let index = 0; index < addresses && length > maxCharacters; index += 1) {
    const text = patches.text(index);
    const room = Math.max(maxCharacters - length + characters(text), before(index));
    const short = shortened(text.toString('utf8'), room);
    length += short.length - characters(text);
    patches.setText(index, Buffer.from(short));
  }
  if (removed > 0) patches.add(to - removed, to, nothing);
}

/** Where the zero bytes and blanks at the end begin. */
export function fillStart(bytes: Uint8Array, from: number, to: number): number {
  let at = to;
  while (at > from && (bytes[at - 1] === 0 || bytes[at - 1] === 0x20)) at -= 1;
  return at;
}

export function characters(utf8: Uint8Array): number {
  let count = 0;
  for (const byte of utf8) if ((byte & 0xc0) !== 0x80) count += 1;
  return count;
}
