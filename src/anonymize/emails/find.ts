/** Finds e-mail addresses in text, in every form that at-signs.ts and units.ts read. */
import { atSignLength, nextAtSign } from './at-signs.ts';
import { domainEnd } from './domain.ts';
import { localStart } from './local-part.ts';
import { plainEnd, plainStart } from './plain-address.ts';

/**
 * Bytes read on either side of an at sign. RFC 5321 allows 64 for the local part and 255 for the domain; escaped, a
 * character takes up to six.
 */
export const reach = 1536;

/** The addresses of a text, in ascending order: positions, in arrays that are reused. */
export class Addresses {
  count = 0;
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  /** Where the at sign begins, and its length: what is written instead keeps its form. */
  readonly ats: number[] = [];
  readonly atLengths: number[] = [];

  clear(): void {
    this.count = 0;
  }

  add(start: number, end: number, at: number, atLength: number): void {
    this.starts[this.count] = start;
    this.ends[this.count] = end;
    this.ats[this.count] = at;
    this.atLengths[this.count] = atLength;
    this.count += 1;
  }
}

/**
 * Adds the addresses between `from` and `to` whose at sign is before `decided`.
 * @param nesting see `escapes` in units.ts
 */
export function findAddresses(
  bytes: Uint8Array,
  from: number,
  to: number,
  nesting: number,
  addresses: Addresses,
  decided: number = to,
): void {
  /** No address reaches back into the one before. */
  let floor = from;
  let at = nextAtSign(bytes, from, to);
  while (at >= 0 && at < decided) {
    const length = atSignLength(bytes, at, to);
    let start = plainStart(bytes, at, floor);
    let end = start < 0 ? -1 : plainEnd(bytes, at, to);
    if (end < 0 && !isAfterPassword(bytes, at, Math.max(from, at - reach))) {
      start = localStart(bytes, at, Math.max(floor, at - reach), nesting);
      end = start < at ? relayedEnd(bytes, at + length, to) : -1;
    }
    if (end >= 0) {
      addresses.add(start, end, at, length);
      floor = end;
    }
    at = nextAtSign(bytes, Math.max(at + length, floor), to);
  }
}

/** Where the domain that begins at `from` ends, or the last of several: `a@b.example@relay.example` is one address. */
function relayedEnd(bytes: Uint8Array, from: number, to: number): number {
  let end = domainEnd(bytes, from, Math.min(to, from + reach));
  while (end > 0) {
    const sign = atSignLength(bytes, end, to);
    const next = sign > 0 ? domainEnd(bytes, end + sign, Math.min(to, end + sign + reach)) : -1;
    if (next < 0) break;
    end = next;
  }
  return end;
}

/** Whether `scheme://user:password` comes before the at sign: what follows is a host, not the domain of an address. */
function isAfterPassword(bytes: Uint8Array, at: number, floor: number): boolean {
  if (bytes[at] !== 0x40) return false;
  let colons = 0;
  for (let index = at - 1; index >= floor; index -= 1) {
    const byte = bytes[index] as number;
    if (byte <= 0x20 || byte === 0x40 || byte === 0x22 || byte === 0x3f || byte === 0x23) return false;
    if (byte === 0x3a) colons = bytes[index + 1] === 0x2f ? colons : colons + 1;
    if (byte === 0x2f) return colons > 0 && bytes[index - 1] === 0x2f && bytes[index - 2] === 0x3a;
  }
  return false;
}
