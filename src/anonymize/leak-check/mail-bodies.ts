/** Bodies and headers of mails, which encode their text: what the check reads of them, on its own. */

/** Bytes before a sign in which the headers of its mail are searched. */
export const maxBody = 65_536;
/** Characters of base64 that are read. */
const maxEncoded = 1024 * 1024;

/** Of the text, as COPY, JSON and the escape format of bytea write it. */
const lineEnd = '(?:\\r?\\n|(?:\\\\+(?:r|015))?\\\\+(?:n|012))';
const headers = ['uoted-printable', 'UOTED-PRINTABLE', 'uoted-Printable'];

/** Whether the headers of a mail in quoted-printable come before, in the same row. */
export function isInQuotedPrintable(bytes: Buffer, at: number, from: number): boolean {
  if (bytes[at] !== 0x3d && !bytes.subarray(Math.max(from, at - 100), Math.min(bytes.length, at + 100)).includes(0x3d))
    return false;
  const field = fieldBefore(bytes, at, from);
  return headers.some((header) => field.includes(header));
}

/** What comes before in the same field, as far as it is read. */
function fieldBefore(bytes: Buffer, at: number, from: number): Buffer {
  const before = bytes.subarray(Math.max(from, at - maxBody), at);
  return before.subarray(before.lastIndexOf(0x09) + 1);
}

/** A line end and a blank behind it, as COPY writes it, or as it is; in JSON also escaped again. */
const fold = new RegExp(`${lineEnd}(?: |\t|\\\\t)`);
const folds = new RegExp(fold, 'g');
/** How vCards, calendars and LDIF begin, which break lines anywhere. */
const folding = /begin:v|(?:^|["\nn2])dn::? /i;

/** The text without the places where its lines are broken, if it is of a format that does so. */
export function unfolded(text: string, bytes: Buffer, at: number, from: number): string {
  return fold.test(text) && folding.test(fieldBefore(bytes, at, from).toString('latin1'))
    ? text.replaceAll(folds, '')
    : text;
}

const body = new RegExp(`^(?:,|[^\\S\\n]*${lineEnd}(?:[^\\r\\n\\\\]{1,998}${lineEnd}){0,40}${lineEnd}\\s*)`);
/** Another character, or the line that separates the parts of a mail. */
const bodyEnd = new RegExp(`[^A-Za-z0-9+/_\\\\\r\n-]|${lineEnd}-`);
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
  const end = rest.search(bodyEnd);
  const run = (end < 0 ? rest : rest.slice(0, end)).replaceAll(allLineEnds, '').replaceAll('\\', '');
  return run.length < 8 ? [] : [Buffer.from(run, 'base64')];
}
