/** Lexical rules of MySQL and MariaDB over bytes (MySQL manual, "Comments"). */

const newline = 0x0a;
const exclamation = 0x21;
const hash = 0x23;
const dollar = 0x24;
const star = 0x2a;
const hyphen = 0x2d;
const slash = 0x2f;
const letterM = 0x4d;

/** Bytes of the beginning of a conditional comment: `/*M!999999`. */
export const longestOpening = 10;
/** No server executes what is for this version: mariadb-dump switches its client's sandbox on with it. */
const neverExecuted = 999_999;

export function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

/** Letters, digits, `_`, `$` and every byte beyond ASCII: what a name without quotes is made of. */
export function isNameByte(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  const lower = byte | 0x20;
  return (lower >= 0x61 && lower <= 0x7a) || isDigit(byte) || byte === 0x5f || byte === dollar || byte >= 0x80;
}

export function isBlank(byte: number | undefined): boolean {
  return byte !== undefined && byte <= 0x20;
}

/**
 * End of the beginning of a conditional comment at `at`, whose content is executed: `/*!`, `/*!50003`, `/*M!100100`.
 * @returns 0 when there is none, or nobody executes it
 */
export function conditionalEnd(bytes: Uint8Array, at: number, to: number): number {
  if (bytes[at] !== slash || bytes[at + 1] !== star) return 0;
  const mark = bytes[at + 2] === letterM ? at + 3 : at + 2;
  if (mark >= to || bytes[mark] !== exclamation) return 0;
  let end = mark + 1;
  let version = 0;
  for (; end < to && end <= mark + 6 && isDigit(bytes[end]); end += 1)
    version = version * 10 + (bytes[end] as number) - 0x30;
  return version >= neverExecuted ? 0 : end;
}

/** Whether a comment to the end of the line begins here: `#`, or `--` before a blank. */
export function beginsLineComment(bytes: Uint8Array, at: number, to: number): boolean {
  if (bytes[at] === hash) return true;
  return bytes[at] === hyphen && bytes[at + 1] === hyphen && (at + 2 >= to || isBlank(bytes[at + 2]));
}

/** Position after the comment whose slash is at `from`: comments do not nest. */
export function blockCommentEnd(bytes: Buffer, from: number, to: number): number {
  const end = bytes.indexOf('*/', from + 2, 'latin1');
  return end < 0 || end + 2 > to ? to : end + 2;
}

export function lineEnd(bytes: Buffer, from: number, to: number): number {
  const end = bytes.indexOf(newline, from);
  return end < 0 || end >= to ? to : end;
}

/** Where the first statement starts, after blanks, comments and the beginning of a conditional comment; `to` when there is none. */
export function mysqlCodeBegin(bytes: Buffer, from: number, to: number): number {
  let at = from;
  while (at < to) {
    if (isBlank(bytes[at])) at += 1;
    // The client takes two hyphens for a comment wherever a statement could begin.
    else if (beginsLineComment(bytes, at, to) || (bytes[at] === hyphen && bytes[at + 1] === hyphen))
      at = lineEnd(bytes, at, to);
    else if (bytes[at] === slash && bytes[at + 1] === star)
      at = conditionalEnd(bytes, at, to) || blockCommentEnd(bytes, at, to);
    else if (bytes[at] === star && bytes[at + 1] === slash) at += 2;
    else return at;
  }
  return to;
}

/**
 * Position after the quoted text that starts at `at`, past its closing quote.
 * @param backslashes whether they escape
 */
export function mysqlQuotedEnd(bytes: Uint8Array, at: number, to: number, backslashes: boolean): number {
  const quote = bytes[at];
  let index = at + 1;
  while (index < to) {
    const byte = bytes[index];
    if (byte === 0x5c && backslashes) index += 2;
    else if (byte !== quote) index += 1;
    else if (bytes[index + 1] === quote && index + 1 < to) index += 2;
    else return index + 1;
  }
  return to;
}
