/**
 * Finds addresses that are left in the output. It works in its own way, slower and coarser than the rewriter, so that a mistake of
 * the rewriter's search is not repeated here: it shares no code with it.
 */
import { isUtf8 } from 'node:buffer';
import { SignScanner } from './at-signs.ts';
import { domainOf } from './looks-like-email.ts';
import { base64After, isInQuotedPrintable, marksBase64, maxBody, maxEncoded, unfolded } from './mail-bodies.ts';
import { plainText, textOf } from './plain-text.ts';
import { wideEmail, wideEmails } from './wide-emails.ts';

const ours = 'example.com';
/** Bytes on both sides of a sign that are read. */
const maxLocal = 256;
const maxDomain = 400;
/** Bytes before an at sign in which a password of a URL is searched. */
const maxUrl = 1536;

const space = 0x20;
const hyphen = 0x2d;
const dot = 0x2e;
const atSign = 0x40;

/**
 * Calls `visit` for each address left between `from` and `to`.
 * @param visit gets the position of the at sign, and the address without escapes, as far as it can be told
 * @param isCopy whether these are rows of COPY: a tab or a line end ends a value
 */
export function eachRemainingEmail(
  signs: SignScanner,
  bytes: Buffer,
  from: number,
  to: number,
  visit: (at: number, email: string) => void,
  isCopy = false,
): void {
  signs.each(
    bytes,
    from,
    to,
    (at) => {
      const email = emailAt(bytes, at, from, to, isCopy);
      if (email !== undefined) visit(at, email);
    },
    (at, end) => {
      for (const email of emailsInBytes(Buffer.from(bytes.toString('latin1', at + 2, end), 'hex'))) visit(at, email);
    },
    (at) => {
      if (!marksBase64(bytes, at, from, to)) return;
      for (const content of base64After(bytes, at, from, isCopy ? valueEnd(bytes, at, to) : to))
        for (const email of emailsInBytes(content)) visit(at, email);
    },
  );
}

const newline = 0x0a;
const tab = 0x09;

/** Where the value ends that the mark at `at` is in, as far as it is read. */
function valueEnd(bytes: Buffer, at: number, to: number): number {
  const most = Math.min(to, at + maxEncoded);
  let end = at;
  while (end < most && bytes[end] !== tab && bytes[end] !== newline) end += 1;
  return end;
}

/** Where the value begins that the sign at `at` is in, not before `floor`. */
function valueStart(bytes: Buffer, at: number, floor: number): number {
  let start = at;
  while (start > floor && bytes[start - 1] !== tab && bytes[start - 1] !== newline) start -= 1;
  return start;
}

const inBytes = new SignScanner();
/** Mails inside mails that are read. */
const mostLevels = 4;

/** In bytes that are no text, what is hardly chance. */
const unmistakable = /[A-Za-z0-9._%+-]{3,64}@[A-Za-z0-9-]{2,63}(?:\.[A-Za-z0-9-]{1,63})*\.[A-Za-z]{2,24}/g;

/** The addresses left in the bytes of a value: as in text where they are UTF-8, otherwise what is clear. */
export function emailsInBytes(bytes: Buffer, depth = 0): readonly string[] {
  const latin = bytes.toString('latin1');
  const found: string[] = [];
  if (!holdsControls(bytes) && isUtf8(bytes)) {
    const inside: Buffer[] = [];
    inBytes.each(
      bytes,
      0,
      bytes.length,
      (at) => {
        const email = emailAt(bytes, at, 0, bytes.length);
        if (email !== undefined) found.push(email);
      },
      () => {},
      (at) => inside.push(...base64After(bytes, at, 0, bytes.length)),
    );
    return depth === mostLevels ? found : [...found, ...inside.flatMap((one) => emailsInBytes(one, depth + 1))];
  }
  if (!latin.includes('@')) return found;
  for (const [email] of latin.matchAll(unmistakable)) if (!/@example\.com$/i.test(email)) found.push(email);
  return [...found, ...wideEmails(bytes)];
}

/** Whether there are control characters other than tabs and line ends, and zero bytes that fill the end. */
function holdsControls(bytes: Buffer): boolean {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end -= 1;
  return bytes.subarray(0, end).some((byte) => byte < 0x09 || (byte > 0x0d && byte < space));
}

