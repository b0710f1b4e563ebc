/** The SET statements of a dump that change how the rest of it must be read. */

/** Encodings in which the second byte of a character may look like `@` or a backslash (PostgreSQL manual, 24.3). */
const unsafeEncodings = /^(SJIS|SHIFT_JIS_2004|BIG5|GBK|UHC|GB18030|JOHAB)$/i;

/** @returns whether backslashes escape in plain strings from here on; undefined when the statement says nothing about it */
export function backslashesOf(statement: string): boolean | undefined {
  const value = /^set\s+standard_conforming_strings\s*(?:=|to)\s*'?(\w+)/i.exec(statement)?.[1];
  return value === undefined ? undefined : /^(off|false|no|0)$/i.test(value);
}

/** @returns the encoding that the statement sets, if it is one that cannot be searched byte by byte */
export function unsafeEncodingOf(statement: string): string | undefined {
  const encoding = /^set\s+client_encoding\s*(?:=|to)\s*'?([\w-]+)/i.exec(statement)?.[1];
  return encoding !== undefined && unsafeEncodings.test(encoding) ? encoding : undefined;
}
