/**
 * Finds addresses that are left in the output. It works in its own, coarser way, so that a mistake of the rewriter's search
 * is not repeated here.
 */
import { atSignLength, type Candidates } from '../emails/at-signs.ts';

const ours = 'example.com';
const maxDomain = 255;
/** Bytes before an at sign in which a password of a URL is searched. */
const maxUrl = 500;
/** Bytes before an at sign that are decoded to see the character there. */
const maxCharacters = 32;

const space = 0x20;
const hyphen = 0x2d;
const dot = 0x2e;
const backslash = 0x5c;

/** Calls `visit` with the position of the at sign of each address left between `from` and `to`. */
export function eachRemainingEmail(
  candidates: Candidates,
  bytes: Buffer,
  from: number,
  to: number,
  visit: (at: number) => void,
): void {
  candidates.begin(bytes, from, to);
  for (let at = candidates.next(from); at < to; at = candidates.next(at + 1))
    if (looksLikeEmail(bytes, at, from, to)) visit(at);
}

const fileNames = /\.(png|jpe?g|gif|webp|svg|ico|bmp|tiff?|css|scss|m?js|json|xml|html?|txt|pdf|php)$/i;

/** A word before the sign, and after it a name with a dot and a letter after that, other than example.com. */
function looksLikeEmail(bytes: Buffer, at: number, from: number, to: number): boolean {
  const length = atSignLength(bytes, at, to);
  if (length === 0 || at === from || isOurs(bytes, at + length, to)) return false;
  if (!followsWord(bytes, at, from)) return false;
  const after = bytes.toString('latin1', at + length, Math.min(to, at + length + maxDomain));
  const domain = /^[\w\x80-\xff-]+(?:\.[\w\x80-\xff-]+)*\.[A-Za-z\x80-\xff][\w\x80-\xff-]*/.exec(after)?.[0];
  if (domain === undefined || fileNames.test(domain)) return false;
  const lower = domain.toLowerCase();
  if (lower.endsWith(ours) || lower.startsWith(ours)) return false;
  return !followsEscape(bytes, at, from) && !followsPassword(bytes, at, from);
}

/** Whether exactly example.com is here, in lower case: true for nearly all addresses, and quickly decided. */
function isOurs(bytes: Buffer, at: number, to: number): boolean {
  for (let index = 0; index < ours.length; index += 1) if (bytes[at + index] !== ours.charCodeAt(index)) return false;
  const after = at + ours.length < to ? bytes[at + ours.length] : space;
  return after !== dot && after !== hyphen && !isWordByte(after);
}

/** ASCII letters and digits, and every byte beyond ASCII. */
function isWordByte(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  const lower = byte | 0x20;
  return (lower >= 0x61 && lower <= 0x7a) || (byte >= 0x30 && byte <= 0x39) || byte >= 0x80;
}

/** Soft hyphens and spaces without width. */
const invisible = /[\u00ad\u200b\u2060\ufeff]+$/;

/** Whether the sign follows a word, and not a quote, an emoji or an encoded blank, as in mentions (`“@jo.doe”`). */
function followsWord(bytes: Buffer, at: number, from: number): boolean {
  const last = bytes[at - 1] as number;
  if (!isWordByte(last)) return false;
  if (last < 0x80) {
    const encoded = /%(?:25)?([0-9a-f]{2})$/i.exec(bytes.toString('latin1', Math.max(from, at - 5), at));
    return encoded === null || isWordByte(Number.parseInt(encoded[1] as string, 16));
  }
  const text = bytes.toString('utf8', Math.max(from, at - maxCharacters), at).replace(invisible, '');
  // Not UTF-8: in one-byte encodings letters start at 0xC0.
  return text.endsWith('\ufffd') ? last >= 0xc0 : /[\p{L}\p{N}\p{M}]$/u.test(text);
}

/** `scheme://user:password@host` names a host. */
function followsPassword(bytes: Buffer, at: number, from: number): boolean {
  return /:\/\/[^\s/@?#"]*:[^\s/@?#"]*$/.test(bytes.toString('latin1', Math.max(from, at - maxUrl), at));
}

/** `\n@…`: the letter before the sign belongs to an escape. */
function followsEscape(bytes: Buffer, at: number, from: number): boolean {
  return at - 2 >= from && bytes[at - 2] === backslash;
}
