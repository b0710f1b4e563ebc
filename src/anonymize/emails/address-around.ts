/** The address around an at sign that is not plain: both sides are read without their escapes. */
import type { Addresses } from './addresses.ts';
import { atSignLength } from './at-signs.ts';
import { domainEnd } from './domain.ts';
import { escapeBegins, isInFold, type Writing } from './escapes.ts';
import { localStart } from './local-part.ts';
import { commentEnd, commentStart, quotedStart } from './quoted-local-part.ts';
import { Unescaped } from './unescape.ts';
import { isRemote } from './urls.ts';

const backslash = 0x5c;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const equalsSign = 0x3d;
const dot = 0x2e;

/** Bytes that are read of either side: 64 and 255 by RFC 5321, return paths a few more, escaped up to six times as many. */
const longestLocal = 1024;
const longestDomain = 1536;

/** Bytes that neither a side of an address nor an escape holds. */
const stops = new Uint8Array(256);
for (let byte = 0; byte <= 0x20; byte += 1) stops[byte] = 1;
for (const sign of '"<>,()@') stops[sign.charCodeAt(0)] = 1;

const signOf = Buffer.from('@');

export class AddressAround {
  readonly #left = new Unescaped();
  readonly #before = new Unescaped();
  readonly #right = new Unescaped();
  readonly #writing = { nesting: 0, octal: false, quotedPrintable: false, folded: false };
  /** Where the part before the last at sign began, and what follows it, if that was no domain: `jane@host@…`. */
  #pendingStart = -1;
  #hostStart = -1;
  /** The domains without escapes, with at signs before them. */
  readonly #domains: Uint8Array[] = [];

  /** Begins another text. */
  begin(): void {
    this.#hostStart = -1;
  }

  /**
   * Adds the address whose at sign is at `at`, `length` bytes long, if there is one.
   * @param floor nothing before this position is read
   * @returns where the address ends; the floor where there is none
   */
  find(
    bytes: Uint8Array,
    at: number,
    length: number,
    floor: number,
    to: number,
    writing: Omit<Writing, 'octal'>,
    addresses: Addresses,
  ): number {
    this.#setWriting(bytes, at, writing);
    const lowest = Math.max(floor, at - longestLocal);
    const quoted = quotedStart(bytes, at, lowest);
    const localEnd = quoted < at ? at : commentStart(bytes, at, lowest);
    const start = quoted < at ? quoted : this.#localStart(bytes, localEnd, lowest);
    if (start === localEnd) return floor;
    const part = this.#firstPart(bytes, start, lowest, quoted < at);
    const first = part === this.#hostStart ? this.#pendingStart : part;
    const end = this.#domainsEnd(bytes, at + length, to);
    this.#pendingStart = end < 0 ? first : -1;
    this.#hostStart = end < 0 ? at + length : -1;
    if (end < 0) return floor;
    const local = quoted < at || first < start ? bytes.subarray(first, localEnd) : this.#local();
    if (isRemote(local, bytes, first, end, to)) return floor;
    const isPlain = length === 1 && localEnd === at && end - first === local.length + this.#lengthOfDomains();
    addresses.add(first, end, at, length, isPlain ? undefined : Buffer.concat([local, ...this.#domains]));
    return end;
  }

  #setWriting(bytes: Uint8Array, at: number, { nesting, quotedPrintable, folded }: Omit<Writing, 'octal'>): void {
    let index = at;
    while (bytes[index] === backslash) index += 1;
    this.#writing.nesting = nesting;
    this.#writing.octal = index > at && bytes[index] === 0x31;
    this.#writing.quotedPrintable = quotedPrintable || bytes[at] === equalsSign;
    this.#writing.folded = folded;
  }

  /**
   * Parts before the one that begins at `start`: `jane."doe x"@…` and `"jane".doe@…` (RFC 5322, 4.4).
   * @returns where the first one begins
   */
  #firstPart(bytes: Uint8Array, start: number, floor: number, isQuoted: boolean): number {
    const sign = bytes[start - 1];
    if (start - 1 <= floor || sign !== dot) return start;
    const quoted = quotedStart(bytes, start - 1, floor);
    if (quoted < start - 1) return this.#firstPart(bytes, quoted, floor, true);
    if (!isQuoted) return start;
    const before = this.#before;
    this.#readLeft(bytes, start - 1, floor, before);
    const word = before.sourceOf(localStart(before.bytes, before.to, before.from));
    return word === start - 1 ? start : this.#firstPart(bytes, word, floor, false);
  }

  /** @returns where the local part begins that ends at `to`; `to` itself when there is none */
  #localStart(bytes: Uint8Array, to: number, floor: number): number {
    const left = this.#left;
    this.#readLeft(bytes, to, floor, left);
    this.#localFrom = localStart(left.bytes, left.to, left.from);
    return left.sourceOf(this.#localFrom);
  }

  /** Reads what may be a local part that ends at `to`, without its escapes. */
  #readLeft(bytes: Uint8Array, to: number, floor: number, left: Unescaped): void {
    let from = to;
    let hasEscapes = this.#writing.folded;
    while (from > floor && !this.#stopsAt(bytes, from - 1)) {
      from -= 1;
      hasEscapes ||= escapeBegins[bytes[from] as number] === 1;
    }
    left.read(bytes, from, to, hasEscapes, this.#writing);
  }

  #localFrom = 0;

  #local(): Uint8Array {
    return this.#left.bytes.subarray(this.#localFrom, this.#left.to);
  }

  #stopsAt(bytes: Uint8Array, at: number): boolean {
    const byte = bytes[at] as number;
    if (stops[byte] === 0 || (this.#writing.folded && isInFold(bytes, at))) return false;
    if (!this.#writing.quotedPrintable || (byte !== lineFeed && byte !== carriageReturn)) return true;
    return bytes[at - 1] !== equalsSign && !(bytes[at - 1] === carriageReturn && bytes[at - 2] === equalsSign);
  }

  /** @returns where the domain that begins at `from` ends, or the last of several: `a@b.example@relay.example` is one address */
  #domainsEnd(bytes: Uint8Array, from: number, to: number): number {
    this.#domains.length = 0;
    let end = this.#domainEnd(bytes, commentEnd(bytes, from, to), to);
    while (end > 0 && end < to) {
      const sign = atSignLength(bytes, end, to, this.#writing.quotedPrintable);
      const next = sign > 0 ? this.#domainEnd(bytes, end + sign, to) : -1;
      if (next < 0) break;
      end = next;
    }
    return end;
  }

  #domainEnd(bytes: Uint8Array, from: number, to: number): number {
    const most = Math.min(to, from + longestDomain);
    let end = from;
    let hasEscapes = this.#writing.folded;
    while (end < most && !this.#stopsAt(bytes, end)) {
      hasEscapes ||= escapeBegins[bytes[end] as number] === 1;
      end += 1;
    }
    const right = this.#right;
    right.read(bytes, from, end, hasEscapes, this.#writing as Writing);
    const last = domainEnd(right.bytes, right.from, right.to);
    if (last < 0) return -1;
    this.#domains.push(signOf, Uint8Array.from(right.bytes.subarray(right.from, last)));
    return right.sourceOf(last);
  }

  #lengthOfDomains(): number {
    let length = 0;
    for (const part of this.#domains) length += part.length;
    return length;
  }
}
