/** What is written instead of an address. */
import type { Addresses } from './addresses.ts';

/** The parts of an address on both sides of the at sign. */
interface Parts {
  readonly local: string;
  readonly domain: string;
}

export const nobody: Parts = { local: 'nobody', domain: 'example.com' };

const plain = Buffer.from(`${nobody.local}@${nobody.domain}`);

/**
 * @param start where the address begins in `bytes`, and `end` where it ends: without escapes, and with a plain at sign
 * @returns the bytes to write instead of the address, which hold a plain at sign; undefined to leave it as it is
 */
export type Replace = (bytes: Buffer, start: number, end: number) => Buffer | undefined;

/** Replaces every address by nobody@example.com. */
export const toNobody: Replace = (bytes, start, end) => {
  const isSame = end - start === plain.length && bytes.compare(plain, 0, plain.length, start, end) === 0;
  return isSame ? undefined : plain;
};

/** The address with a shorter local part; only x where not even `@example.com` fits. */
export function shortened(email: string, room: number): string {
  const sign = email.search(/[@\\%&=]/);
  const domain = sign < 0 ? '' : email.slice(sign);
  const left = room - domain.length;
  return sign < 0 || left < 1
    ? 'x'.repeat(Math.min(room, email.length))
    : email.slice(Math.max(0, sign - left), sign) + domain;
}

const atSign = 0x40;
const backslash = 0x5c;
const dot = 0x2e;
const semicolon = 0x3b;

/** What is written instead of one of the addresses found in `bytes`; undefined where it stays. */
export function replacementOf(
  addresses: Addresses,
  index: number,
  bytes: Buffer,
  replace: Replace,
): Buffer | undefined {
  const start = addresses.starts[index] as number;
  const end = addresses.ends[index] as number;
  const address = addresses.plains[index];
  if (address === undefined) return replace(bytes, start, end);
  const text = replace(address, 0, address.length);
  return text && inFormOf(text, bytes, addresses.ats[index] as number, addresses.atLengths[index] as number, end);
}

/**
 * The address with the at sign of the one before: `%40` in a URL, `\u0040` in JSON, `\@` in Perl keep their form, a fullwidth sign
 * becomes an ordinary one. Dots of the domain are escaped where its last one was, as in a regular expression.
 */
function inFormOf(text: Buffer, bytes: Buffer, at: number, atLength: number, end: number): Buffer {
  const sign = text.lastIndexOf(atSign);
  if (sign < 0) return text;
  const slashes = slashesOfDot(bytes, at + atLength, end);
  const domain = text.toString('latin1', sign + 1);
  return Buffer.concat([
    text.subarray(0, sign),
    Buffer.from(signIn(bytes, at, atLength), 'latin1'),
    Buffer.from(slashes === '' ? domain : domain.replaceAll('.', `${slashes}.`), 'latin1'),
  ]);
}

function signIn(bytes: Buffer, at: number, length: number): string {
  const first = bytes[at] as number;
  if (first === atSign || first >= 0x80) return '@';
  const sign = bytes.toString('latin1', at, at + length);
  // A letter after the digits of `&#x40` would be one of them.
  return /^&#x?[0-9a-f]+$/i.test(sign) ? `${sign}${String.fromCharCode(semicolon)}` : sign;
}

/** The backslashes before the last dot between `from` and `end`. */
function slashesOfDot(bytes: Buffer, from: number, end: number): string {
  let last = end - 1;
  while (last > from && bytes[last] !== dot) last -= 1;
  let begin = last;
  while (begin > from && bytes[begin - 1] === backslash) begin -= 1;
  return bytes[last] === dot ? '\\'.repeat(last - begin) : '';
}
