/** Where the local part of an address begins: what comes before the at sign. */
import { apostrophe, delimiter, equals, letter, underscore } from './characters.ts';
import { quotedStart } from './quoted-local-part.ts';
import { readUnit, readUnitBefore, unitClass, unitLength, unitPoint } from './units.ts';

/**
 * @param at position of the at sign
 * @param floor nothing before this position is read
 * @param nesting see `escapes` in units.ts
 * @returns the local part's first byte; `at` itself when there is no local part
 */
export function localStart(bytes: Uint8Array, at: number, floor: number, nesting: number): number {
  const quoted = quotedStart(bytes, at, floor);
  if (quoted < at) return quoted;
  let index = at;
  /** The leftmost unit so far that may come first. */
  let start = at;
  for (;;) {
    const unit = readUnitBefore(bytes, index, floor, nesting);
    const [length, kind] = [unitLength(unit), unitClass(unit)];
    if (length === 0 || kind === delimiter) return start;
    if (kind === equals && !inReturnPath(bytes, index - length, floor, nesting)) return start;
    if (kind === apostrophe && !betweenLetters(bytes, index, length, floor, at, nesting)) return start;
    index -= length;
    if (kind === letter || kind === underscore) start = index;
  }
}

/** An apostrophe belongs to a name only between letters; otherwise it is a quote. */
function betweenLetters(
  bytes: Uint8Array,
  end: number,
  length: number,
  floor: number,
  to: number,
  nesting: number,
): boolean {
  return (
    unitClass(readUnit(bytes, end, to)) === letter &&
    unitClass(readUnitBefore(bytes, end - length, floor, nesting)) === letter
  );
}

const plus = 0x2b;

/**
 * Whether the equals sign at `at` is part of the local part, as in the return paths of mailing systems:
 * `bounce+user=host@`, `SRS0=hash=tt=host=user@`, `prvs=tag=user@`.
 */
function inReturnPath(bytes: Uint8Array, at: number, floor: number, nesting: number): boolean {
  let index = at;
  for (;;) {
    const unit = readUnitBefore(bytes, index, floor, nesting);
    if (unitPoint(unit) === plus) return true;
    const kind = unitClass(unit);
    if (unitLength(unit) === 0 || kind === delimiter || kind === apostrophe) break;
    index -= unitLength(unit);
  }
  const word = Buffer.from(bytes.subarray(index, Math.min(index + 5, at + 1))).toString('latin1');
  return /^(srs0[=+]|srs1=|prvs=)/i.test(word);
}
