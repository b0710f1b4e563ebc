/** Texts hidden in runs of base64 and hexadecimal digits, in whatever encoding of characters, also compressed. */
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import { textOfBytes } from './texts.ts';

export interface Hidden {
  readonly name: string;
  /** The texts that are hidden in a text. */
  readonly find: (text: string) => readonly string[];
}

const longest = 1_000_000;

/** The bytes as text in each encoding in which they are mostly printable. */
export function readings(bytes: Buffer): readonly string[] {
  if (bytes.length < 4) return [];
  const texts = [textOfBytes(bytes), ...wide(bytes)];
  const inflated = inflate(bytes);
  if (inflated !== undefined) texts.push(textOfBytes(inflated));
  return [...new Set(texts.filter(isPrintable))];
}

/** UTF-16 and UTF-32 in both orders. */
function wide(bytes: Buffer): readonly string[] {
  if (!bytes.includes(0)) return [];
  const even = bytes.subarray(0, bytes.length & ~1);
  const swapped = Buffer.from(even).swap16();
  const shifted = bytes.subarray(1, 1 + ((bytes.length - 1) & ~1));
  const sixteen = [even, swapped, shifted].map((one) => one.toString('utf16le'));
  // What has a zero byte between all letters shows without them, whatever stands beside it.
  return [...sixteen, bytes.toString('latin1').replaceAll('\0', '')];
}

function inflate(bytes: Buffer): Buffer | undefined {
  const [first, second] = bytes;
  const options = { maxOutputLength: longest };
  try {
    if (first === 0x1f && second === 0x8b) return gunzipSync(bytes, options);
    if (first === 0x78) return inflateSync(bytes, options);
    return bytes.length < 4096 ? inflateRawSync(bytes, options) : undefined;
  } catch {
    try {
      return bytes.length < 4096 ? brotliDecompressSync(bytes, options) : undefined;
    } catch {
      return undefined;
    }
  }
}

/** Whether something in it could be a text. */
function isPrintable(text: string): boolean {
  return /[\p{L}\p{N}._-]{2}/u.test(text) && text.length > 4;
}

const base64 = /[A-Za-z0-9+/_-]{10,}={0,2}/g;

function ofBase64(text: string): readonly string[] {
  const joined = text.replaceAll(/([A-Za-z0-9+/_-]{4})\r?\n[ \t]*(?=[A-Za-z0-9+/_-])/g, '$1');
  return [text, joined].flatMap((one) =>
    [...one.matchAll(base64)].flatMap(([run]) => readings(Buffer.from(run, 'base64'))),
  );
}

function ofHex(text: string): readonly string[] {
  return [...text.matchAll(/(?:[0-9a-fA-F]{2}[ :]?){5,}/g)].flatMap(([run]) => {
    const bytes = Buffer.from(run.replaceAll(/[ :]/g, ''), 'hex');
    return readings(bytes);
  });
}

/** Zero bytes of UTF-16 and UTF-32 that stand in the text itself, raw or as escapes. */
function ofZeros(text: string): readonly string[] {
  return text.includes('\0') ? [text.replaceAll('\0', '')] : [];
}

export const hidden: readonly Hidden[] = [
  { name: 'base64', find: ofBase64 },
  { name: 'hexadecimal digits', find: ofHex },
  { name: 'zero bytes', find: ofZeros },
];
