/** Takes SHOW CREATE TABLE apart: columns, keys, constraints, options and partitions, each by a name that a reader knows. */

/** Length of a quoted piece that begins at `from`: a quote within it is doubled (MySQL's sql_show.cc). */
function quotedEnd(text: string, from: number): number {
  const quote = text[from] ?? '';
  let at = from + 1;
  while (at < text.length) {
    if (text[at] !== quote) at += 1;
    else if (text[at + 1] === quote) at += 2;
    else return at + 1;
  }
  return text.length;
}

/** The list between the first parenthesis and its counterpart, and what follows it. */
function listOf(text: string): { items: string[]; rest: string } {
  const items: string[] = [];
  let [depth, start, at] = [0, 0, 0];
  while (at < text.length) {
    const character = text[at] ?? '';
    if (character === '`' || character === "'" || character === '"') {
      at = quotedEnd(text, at);
      continue;
    }
    if (character === '(') {
      depth += 1;
      if (depth === 1) start = at + 1;
    } else if (depth === 1 && (character === ',' || character === ')')) {
      items.push(text.slice(start, at).trim());
      start = at + 1;
    }
    if (character === ')') depth -= 1;
    at += 1;
    if (character === ')' && depth === 0) break;
  }
  return { items, rest: text.slice(at) };
}

/** Where the first quoted name in a piece ends. */
function upToName(text: string): string {
  const from = text.indexOf('`');
  return from < 0 ? text : text.slice(0, quotedEnd(text, from));
}

function itemName(item: string, position: number): string {
  if (item.startsWith('`')) return `column ${upToName(item)}`;
  if (/^PRIMARY KEY\b/.test(item)) return 'primary key';
  const key = /^(?:UNIQUE |FULLTEXT |SPATIAL |VECTOR )?(?:KEY|INDEX) (?=`)/.exec(item);
  if (key) return `key ${upToName(item.slice(key[0].length))}`;
  if (item.startsWith('CONSTRAINT `')) {
    const name = upToName(item).slice('CONSTRAINT '.length);
    const rest = item.slice('CONSTRAINT '.length + name.length);
    return rest.startsWith(' FOREIGN KEY') ? `foreign key ${name}` : `constraint ${name}`;
  }
  if (/^PERIOD FOR\b/.test(item)) return 'period';
  return `item ${position}`;
}

export interface TableText {
  /** Part by name, each with its text. */
  readonly parts: ReadonlyMap<string, string>;
  readonly engine?: string;
  readonly autoIncrement?: string;
  /** Whether a column counts by itself. */
  readonly counts: boolean;
}

/** The text with nothing but the letter q where something is quoted: every other character stays where it is. */
function withoutQuoted(text: string): string {
  return text.replace(/'(?:[^']|'')*'|`(?:[^`]|``)*`/g, (quoted) => 'q'.repeat(quoted.length));
}

/** A version comment says from which version on a server reads its content; the content is what is compared. */
function withoutVersionComments(text: string): string {
  return text.replace(/\/\*[!M]+\d*\s?/g, '').replace(/\s?\*\//g, '');
}

const option =
  /(?<= |^)((?:[A-Z][A-Z_]* )?(?:[A-Z_]+|`(?:[^`]|``)*`))\s?=\s?('(?:[^']|'')*'|`(?:[^`]|``)*`|\([^()]*\)|[^\s'`,]+)/g;

export function takeTableApart(text: string): TableText {
  const { items, rest } = listOf(text.slice(upToName(text).length));
  const parts = new Map<string, string>();
  items.forEach((item, index) => {
    parts.set(itemName(item, index + 1), item);
  });
  const columns = items.filter((item) => item.startsWith('`'));
  parts.set('order of columns', columns.map(upToName).join(','));
  const at = withoutQuoted(rest).search(/\n?\s*(?:\/\*!\d* ?)?PARTITION BY /);
  const [options, partitions] = at < 0 ? [rest, ''] : [rest.slice(0, at), rest.slice(at)];
  if (partitions !== '') parts.set('partitions', withoutVersionComments(partitions).replace(/\s+/g, ' ').trim());
  let [engine, autoIncrement]: (string | undefined)[] = [];
  const others = withoutVersionComments(options).replace(option, (_all, name: string, value: string) => {
    if (name === 'ENGINE') engine = value;
    if (name === 'AUTO_INCREMENT') autoIncrement = value;
    else parts.set(`option ${name}`, value);
    return '';
  });
  const left = others.replace(/\s+/g, ' ').trim();
  if (left !== '') parts.set('other options', left);
  return {
    parts,
    ...(engine === undefined ? {} : { engine }),
    ...(autoIncrement === undefined ? {} : { autoIncrement }),
    counts: columns.some((column) => / AUTO_INCREMENT\b/.test(withoutQuoted(column))),
  };
}
