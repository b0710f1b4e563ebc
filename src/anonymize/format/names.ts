/** SQL names in one canonical form, so that they can be compared. */

/** Quotes a name unless it matches `[a-z_][a-z0-9_$]*`: `users`, `"Odd, name"`. */
export function canonicalName(raw: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(raw) ? raw : `"${raw.replaceAll('"', '""')}"`;
}

/** Folds an unquoted name as PostgreSQL does in UTF-8: ASCII letters only. */
export function folded(word: string): string {
  return word.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

const part = /(u&)?"((?:[^"]|"")*)"|[^\s".]+/gi;

/** The text of a name with escapes, `U&"d\0061ta"` (PostgreSQL manual, 4.1.2.3), which no UESCAPE follows. */
export function unescapedName(text: string): string {
  return text.replace(/\\(?:\+([0-9a-f]{6})|([0-9a-f]{4})|\\)/gi, (whole, long?: string, short?: string) => {
    const code = Number.parseInt(long ?? short ?? '', 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole === '\\\\' ? '\\' : whole;
  });
}

/** The canonical form of a name as written in SQL, quoted or not, qualified or not: `public.users`. */
export function canonicalQualified(sql: string): string {
  return [...sql.matchAll(part)]
    .map(([whole, escaped, quoted]) => {
      if (quoted === undefined) return canonicalName(folded(whole));
      const text = quoted.replaceAll('""', '"');
      return canonicalName(escaped === undefined ? text : unescapedName(text));
    })
    .join('.');
}

/** A regular expression for one name as written in SQL, quoted or not. */
export const identifierPattern = String.raw`(?:(?:[uU]&)?"(?:[^"]|"")*"|[^\s"'(),.;]+)`;

const identifier = new RegExp(identifierPattern, 'gs');

/** The canonical names in a list of columns: `id, "Odd, name"`. */
export function canonicalNames(list: string): readonly string[] {
  return (list.match(identifier) ?? []).map(canonicalQualified);
}
