/**
 * Base64 where a text says that it is some: bodies of mails (RFC 2045, 6.8), encoded words of their headers (RFC 2047), `data:` URLs
 * (RFC 2397). Elsewhere nothing tells it from other letters.
 */
import type { Patches } from '../bytes/patches.ts';

/** A line end within base64, also as JSON and the escape format of bytea write it. */
const lineEnd = '(?:\\r?\\n|(?:\\\\+(?:r|015))?\\\\+(?:n|012))';
const begins = new RegExp(
  [
    // A header, the others behind it, and a blank line; or a URL.
    `base64"?'?(?:,|[^\\S\\n]*${lineEnd}(?:[^\\r\\n\\\\]{1,400}${lineEnd}){0,20}${lineEnd}\\s*)`,
    '=\\?[^?\\s]{1,40}\\?b\\?',
  ].join('|'),
  'gi',
);
const anyLineEnd = new RegExp(lineEnd, 'g');
/** Shorter runs hold no address. */
const shortest = 8;

const letterE = 0x65;
const questionMark = 0x3f;

/** Whether base64 may follow this place: the `e6` of the word, or the `?b` of an encoded word. */
export function endsBase64Word(bytes: Uint8Array, at: number): boolean {
  if (bytes[at] === questionMark) return ((bytes[at + 1] as number) | 0x20) === 0x62 && bytes[at + 2] === questionMark;
  if (((bytes[at] as number) | 0x20) !== letterE || bytes[at + 1] !== 0x36 || bytes[at + 2] !== 0x34) return false;
  const [b, a, s] = [bytes[at - 3] as number, bytes[at - 2] as number, bytes[at - 1] as number];
  return (b | 0x20) === 0x62 && (a | 0x20) === 0x61 && (s | 0x20) === 0x73;
}

/**
 * Adds patches for the base64 between `from` and `to` of which `changed` returns other bytes.
 * @param changed gets what is encoded
 */
export function patchBase64(
  bytes: Buffer,
  from: number,
  to: number,
  changed: (content: Buffer) => Buffer | undefined,
  patches: Patches,
): void {
  const text = bytes.toString('latin1', from, to);
  for (const match of text.matchAll(begins)) {
    const begin = match.index + match[0].length;
    const written = text.slice(begin, runEnd(text, begin));
    if (written.length < shortest) continue;
    const content = changed(Buffer.from(written.replaceAll(anyLineEnd, '').replaceAll('\\', ''), 'base64'));
    if (content === undefined) continue;
    patches.insert(from + begin, from + begin + written.length, Buffer.from(inLines(content, written), 'latin1'));
  }
}

/** A stretch of digits: of limited length, since a regular expression remembers every step. */
const stretch = /[A-Za-z0-9+/_-]{1,4096}|\\{1,64}\//y;
const oneLineEnd = new RegExp(lineEnd, 'y');

/** Where the base64 that begins at `from` ends, over several lines. */
function runEnd(text: string, from: number): number {
  let end = from;
  for (let at = from; ; ) {
    const next = matchEnd(stretch, text, at);
    if (next > at) {
      at = next;
      end = next;
      continue;
    }
    if (text[at] === '=') return at + (text[at + 1] === '=' ? 2 : 1);
    const line = matchEnd(oneLineEnd, text, at);
    if (line === at || line - end > 8) return end;
    at = line;
  }
}

function matchEnd(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

const firstLineEnds = new RegExp(`^(?:${lineEnd})*`);

/** Encoded with the alphabet, the padding and the lines of what was there. */
function inLines(content: Buffer, written: string): string {
  const isForUrls = /[-_]/.test(written);
  const plain = content.toString(isForUrls ? 'base64url' : 'base64');
  // `base64url` of Node has no padding.
  const padded = isForUrls && written.endsWith('=') ? plain.padEnd(4 * Math.ceil(plain.length / 4), '=') : plain;
  const before = firstLineEnds.exec(written)?.[0] ?? '';
  const line = new RegExp(lineEnd).exec(written.slice(before.length));
  if (line === null) return before + padded;
  return before + (padded.match(new RegExp(`.{1,${line.index}}`, 'g')) ?? []).join(line[0]);
}