/** The address whose at sign begins at `at`; undefined where there is none, or where it is one of ours. */
function emailAt(bytes: Buffer, at: number, floor: number, to: number, isCopy = false): string | undefined {
  if (at === floor || at + 1 >= to) return undefined;
  if (bytes[at] === atSign) {
    if (isOurs(bytes, at + 1, to) || isAlone(bytes, at)) return undefined;
    const wide = wideEmail(bytes, at, floor, to);
    if (wide !== undefined) return wide;
  } else if (!isEscapedSign(bytes, at, to)) return undefined;
  const from = isCopy ? valueStart(bytes, at, Math.max(floor, at - maxBody)) : floor;
  const isOctal = bytes[at] === 0x5c && bytes[at + 1] === 0x31;
  const quotedPrintable = bytes[at] === 0x3d || isInQuotedPrintable(bytes, at, from);
  // A tab behind a line end is a fold in a vCard, and the border of two values between them.
  const most = Math.min(to, at + maxDomain);
  const right = unfolded(textOf(bytes.subarray(at, isCopy ? valueEnd(bytes, at, most) : most)), bytes, at, from);
  const after = plainText(right, isOctal, quotedPrintable);
  if (!/^[@\uff20\ufe6b]/.test(after)) return undefined;
  const left = unfolded(textOf(bytes.subarray(Math.max(from, at - maxLocal), at)), bytes, at, from);
  if (bytes[at] === 0x3d && !/\?q\?[^?\s]*$/i.test(left) && !isInQuotedPrintable(bytes, at, from)) return undefined;
  if (isOctal && inFolder.test(left.replace(/\\+$/, ''))) return undefined;
  const before = plainText(left, isOctal, quotedPrintable).replace(/\\+$/, '');
  const domain = domainOf(before, after.slice(1));
  if (domain === undefined || domain.toLowerCase() === ours || followsPassword(bytes, at, from)) return undefined;
  const email = `${/[^\s"'<>(),;:=[\]{}|/\\&]*$/.exec(before)?.[0] ?? ''}@${domain}`;
  return masked.test(email) ? undefined : email;
}

/** Ends in a name behind a slash or a colon, or behind a backslash that begins no byte in octal: `DCIM\\100FOTO`. */
const inFolder = /(?:[/:]|\\(?![0-3][0-7]{2}))[\w.-]*$/;

/** What the rule `mask` makes of an address, which a rule for JSON leaves in a column that is searched. */
const masked = /^[x0\p{P}\p{S}\p{C}]+$/u;

/** Bytes of an escaped sign with a domain of ours behind it. */
const maxSign = 48;
/** What may follow an escape for that it becomes a sign with what follows: `\u0026#64;`, `%2540`, `\u005cx40`. */
const goesOn =
  /^(?:\\+u00(?:25|26|5c|3d)|\\+x(?:25|26|5c)|%(?:25|26|5c)|&amp;|&#(?:0*(?:37|38|92)|x0*(?:25|26|5c))(?:;|(?!;)))(?![#acux0-9\\%&]|$)/i;

/** Whether the escape at `at` is a sign, and not one of ours: quickly decided for nearly all. */
function isEscapedSign(bytes: Buffer, at: number, to: number): boolean {
  const written = bytes.toString('latin1', at, Math.min(to, at + maxSign));
  if (goesOn.test(written)) return false;
  const plain = plainText(written, bytes[at] === 0x5c && bytes[at + 1] === 0x31, bytes[at] === 0x3d);
  return !/^@example\.com(?![\w.\x80-\xff-])/.test(plain) && /^[@\xef\uff20\ufe6b]/.test(plain);
}

/** Whether exactly example.com is here, in lower case: true for nearly all addresses, and quickly decided. */
function isOurs(bytes: Buffer, at: number, to: number): boolean {
  for (let index = 0; index < ours.length; index += 1) if (bytes[at + index] !== ours.charCodeAt(index)) return false;
  const after = at + ours.length < to ? (bytes[at + ours.length] as number) : space;
  const lower = after | 0x20;
  return after !== dot && after !== hyphen && !(lower >= 0x61 && lower <= 0x7a) && !(after >= 0x30 && after <= 0x39);
}

/** Whether a blank, or a bracket that opens something, is right before the sign, or nothing that begins a domain behind it. */
function isAlone(bytes: Buffer, at: number): boolean {
  const before = bytes[at - 1] as number;
  if (before === 0x0a || before === 0x28 || before === 0x3e) return true;
  // In a vCard, lines may be broken before the sign.
  const mayBeFold = bytes[at - 2] === 0x0a || bytes[at - 2] === 0x6e || bytes[at - 2] === 0x32;
  if ((before === space || before === 0x09) && !mayBeFold) return true;
  const after = bytes[at + 1] as number;
  return after === space || after === 0x09 || after === 0x0a || after === 0x22 || after === 0x27;
}

/** `scheme://user:password@host` names a host. */
function followsPassword(bytes: Buffer, at: number, from: number): boolean {
  if (bytes[at] !== atSign) return false;
  const before = bytes.toString('latin1', Math.max(from, at - maxUrl), at).replaceAll('\\', '');
  return /:\/\/[^\s/@?#"]*:[^\s/@?#"]*$/.test(before);
}
