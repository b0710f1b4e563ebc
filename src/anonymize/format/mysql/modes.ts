/** The settings of a dump's session that change how the rest of it must be read. */
import type { StringForms } from './literals.ts';

/** Character sets in which the second byte of a character may look like `@` or a backslash (MySQL manual, "Supported Character Sets"). */
const unsafeCharsets = /^(gbk|sjis|cp932|big5|gb18030)$/i;
/** What may be the second byte of a character there, and means something where it stands alone. */
const meaningful = new Set([0x40, 0x5c, 0x60]);
/** Modes in which double quotes enclose names, alone or as part of a combination (MySQL manual, "Server SQL Modes"). */
const ansiModes = /(^|,)\s*(ANSI_QUOTES|ANSI|DB2|MAXDB|MSSQL|ORACLE|POSTGRESQL)\s*(,|$)/i;

const assignment = /([\w@.`]+)\s*:?=\s*('[^']*'|"[^"]*"|[\w@.`]+)/g;

export const usualForms: StringForms = { backslashes: true, ansiQuotes: false };

/** Follows `sql_mode` and the character set through the SET statements of a dump, which saves and restores them around routines. */
export class SqlModes {
  readonly #saved = new Map<string, StringForms>();
  readonly #savedCharsets = new Map<string, string | undefined>();
  forms: StringForms = usualForms;
  /** The character set of the statements, if it is one that cannot be searched byte by byte. */
  unsafeCharset: string | undefined;

  /** @param statement that begins with SET */
  read(statement: string): void {
    const names = charsetNames.exec(statement)?.[1];
    if (names !== undefined) this.unsafeCharset = unsafe(names);
    for (const [, name = '', value = ''] of statement.matchAll(assignment)) {
      if (isSqlMode(value)) this.#saved.set(name.toLowerCase(), this.forms);
      else if (isSqlMode(name)) this.forms = this.#formsOf(value);
      else if (isCharset(value)) this.#savedCharsets.set(name.toLowerCase(), this.unsafeCharset);
      else if (isCharset(name))
        this.unsafeCharset = value.startsWith('@') ? this.#savedCharsets.get(value.toLowerCase()) : unsafe(value);
    }
  }

  #formsOf(value: string): StringForms {
    if (value.startsWith('@')) return this.#saved.get(value.toLowerCase()) ?? this.forms;
    const modes = value.replaceAll(/['"]/g, '');
    return { backslashes: !/NO_BACKSLASH_ESCAPES/i.test(modes), ansiQuotes: ansiModes.test(modes) };
  }
}

function isSqlMode(name: string): boolean {
  return /^(@@)?((session|global|local)\.)?`?sql_mode`?$/i.test(name);
}

const charsetNames = /^set\s+(?:names|character\s+set|charset)\s*['"]?(\w+)/i;

function isCharset(name: string): boolean {
  return /^(@@)?(session\.)?`?character_set_client`?$/i.test(name);
}

function unsafe(value: string): string | undefined {
  const name = value.replaceAll(/['"`]/g, '');
  return unsafeCharsets.test(name) ? name : undefined;
}

/** Whether the byte is the first of two of one character. */
export function isLead(byte: number, charset: string): boolean {
  // Shift JIS has characters of one byte between.
  if (/^(sjis|cp932)$/i.test(charset)) return (byte >= 0x81 && byte <= 0x9f) || (byte >= 0xe0 && byte <= 0xfc);
  return byte >= 0x81;
}

/** Whether a character between these places has a second byte that means something where it stands alone. */
export function mayMislead(bytes: Uint8Array, from: number, to: number, charset: string): boolean {
  for (let at = from; at < to; at += 1) {
    if ((bytes[at] as number) < 0x81 || !isLead(bytes[at] as number, charset)) continue;
    at += 1;
    if (at < to && meaningful.has(bytes[at] as number)) return true;
  }
  return false;
}
