/** Bodies and headers of mails, which encode their text: what the check reads of them, on its own. */

/** Bytes before a sign in which the headers of its mail are searched. */
export const maxBody = 65_536;
/** Characters of base64 that are read. */
export const maxEncoded = 1024 * 1024;

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
const folding = /begin:v|(?:^|["\sn2])dn::? /i;

/** The text without the places where its lines are broken, if it is of a format that does so. */
export function unfolded(text: string, bytes: Buffer, at: number, from: number): string {
  return fold.test(text) && folding.test(fieldBefore(bytes, at, from).toString('latin1'))
    ? text.replaceAll(folds, '')
    : text;
}

const body = new RegExp(`^(?:,|[^\\S\\n]*${lineEnd}(?:[^\\r\\n\\\\]{1,998}${lineEnd}){0,40}${lineEnd}\\s*)`);
/** Another character, also one in octal digits, or the line that separates the parts of a mail. */
const bodyEnd = new RegExp(`[^A-Za-z0-9+/_\\\\\r\n-]|${lineEnd}-|\\\\+(?!01[25])[0-3][0-7]{2}`);
const allLineEnds = new RegExp(lineEnd, 'g');

/** What may come before a body: the comma of a URL, or the rest of a header. */
const mayBegin = new RegExp(`^(?:,|[^\\S\\n]*${lineEnd})`);
/** Characters that are read, until the end is among them: most bodies are short, and a dump may hold millions. */
const windows = [4096, maxBody, maxEncoded];

/** Whether the word base64 ends behind the mark at `at`, or an encoded word begins there: quickly decided, since `e6` is in all hexadecimal digits. */
export function marksBase64(bytes: Buffer, at: number, from: number, to: number): boolean {
  if (at + 2 >= to) return false;
  if (bytes[at] === 0x3f) return bytes[at + 2] === 0x3f;
  return bytes[at + 2] === 0x34 && at - 3 >= from && /^bas$/i.test(bytes.toString('latin1', at - 3, at));
}

/** The bytes that base64 behind the mark at `at` stands for: a body, a `data:` URL, an encoded word. */
export function base64After(bytes: Buffer, at: number, from: number, to: number): readonly Buffer[] {
  if (!marksBase64(bytes, at, from, to)) return [];
  const run = runAfter(bytes, at + 3, to, bytes[at] === 0x3f)
    .replaceAll(allLineEnds, '')
    .replaceAll('\\', '');
  return run.length < 8 ? [] : [Buffer.from(run, 'base64')];
}

/** What is written in base64 at `at`, or behind the headers there; empty where there is none. */
function runAfter(bytes: Buffer, at: number, to: number, isWord: boolean): string {
  let run = '';
  for (const window of windows) {
    const text = bytes.toString('latin1', at, Math.min(to, at + window)).replace(/^["']+/, '');
    const begin = isWord ? '' : body.exec(text)?.[0];
    if (begin === undefined && !mayBegin.test(text)) return '';
    const rest = begin === undefined ? '' : text.slice(begin.length);
    const end = rest.search(bodyEnd);
    run = end < 0 ? rest : rest.slice(0, end);
    if (end >= 0 || at + window >= to) return run;
  }
  return run;
}
