/** Where the local part of an address begins: what comes before the at sign, in a text without escapes. */
import { apostrophe, delimiter, equals, isUnseen, letter, pictograph, underscore } from './characters.ts';
import { isReturnPath } from './return-paths.ts';
import { readUnit, readUnitBefore, unitClass, unitLength, unitPoint } from './units.ts';

const quote = 0x27;

/**
 * @param to where the local part ends
 * @param floor nothing before this position is read
 * @returns the local part's first byte; `to` itself when there is no local part
 */
export function localStart(bytes: Uint8Array, to: number, floor: number): number {
  if (endsInPicture(bytes, to, floor)) return to;
  let index = to;
  /** The leftmost character so far that may come first. */
  let start = to;
  for (;;) {
    const unit = readUnitBefore(bytes, index, floor);
    const [length, kind] = [unitLength(unit), unitClass(unit)];
    if (length === 0 || kind === delimiter) return start;
    if (kind === equals && !isReturnPath(bytes, index - length, index, to, floor)) return start;
    if (kind === apostrophe && !betweenLetters(bytes, index, length, floor, to)) return start;
    index -= length;
    if (kind === letter || kind === underscore) start = index;
  }
}

/** `thanks 🎉@jane.doe` is a mention. */
function endsInPicture(bytes: Uint8Array, to: number, floor: number): boolean {
  let index = to;
  let unit = readUnitBefore(bytes, index, floor);
  while (unitLength(unit) > 0 && isUnseen(unitPoint(unit))) {
    index -= unitLength(unit);
    unit = readUnitBefore(bytes, index, floor);
  }
  return unitClass(unit) === pictograph;
}

/** Apostrophes in a row that stand for one: doubled in SQL, `'\''` in a shell. */
const mostApostrophes = 3;

/** An apostrophe belongs to a name only between letters; otherwise it is a quote. */
function betweenLetters(bytes: Uint8Array, end: number, length: number, floor: number, to: number): boolean {
  let [first, last] = [end - length, end];
  while (first > floor && bytes[first - 1] === quote) first -= 1;
  while (last < to && bytes[last] === quote) last += 1;
  return (
    (last - first === length || last - first <= mostApostrophes) &&
    unitClass(readUnit(bytes, last, to)) === letter &&
    unitClass(readUnitBefore(bytes, first, floor)) === letter
  );
}
