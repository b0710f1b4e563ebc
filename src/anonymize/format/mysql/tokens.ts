/** Splits a statement of MySQL or MariaDB into tokens, without comments and blanks; what conditional comments hold stays. */
import type { Token } from '../tokens.ts';
import type { StringForms } from './literals.ts';

const pattern =
  /\s+|#[^\n]*|--(?=[\s]|$)[^\n]*|\/\*M?!\d{0,6}|\*\/|\/\*|('(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S]|"")*")|(`(?:[^`]|``)*`)|([A-Za-z_$\x80-\uffff][\w$\x80-\uffff]*)|(0[xX][0-9A-Fa-f]+|\d[\d.]*(?:[eE][+-]?\d+)?)|([\s\S])/y;

const letters: Readonly<Record<string, string>> = { '0': '\0', b: '\b', n: '\n', r: '\r', t: '\t', Z: '\x1a' };

/** Never throws: a character that is not a token becomes a sign. */
export function tokenizeMysql(
  sql: string,
  { ansiQuotes }: Pick<StringForms, 'ansiQuotes'> = { ansiQuotes: false },
): Token[] {
  const tokens: Token[] = [];
  pattern.lastIndex = 0;
  while (pattern.lastIndex < sql.length) {
    const start = pattern.lastIndex;
    const match = pattern.exec(sql);
    if (match === null) break;
    const [whole, string, name, word, number, sign] = match;
    const end = start + whole.length;
    if (string !== undefined) {
      const isName = ansiQuotes && whole.startsWith('"');
      tokens.push({ kind: isName ? 'name' : 'string', text: content(string), start, end });
    } else if (name !== undefined)
      tokens.push({ kind: 'name', text: name.slice(1, -1).replaceAll('``', '`'), start, end });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word.toLowerCase(), written: word, start, end });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number, start, end });
    else if (whole === '/*') {
      const close = sql.indexOf('*/', end);
      pattern.lastIndex = close < 0 ? sql.length : close + 2;
    } else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign, start, end });
  }
  return tokens;
}

/** The text of a literal. */
function content(literal: string): string {
  const quote = literal.charAt(0);
  return literal.slice(1, -1).replace(/''|""|\\([\s\S])/g, (whole, escaped?: string) => {
    if (escaped === undefined) return whole.startsWith(quote) ? quote : whole;
    return letters[escaped] ?? (/[%_]/.test(escaped) ? whole : escaped);
  });
}
