/**
 * Addresses in UTF-16 and UTF-32, in either order of bytes: letters with zero bytes between them, also as MySQL (`\0`) and bytea in
 * escape format (`\000`) write these.
 */

import { domainOf } from './looks-like-email.ts';

/** MySQL's `\0` may stand before a digit; `\012` is a line end in octal digits. */
const zeros = '(?:\\0|\\\\+0(?:00|(?![0-7]{2}))){1,3}';
const letter = '[A-Za-z0-9_\\xaa-\\xff-]';
const localPart = new RegExp(`(?:[A-Za-z0-9._%+\\xaa-\\xff-]${zeros})+$`);
/** Zeros stand between letters; behind the last one they may be missing. The look-ahead takes the zeros of each letter whole. */
const label = `(?=((?:${letter}${zeros})+))\\1${letter}?`;
const domainPart = new RegExp(`^${zeros}(?:${letter}${zeros})+(?:\\.${zeros}${label})+`);
const lastLabel = /\.[^.]{2,63}$/;
const zero = new RegExp(zeros, 'g');

/** All addresses in UTF-16 and UTF-32 that are left in the bytes of a value. */
export function wideEmails(bytes: Buffer): readonly string[] {
  const found: string[] = [];
  for (let at = bytes.indexOf(0x40); at >= 0; at = bytes.indexOf(0x40, at + 1)) {
    const email = wideEmail(bytes, at, 0, bytes.length) ?? utf16Email(bytes, at);
    if (email !== undefined) found.push(email);
  }
  return found;
}

/** Characters on both sides of a sign in UTF-16 that are read. */
const mostUnits = 200;

/** An address in any script, in a value that is UTF-16 by its mark at the beginning. */
function utf16Email(bytes: Buffer, at: number): string | undefined {
  const [first, second] = bytes;
  const isLittle = first === 0xff && second === 0xfe;
  if (!isLittle && !(first === 0xfe && second === 0xff)) return undefined;
  const unit = isLittle ? at : at - 1;
  if (unit % 2 === 1 || bytes[isLittle ? unit + 1 : unit] !== 0) return undefined;
  const textOf = (from: number, to: number): string => {
    const part = Buffer.from(bytes.subarray(Math.max(2, from), to - (to % 2)));
    return (isLittle ? part : part.swap16()).toString('utf16le');
  };
  const after = textOf(unit + 2, Math.min(bytes.length, unit + 2 * mostUnits));
  const domain = domainOf(textOf(unit - 2 * mostUnits, unit), after);
  return domain === undefined || domain.toLowerCase() === ours ? undefined : `@${domain}`;
}

const ours = 'example.com';

/** Whether one of ours stands right before a letter of another script, in UTF-16 or UTF-32, of which one byte looks like a letter. */
function isOwnBeforeLetter(bytes: Buffer, at: number, domain: string): boolean {
  if (bytes[at + 1] !== 0 || domain.slice(0, -1) !== ours) return false;
  const size = bytes[at + 2] === 0 ? 4 : 2;
  const isLittle = at % size === 0;
  if (!isLittle && (at + 1) % size !== 0) return false;
  const last = at + domain.length * size;
  const rest = isLittle ? bytes.subarray(last + 1, last + size) : bytes.subarray(last - size + 1, last);
  return rest.some((byte) => byte !== 0);
}

/** Bytes on both sides that are read. */
const most = 1024;

/** The address whose at sign is at `at`; undefined where there is none, or where it is one of ours. */
export function wideEmail(bytes: Buffer, at: number, from: number, to: number): string | undefined {
  const next = bytes[at + 1];
  if (
    next !== 0 &&
    !(
      next === 0x5c &&
      bytes
        .toString('latin1', at + 1, at + 8)
        .replaceAll('\\', '')
        .startsWith('0')
    )
  )
    return undefined;
  const domain = domainPart.exec(bytes.toString('latin1', at + 1, Math.min(to, at + most)))?.[0].replaceAll(zero, '');
  if (domain === undefined || !lastLabel.test(domain) || domain === ours) return undefined;
  if (isOwnBeforeLetter(bytes, at, domain)) return undefined;
  const local = localPart.exec(bytes.toString('latin1', Math.max(from, at - most), at))?.[0];
  return local === undefined ? undefined : `${local.replaceAll(zero, '')}@${domain}`;
}
