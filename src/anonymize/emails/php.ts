/** PHP's serialize(): `s:16:"norbert@real.com";` says how many bytes a string has, and must go on saying the truth. */
import type { Patches } from '../bytes/patches.ts';

const quote = 0x22;
const colon = 0x3a;

interface Container {
  /** Where the digits of the length stand. */
  readonly digits: number;
  readonly digitsEnd: number;
  readonly begin: number;
  readonly end: number;
}

/** Corrects the lengths of the strings that patches have made longer or shorter. */
export function correctLengths(bytes: Buffer, from: number, to: number, patches: Patches): void {
  if (patches.count === 0) return;
  const containers = findContainers(bytes, from, to);
  if (containers.length === 0) return;
  const changes = patches.starts.slice(0, patches.count).map((start, index) => ({
    start,
    end: patches.ends[index] as number,
    by: patches.text(index).length - ((patches.ends[index] as number) - start),
  }));
  // From the inside out: a changed length may itself take another digit in what encloses it.
  for (const one of containers.toSorted((a, b) => a.end - a.begin - (b.end - b.begin))) {
    const by = changes.reduce(
      (sum, change) => (change.start >= one.begin && change.end <= one.end ? sum + change.by : sum),
      0,
    );
    if (by === 0) continue;
    const text = Buffer.from(String(one.end - one.begin + by));
    patches.insert(one.digits, one.digitsEnd, text);
    changes.push({ start: one.digits, end: one.digitsEnd, by: text.length - (one.digitsEnd - one.digits) });
  }
}

/** Whether PHP may have noted a length here: `:"` after a digit. */
export function mayNoteLengths(bytes: Buffer, from: number, to: number): boolean {
  const region = bytes.subarray(from, to);
  for (let at = region.indexOf(mark); at >= 0; at = region.indexOf(mark, at + 2))
    if (isDigit(region[at - 1])) return true;
  return false;
}

const mark = Buffer.from(':"');

/** Where the last string ends that begins before `to` and goes on behind it; `to` when there is none. */
export function openUntil(bytes: Buffer, from: number, to: number): number {
  let end = to;
  const shown = bytes.toString('latin1', from, to);
  for (const match of shown.matchAll(/\bs:(\d{1,10}):"/g))
    end = Math.max(end, from + match.index + match[0].length + Number(match[1]));
  return end;
}

function findContainers(bytes: Buffer, from: number, to: number): Container[] {
  const found: Container[] = [];
  const region = bytes.subarray(0, to);
  for (let at = region.indexOf(':"', from); at >= 0; at = region.indexOf(':"', at + 1)) {
    let digits = at;
    while (digits > from && isDigit(bytes[digits - 1])) digits -= 1;
    if (digits === at || digits - 2 < from || bytes[digits - 1] !== colon || bytes[digits - 2] !== 0x73) continue;
    const begin = at + 2;
    const end = begin + Number(bytes.toString('latin1', digits, at));
    // Where the length does not lead to the closing quote it is no length.
    if (end < to && bytes[end] === quote && (bytes[end + 1] === 0x3b || end + 1 === to))
      found.push({ digits, digitsEnd: at, begin, end });
  }
  return found;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}
