/** The settings of a dump's session that change how the rest of it must be read. */
import type { StringForms } from './literals.ts';

/** Character sets in which the second byte of a character may look like `@` or a backslash (MySQL manual, "Supported Character Sets"). */
const unsafeCharsets = /^(gbk|sjis|cp932|big5|gb18030)$/i;
/** Modes in which double quotes enclose names, alone or as part of a combination (MySQL manual, "Server SQL Modes"). */
const ansiModes = /(^|,)\s*(ANSI_QUOTES|ANSI|DB2|MAXDB|MSSQL|ORACLE|POSTGRESQL)\s*(,|$)/i;

const assignment = /([\w@.`]+)\s*:?=\s*('[^']*'|"[^"]*"|[\w@.`]+)/g;

export const usualForms: StringForms = { backslashes: true, ansiQuotes: false };

/** Follows `sql_mode` through the SET statements of a dump, which saves and restores it around routines. */
export class SqlModes {
  readonly #saved = new Map<string, StringForms>();
  forms: StringForms = usualForms;

  /** @param statement that begins with SET */
  read(statement: string): void {
    for (const [, name = '', value = ''] of statement.matchAll(assignment)) {
      if (isSqlMode(value)) this.#saved.set(name.toLowerCase(), this.forms);
      else if (isSqlMode(name)) this.forms = this.#formsOf(value);
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

const charset =
  /^set\s+(?:names|character\s+set|(?:@@)?(?:session\.)?character_set_(?:client|connection)\s*=|charset)\s*['"]?(\w+)/i;

/** @returns the character set that the statement declares, if it is one that cannot be searched byte by byte */
export function unsafeCharsetOf(statement: string): string | undefined {
  const name = charset.exec(statement)?.[1];
  return name !== undefined && unsafeCharsets.test(name) ? name : undefined;
}
