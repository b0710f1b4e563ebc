/** Finds e-mail addresses in text, in every form that at-signs.ts and escapes.ts read. */
import { AddressAround } from './address-around.ts';
import type { Addresses } from './addresses.ts';
import { atSignLength, nextAtSign } from './at-signs.ts';
import { plainEnd, plainStart } from './plain-address.ts';
import { isAfterPassword } from './urls.ts';

/**
 * Bytes read on either side of an at sign. RFC 5321 allows 64 for the local part and 255 for the domain; escaped, a
 * character takes up to six.
 */
export const reach = 1536;

/**
 * Adds the addresses between `from` and `to` whose at sign is before `decided`.
 * @param nesting levels of arrays and composite values the text is in: PostgreSQL doubles every backslash on each
 * @param quotedFrom where the body of a mail in quoted-printable begins
 * @param folded whether its lines may be broken anywhere: see `Writing`
 */
export function findAddresses(
  bytes: Uint8Array,
  from: number,
  to: number,
  nesting: number,
  addresses: Addresses,
  decided: number = to,
  quotedFrom = to,
  folded = false,
): void {
  /** No address reaches back into the one before. */
  let floor = from;
  /** Where the search for the last address began. */
  let floorBefore = from;
  around.begin();
  let at = nextAtSign(bytes, from, to, quotedFrom);
  while (at >= 0 && at < decided) {
    const quotedPrintable = at >= quotedFrom;
    const length = atSignLength(bytes, at, to, quotedPrintable);
    const start = quotedPrintable || folded ? -1 : plainStart(bytes, at, floor);
    const end = start < 0 ? -1 : plainEnd(bytes, at, to);
    const { count } = addresses;
    const lowest = floor;
    if (end >= 0) {
      addresses.add(start, end, at, length);
      floor = end;
    } else if (!isAfterPassword(bytes, at, Math.max(from, at - reach))) {
      const writing = { nesting, quotedPrintable, folded };
      floor = around.find(bytes, at, length, floor, to, writing, addresses);
      if (addresses.count === count && floor > from && isQuoteOnly(bytes, floor, at)) {
        around.find(bytes, at, length, floorBefore, to, writing, addresses);
        if (addresses.count > count) floor = joinLast(addresses, floor);
      }
    }
    if (addresses.count > count) floorBefore = lowest;
    at = nextAtSign(bytes, Math.max(at + length, floor), to, quotedFrom);
  }
}

const around = new AddressAround();

/** The longest quote that closes a local part, escaped. */
const longestQuote = 12;
const quoteOnly = /^(?:[\\"]*"|&quot;|&#34;|&#x22;|%22|\\+u0022|\\+x22)$/;

/** Whether a closing quote alone stands between the address before and the sign: `"jane@host.example"@relay.example`. */
function isQuoteOnly(bytes: Uint8Array, from: number, at: number): boolean {
  if (at === from || at - from > longestQuote) return false;
  return quoteOnly.test(Buffer.from(bytes.subarray(from, at)).toString('latin1'));
}

/** Puts the last address in place of the one before it, which is its local part. @returns where the last address ends */
function joinLast(addresses: Addresses, floor: number): number {
  const last = addresses.count - 1;
  addresses.count = last;
  const start = addresses.starts[last] as number;
  if (start >= (addresses.starts[last - 1] as number)) return floor;
  addresses.count = last - 1;
  const end = addresses.ends[last] as number;
  addresses.add(start, end, addresses.ats[last] as number, addresses.atLengths[last] as number, addresses.plains[last]);
  return end;
}
