/** Patches for the addresses in one text: what is written instead of them. */
import { Patches } from '../bytes/patches.ts';
import { Addresses } from './addresses.ts';
import { endsBase64Word, patchBase64 } from './base64.ts';
import { isText, patchBytes } from './binary.ts';
import { patchEscapedBytes } from './escaped-bytes.ts';
import { findAddresses } from './find.ts';
import { fromHex, hexEnd } from './hex-bytes.ts';
import { correctLengths } from './php.ts';
import { type Replace, replacementOf } from './replacement.ts';

const addresses = new Addresses();
const inBytes = new Patches();

/**
 * Adds patches for the text between `from` and `to`: for its addresses, for those in hexadecimal bytes, and for the lengths
 * that PHP's serialize() states.
 * @param nesting see `findAddresses`
 * @param decided only addresses whose at sign is before this position count
 * @returns how many addresses were replaced
 */
export function patchText(
  bytes: Buffer,
  from: number,
  to: number,
  nesting: number,
  replace: Replace,
  patches: Patches,
  decided: number = to,
): number {
  addresses.clear();
  const signs = signsIn(bytes, from, to);
  findAddresses(bytes, from, to, nesting, addresses, decided, isQuotedPrintable(signs, bytes, from, to));
  let replaced = 0;
  for (let index = 0; index < addresses.count; index += 1) {
    const text = replacementOf(addresses, index, bytes, replace);
    if (text === undefined) continue;
    patches.add(addresses.starts[index] as number, addresses.ends[index] as number, text);
    replaced += 1;
  }
  if ((signs & hasBackslash) !== 0) {
    replaced += patchHex(bytes, from, to, replace, patches);
    if ((signs & hasSignAtEscape) !== 0) replaced += patchEscapedBytes(bytes, from, to, replace, patches);
  }
  // In a piece of a longer text, the end of some base64 may be missing.
  if ((signs & hasBase64) !== 0 && decided === to) replaced += patchEncoded(bytes, from, to, replace, patches);
  if (replaced > 0 && (signs & hasColonQuote) !== 0) correctLengths(bytes, from, to, patches);
  return replaced;
}

const hasBackslash = 1;
const hasColonQuote = 2;
const hasEquals = 4;
const hasBase64 = 8;
const hasSignAtEscape = 16;

/** What quoted-printable has behind its signs: digits, mostly capital ones, or a line end. */
const followsEquals = new Uint8Array(256);
for (const one of '0123456789ABCDEFabcdef\r\n') followsEquals[one.charCodeAt(0)] = 1;

/**
 * Signs of hexadecimal bytes, of PHP's lengths, of quoted-printable, of base64 and of bytes in escape format, as bits: found without a call, which every short
 * value would need.
 */
function signsIn(bytes: Buffer, from: number, to: number): number {
  let signs = 0;
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at];
    if (byte === 0x5c) signs |= hasBackslash;
    else if (byte === 0x22 && at > from && bytes[at - 1] === 0x3a) signs |= hasColonQuote;
    else if (byte === 0x3d && followsEquals[bytes[at + 1] as number] === 1) signs |= hasEquals;
    else if (byte === 0x40 && (bytes[at + 1] === 0x5c || bytes[at - 1] === 0x30)) signs |= hasSignAtEscape;
    else if ((byte === 0x36 || byte === 0x3f) && at > from && endsBase64Word(bytes, byte === 0x36 ? at - 1 : at))
      signs |= hasBase64;
  }
  return signs;
}

/** Patches values of bytea in the text: the whole of it, or elements of an array. @returns how many addresses were replaced */
function patchHex(bytes: Buffer, from: number, to: number, replace: Replace, patches: Patches): number {
  let replaced = 0;
  const region = bytes.subarray(0, to);
  for (let at = region.indexOf('\\x', from); at >= 0; at = region.indexOf('\\x', at + 2)) {
    const end = hexEnd(bytes, at, to);
    if (end === at) continue;
    const value = fromHex(bytes, at + 2, end);
    inBytes.clear();
    patchBytes(value, isText(value), value.length, replace, inBytes);
    if (inBytes.count === 0) continue;
    replaced += inBytes.count;
    patches.insert(at + 2, end, Buffer.from(inBytes.apply(value, 0, value.length).toString('hex'), 'latin1'));
  }
  return replaced;
}

/** Patches base64. @returns how many addresses were replaced */
function patchEncoded(bytes: Buffer, from: number, to: number, replace: Replace, patches: Patches): number {
  let replaced = 0;
  const changed = (content: Buffer): Buffer | undefined => {
    inBytes.clear();
    patchBytes(content, isText(content), content.length, replace, inBytes);
    replaced += inBytes.count;
    return inBytes.count === 0 ? undefined : inBytes.apply(content, 0, content.length);
  };
  patchBase64(bytes, from, to, changed, patches);
  return replaced;
}

const header = 'uoted-printable';

/** Whether the text is or holds a mail in quoted-printable, by what its headers say. */
function isQuotedPrintable(signs: number, bytes: Buffer, from: number, to: number): boolean {
  return (signs & hasEquals) !== 0 && to - from > header.length && bytes.subarray(from, to).includes(header);
}
