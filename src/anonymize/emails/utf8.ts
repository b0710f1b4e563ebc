/** Characters of UTF-8. */

/** Bytes of the well-formed UTF-8 sequence that begins at `at`; 0 when there is none. */
export function sequenceLength(bytes: Uint8Array, at: number, to: number): number {
  const lead = bytes[at] as number;
  const length = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
  if (length === 0 || at + length > to) return 0;
  for (let index = 1; index < length; index += 1) if (((bytes[at + index] as number) & 0xc0) !== 0x80) return 0;
  return length;
}

/** The code point of a sequence of this length. */
export function pointAt(bytes: Uint8Array, at: number, length: number): number {
  const lead = bytes[at] as number;
  if (length === 1) return lead;
  let point = lead & (0x7f >> length);
  for (let index = 1; index < length; index += 1) point = point * 64 + ((bytes[at + index] as number) & 0x3f);
  return point;
}

/** Writes a code point; nothing for a negative one. @returns where it ends */
export function putPoint(point: number, out: Uint8Array, at: number): number {
  if (point < 0) return at;
  if (point < 0x80) {
    out[at] = point;
    return at + 1;
  }
  const length = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  let left = point;
  for (let index = length - 1; index > 0; index -= 1) {
    out[at + index] = 0x80 | (left & 0x3f);
    left >>= 6;
  }
  out[at] = ((0xf00 >> length) & 0xff) | left;
  return at + length;
}
