/** Names as SQL writes them, in one form only, so that they can be compared. */

/** As SQL writes it when quoting is needed only for what is not `[a-z_][a-z0-9_$]*`: `users`, `"Odd, name"`. */
export function canonicalName(raw: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(raw) ? raw : `"${raw.replaceAll('"', '""')}"`;
}

/** As PostgreSQL folds names without quotes in UTF-8: ASCII letters only. */
export function folded(word: string): string {
  return word.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

const part = /"((?:[^"]|"")*)"|[^\s".]+/g;

/** `public.users` of a possibly quoted, possibly qualified name as it stands in SQL. */
export function canonicalQualified(sql: string): string {
  return [...sql.matchAll(part)]
    .map(([whole, quoted]) => canonicalName(quoted === undefined ? folded(whole) : quoted.replaceAll('""', '"')))
    .join('.');
}

/** A regular expression for one name as it stands in SQL, quoted or not. */
export const identifierPattern = String.raw`(?:"(?:[^"]|"")*"|[^\s"'(),.;]+)`;
