/** Bodies and headers of mails, which encode their text: what the check reads of them, on its own. */

/** Bytes before a sign in which the headers of its mail are searched. */
const maxBody = 65_536;
/** Characters of base64 that are read. */
const maxEncoded = 1024 * 1024;

const header = 'uoted-printable';

/** Whether the headers of a mail in quoted-printable come before, in the same row. */
export function isInQuotedPrintable(bytes: Buffer, at: number, from: number): boolean {
  if (bytes[at] !== 0x3d && !bytes.subarray(Math.max(from, at - 100), Math.min(bytes.length, at + 100)).includes(0x3d))
    return false;
  const begin = bytes.subarray(Math.max(from, at - maxBody), at).lastIndexOf(header);
  if (begin < 0) return false;
  const since = bytes.subarray(Math.max(from, at - maxBody) + begin, at);
  return !since.includes(0x09);
}

const lineEnd = '(?:\\r?\\n|(?:\\\\+r)?\\\\+n)';
const body = new RegExp(`^(?:,|[^\\S\\n]*${lineEnd}(?:[^\\r\\n\\\\]{1,998}${lineEnd}){0,40}${lineEnd}\\s*)`);
const noBase64 = /[^A-Za-z0-9+/_\\\r\n-]/;
const allLineEnds = new RegExp(lineEnd, 'g');

/** The bytes that base64 behind the mark at `at` stands for: a body, a `data:` URL, an encoded word. */
export function base64After(bytes: Buffer, at: number, from: number, to: number): readonly Buffer[] {
  const isWord = bytes[at] === 0x3f;
  if (isWord && bytes[at + 2] !== 0x3f) return [];
  if (!isWord && !/base64$/i.test(bytes.toString('latin1', Math.max(from, at - 4), Math.min(to, at + 3)))) return [];
  const text = bytes.toString('latin1', at + 3, Math.min(to, at + maxEncoded)).replace(/^["']+/, '');
  const begin = isWord ? '' : body.exec(text)?.[0];
  if (begin === undefined) return [];
  const rest = text.slice(begin.length);
  const end = rest.search(noBase64);
  const run = (end < 0 ? rest : rest.slice(0, end)).replaceAll(allLineEnds, '').replaceAll('\\', '');
  return run.length < 8 ? [] : [Buffer.from(run, 'base64')];
}
