/**
 * What servers of different versions are known to write in other words, made the same. Point releases change it, too: the
 * collation that is its character set's own (MDEV-29446, in MariaDB 10.3.37, 10.4.27, 10.5.18, 10.6.11, 10.7.7, …), display
 * widths of integers (MySQL 8.0.19), `utf8` that is `utf8mb3` (MariaDB 10.6, MySQL 8.0.24 and later), a database's encryption
 * (MySQL 8.0.16).
 */

/** Character sets whose own collation is not `…_general_ci` (SHOW CHARACTER SET). */
const ownCollations: Readonly<Record<string, string>> = {
  ...{ latin1: 'swedish', dec8: 'swedish', swe7: 'swedish', hp8: 'english', tis620: 'thai', euckr: 'korean' },
  ...{ big5: 'chinese', gb2312: 'chinese', gbk: 'chinese', gb18030: 'chinese', latin5: 'turkish' },
  ...{ ujis: 'japanese', sjis: 'japanese', cp932: 'japanese', eucjpms: 'japanese' },
};

function isOwn(charset: string, collation: string): boolean {
  return collation === `${charset}_${ownCollations[charset] ?? 'general'}_ci` || collation === charset;
}

/** Applies to what is not quoted: a quoted text is the user's. */
function outsideQuotes(text: string, change: (piece: string) => string): string {
  return text
    .split(/('(?:[^']|'')*'|`(?:[^`]|``)*`)/)
    .map((piece, index) => (index % 2 === 0 ? change(piece) : piece))
    .join('');
}

function plain(piece: string): string {
  return piece
    .replace(/(?<![A-Za-z0-9])(_?)utf8(?=_[a-z]|[^A-Za-z0-9_]|$)/g, '$1utf8mb3')
    .replace(/\b((?:tiny|small|medium|big)?int)\(\d+\)(?![^,\n]*\bzerofill\b)/gi, '$1')
    .replace(/\byear\(4\)/gi, 'year')
    .replace(/\b((?:CHARACTER SET|CHARSET)[ =](\w+)) COLLATE[ =](\w+)/g, (all, before: string, charset, collation) =>
      isOwn(charset, collation) ? before : all,
    );
}

const unencrypted = /\s*\/\*!80016 DEFAULT ENCRYPTION='N' \*\//;

function inCommonWords(text: string): string {
  return outsideQuotes(text.replace(unencrypted, ''), plain);
}

/**
 * @param texts each part's text by its name
 * @returns those parts that another version may word otherwise, in words that versions share; empty where it may leave it out
 */
export function reworded(texts: ReadonlyMap<string, string>): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, text] of texts) {
    const common = inCommonWords(text);
    if (common !== text) found.set(name, common);
  }
  const charset = inCommonWords(texts.get('option DEFAULT CHARSET') ?? '');
  const collation = inCommonWords(texts.get('option COLLATE') ?? '');
  if (charset !== '' && isOwn(charset, collation)) found.set('option COLLATE', '');
  return found;
}

/** How far texts of two servers may be compared, by their versions. */
export type Wording = 'same' | 'point release' | 'other series';

function numbers(version: string): readonly string[] {
  return /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(version)?.slice(1) ?? [version];
}

/** What follows the number (`-log`, `-MariaDB-0+deb12u1`) says nothing of how a definition is written. */
export function wording(source: string, copy: string): Wording {
  const [a, b] = [numbers(source), numbers(copy)];
  const sameServer = /mariadb/i.test(source) === /mariadb/i.test(copy);
  if (!sameServer || a[0] !== b[0] || a[1] !== b[1]) return 'other series';
  return a[2] === b[2] ? 'same' : 'point release';
}
