/**
 * Addresses as the leak check sees them: in its own way, coarser than the rewriter's, so that a mistake there does not hide
 * here.
 */
import { atSignLength } from '../emails/at-signs.ts';

/** Byte for byte: letters, digits, and what is beyond ASCII. */
function isWordByte(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  const lower = byte | 0x20;
  return (lower >= 0x61 && lower <= 0x7a) || (byte >= 0x30 && byte <= 0x39) || byte >= 0x80;
}

/** What is not seen: soft hyphens, and spaces without width. */
const unseen = /[\u00ad\u200b\u2060\ufeff]+$/;

/** Whether the sign follows a word, and not a quote, an emoji or an encoded blank, as in mentions (`“@jo.doe”`). */
function followsWord(bytes: Buffer, at: number, from: number): boolean {
  const last = bytes[at - 1] as number;
  if (!isWordByte(last)) return false;
  if (last < 0x80) {
    const encoded = /%(?:25)?([0-9a-f]{2})$/i.exec(bytes.toString('latin1', Math.max(from, at - 5), at));
    return encoded === null || isWordByte(Number.parseInt(encoded[1] as string, 16));
  }
  const text = bytes.toString('utf8', Math.max(from, at - 32), at).replace(unseen, '');
  // What is not UTF-8: in the one-byte encodings letters stand from 0xC0 on.
  return text.endsWith('\ufffd') ? last >= 0xc0 : /[\p{L}\p{N}\p{M}]$/u.test(text);
}

const ours = 'example.com';
const files = /\.(png|jpe?g|gif|webp|svg|ico|bmp|tiff?|css|scss|m?js|json|xml|html?|txt|pdf|php)$/i;

/** A word before the sign, and after it a name with a dot and a letter behind it, other than example.com. */
export function looksLikeAddress(bytes: Buffer, at: number, from: number, to: number): boolean {
  const length = atSignLength(bytes, at, to);
  if (length === 0 || at === from || isOurs(bytes, at + length, to)) return false;
  if (!followsWord(bytes, at, from)) return false;
  const domain = bytes.toString('latin1', at + length, Math.min(to, at + length + 255));
  const match = /^[\w\x80-\xff-]+(?:\.[\w\x80-\xff-]+)*\.[A-Za-z\x80-\xff][\w\x80-\xff-]*/.exec(domain);
  if (match === null || match[0].toLowerCase().endsWith(ours) || match[0].toLowerCase().startsWith(ours)) return false;
  if (isEscapedLetter(bytes, at, from) || afterPassword(bytes, at, from)) return false;
  return !files.test(match[0]);
}

/** Whether exactly example.com stands here, in lower case: so it is for all but a few, and soon told. */
function isOurs(bytes: Buffer, at: number, to: number): boolean {
  for (let index = 0; index < ours.length; index += 1) if (bytes[at + index] !== ours.charCodeAt(index)) return false;
  const after = at + ours.length < to ? bytes[at + ours.length] : 0x20;
  return after !== 0x2e && after !== 0x2d && !isWordByte(after);
}

/** `scheme://user:password@host` names a host. */
function afterPassword(bytes: Buffer, at: number, from: number): boolean {
  return /:\/\/[^\s/@?#"]*:[^\s/@?#"]*$/.test(bytes.toString('latin1', Math.max(from, at - 500), at));
}

/** `\n@…`: the letter before the sign belongs to an escape. */
function isEscapedLetter(bytes: Buffer, at: number, from: number): boolean {
  return at - 2 >= from && bytes[at - 2] === 0x5c;
}
