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
  around.begin();
  let at = nextAtSign(bytes, from, to, quotedFrom);
  while (at >= 0 && at < decided) {
    const quotedPrintable = at >= quotedFrom;
    const length = atSignLength(bytes, at, to, quotedPrintable);
    const start = quotedPrintable || folded ? -1 : plainStart(bytes, at, floor);
    const end = start < 0 ? -1 : plainEnd(bytes, at, to);
    if (end >= 0) {
      addresses.add(start, end, at, length);
      floor = end;
    } else if (!isAfterPassword(bytes, at, Math.max(from, at - reach)))
      floor = around.find(bytes, at, length, floor, to, { nesting, quotedPrintable, folded }, addresses);
    at = nextAtSign(bytes, Math.max(at + length, floor), to, quotedFrom);
  }
}

const around = new AddressAround();
