/** Patches for the addresses in one text: what is written instead of them. */
import { Patches } from '../bytes/patches.ts';
import { Addresses } from './addresses.ts';
import { endsBase64Word, patchBase64 } from './base64.ts';
import { isText, patchClear } from './binary.ts';
import { patchEscapedBytes } from './escaped-bytes.ts';
import { findAddresses } from './find.ts';
import { fromHex, hexEnd } from './hex-bytes.ts';
import { correctLengths } from './php.ts';
import { type Replace, replacementOf } from './replacement.ts';
import { patchWide } from './wide.ts';

/** Texts may be in bytes, and these in a text: base64 in a mail in bytea. Each level has addresses and patches of its own. */
const levels = Array.from({ length: 4 }, () => ({ addresses: new Addresses(), inBytes: new Patches() }));
type Level = (typeof levels)[number];
let depth = 0;

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
  const { addresses } = levels[depth] as Level;
  addresses.clear();
  const signs = signsIn(bytes, from, to);
  findAddresses(
    bytes,
    from,
    to,
    nesting,
    addresses,
    decided,
    quotedPrintableFrom(signs, bytes, from, to),
    isFolded(signs, bytes, from, to),
  );
  let replaced = 0;
  for (let index = 0; index < addresses.count; index += 1) {
    const text = replacementOf(addresses, index, bytes, replace);
    if (text === undefined) continue;
    patches.add(addresses.starts[index] as number, addresses.ends[index] as number, text);
    replaced += 1;
  }
  const isDeepest = depth + 1 === levels.length;
  if ((signs & hasBackslash) !== 0 && !isDeepest) {
    replaced += patchHex(bytes, from, to, replace, patches);
    if ((signs & hasSignAtEscape) !== 0) replaced += patchEscapedBytes(bytes, from, to, replace, patches);
  }
  // In a piece of a longer text, the end of some base64 may be missing.
  if ((signs & hasBase64) !== 0 && decided === to && !isDeepest)
    replaced += patchEncoded(bytes, from, to, replace, patches);
  if (replaced > 0 && (signs & hasColonQuote) !== 0) correctLengths(bytes, from, to, patches);
  return replaced;
}

const hasBackslash = 1;
const hasColonQuote = 2;
const hasEquals = 4;
const hasBase64 = 8;
const hasSignAtEscape = 16;
const hasFold = 32;

/** What quoted-printable has behind its signs: digits, mostly capital ones, or a line end. */
const followsEquals = new Uint8Array(256);
for (const one of '0123456789ABCDEFabcdef\r\n\\') followsEquals[one.charCodeAt(0)] = 1;

/**
 * Signs of hexadecimal bytes, of folded lines, of PHP's lengths, of quoted-printable, of base64 and of bytes in escape format, as bits: found without a call, which every short
 * value would need.
 */
function signsIn(bytes: Buffer, from: number, to: number): number {
  let signs = 0;
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at];
    if (byte === 0x5c) signs |= escapesLineEnd(bytes, at) ? hasBackslash | hasFold : hasBackslash;
    else if (byte === 0x0a) signs |= bytes[at + 1] === 0x20 || bytes[at + 1] === 0x09 ? hasFold : 0;
    else if (byte === 0x22 && at > from && bytes[at - 1] === 0x3a) signs |= hasColonQuote;
    else if (byte === 0x3d && followsEquals[bytes[at + 1] as number] === 1) signs |= hasEquals;
    else if (byte === 0x40 && (bytes[at + 1] === 0x5c || bytes[at - 1] === 0x30)) signs |= hasSignAtEscape;
    else if ((byte === 0x36 || byte === 0x3f) && at > from && endsBase64Word(bytes, byte === 0x36 ? at - 1 : at))
      signs |= hasBase64;
  }
  return signs;
}

/** Whether an escaped line end is here, and a blank behind it: `\n `, or `\012 ` in the escape format of bytea. */
function escapesLineEnd(bytes: Buffer, at: number): boolean {
  const next = bytes[at + 1];
  return (
    (next === 0x6e && bytes[at + 2] === 0x20) || (next === 0x30 && bytes[at + 3] === 0x32 && bytes[at + 4] === 0x20)
  );
}

/** Patches values of bytea in the text: the whole of it, or elements of an array. @returns how many addresses were replaced */
function patchHex(bytes: Buffer, from: number, to: number, replace: Replace, patches: Patches): number {
  let replaced = 0;
  const region = bytes.subarray(0, to);
  for (let at = region.indexOf('\\x', from); at >= 0; at = region.indexOf('\\x', at + 2)) {
    const end = hexEnd(bytes, at, to);
    if (end === at) continue;
    const value = fromHex(bytes, at + 2, end);
    const changed = changedContent(value, replace);
    if (changed === undefined) continue;
    replaced += changed.replaced;
    patches.insert(at + 2, end, Buffer.from(changed.content.toString('hex'), 'latin1'));
  }
  return replaced;
}

/** Patches base64. @returns how many addresses were replaced */
function patchEncoded(bytes: Buffer, from: number, to: number, replace: Replace, patches: Patches): number {
  let replaced = 0;
  const changed = (content: Buffer): Buffer | undefined => {
    const one = changedContent(content, replace);
    replaced += one?.replaced ?? 0;
    return one?.content;
  };
  patchBase64(bytes, from, to, changed, patches);
  return replaced;
}

/** Bytes from inside a text, with their addresses replaced; undefined where there are none. */
function changedContent(content: Buffer, replace: Replace): { content: Buffer; replaced: number } | undefined {
  const { inBytes } = levels[depth] as Level;
  inBytes.clear();
  depth += 1;
  try {
    const replaced = patchBytes(content, isText(content), content.length, replace, inBytes);
    return replaced === 0 ? undefined : { content: inBytes.apply(content, 0, content.length), replaced };
  } finally {
    depth -= 1;
  }
}

/**
 * Adds patches for the addresses in bytes whose at sign is before `decided`.
 * @param text what `isText` says of the whole value
 * @returns how many addresses were replaced
 */
export function patchBytes(bytes: Buffer, text: boolean, decided: number, replace: Replace, patches: Patches): number {
  const before = patches.count;
  let replaced = 0;
  if (text) replaced = patchText(bytes, 0, bytes.length, 0, replace, patches, decided);
  else {
    patchClear(bytes, decided, replace, patches);
    replaced = patches.count - before;
  }
  if (!bytes.includes(0)) return replaced;
  const narrow = patches.count;
  patchWide(bytes, decided, replace, patches);
  return replaced + patches.count - narrow;
}

const headers = ['uoted-printable', 'UOTED-PRINTABLE', 'uoted-Printable'];

/** Where the text of a mail in quoted-printable begins, by what its headers say; `to` where there is none. */
function quotedPrintableFrom(signs: number, bytes: Buffer, from: number, to: number): number {
  if ((signs & hasEquals) === 0) return to;
  const text = bytes.subarray(from, to);
  return headers.reduce((first, header) => {
    const at = text.indexOf(header);
    return at < 0 ? first : Math.min(first, from + at);
  }, to);
}

/** Lines of vCards and calendars (RFC 6350, 3.2; RFC 5545, 3.1), and of LDIF (RFC 2849). */
const foldedFormat = /begin:v|(?:^|["\sn2])dn::? /i;

/** Whether lines of the text may be broken anywhere, with a blank at the beginning of the next. */
function isFolded(signs: number, bytes: Buffer, from: number, to: number): boolean {
  return (signs & hasFold) !== 0 && foldedFormat.test(bytes.toString('latin1', from, to));
}
