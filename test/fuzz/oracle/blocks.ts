/** Divides a dump into parts that are searched on their own: values as they are in the table, and other statements. */

export function* blocksOf(dump: string): Generator<string> {
  let inRows = false;
  let statement: string[] = [];
  /** Hexadecimal digits of a large object so far: it is written in pieces. */
  let digits = '';
  for (const line of dump.split('\n')) {
    if (inRows) {
      inRows = line !== '\\.';
      if (inRows) yield* line.split('\t').map(copiedValue);
      continue;
    }
    const piece = lowrite.exec(line)?.[1];
    if (piece !== undefined) {
      digits += piece;
      continue;
    }
    if (digits !== '') yield `\\x${digits}`;
    digits = '';
    statement.push(line);
    const isCopy = /^COPY .* FROM stdin;$/.test(line);
    if (!isCopy && !line.endsWith(';')) continue;
    yield* partsOf(statement.join('\n'));
    statement = [];
    inRows = isCopy;
  }
  yield* partsOf(statement.join('\n'));
}

const lowrite = /^SELECT pg_catalog\.lowrite\(\d+, '\\x([0-9a-f]*)'\);$/;

/** The literals of an INSERT; any other statement as it is. */
function* partsOf(statement: string): Generator<string> {
  if (mysqlInsert.test(statement)) yield* mysqlLiterals(statement);
  else if (!/^\s*(?:--[^\n]*\s+)*INSERT INTO/.test(statement)) yield statement;
  else for (const [literal] of statement.matchAll(/'(?:[^']|'')*'/g)) yield literal.slice(1, -1).replaceAll("''", "'");
}

const mysqlInsert = /^\s*INSERT INTO `/;
/** Escapes of MySQL's strings (MySQL manual, 11.1.1). */
const ofMysql: Readonly<Record<string, string>> = { 0: '\0', n: '\n', r: '\r', t: '\t', b: '\b', Z: '\x1a' };

/** The literals of an INSERT of MySQL: strings, and bytes as digits. */
function* mysqlLiterals(statement: string): Generator<string> {
  for (const [all, string, digits] of statement.matchAll(/'((?:[^'\\]|\\.|'')*)'|\b0x([0-9A-Fa-f]+)/gs))
    if (digits !== undefined) yield `\\x${digits}`;
    else
      yield (string ?? all).replaceAll(/\\(.)|''/gs, (_all, one?: string) =>
        one === undefined ? "'" : (ofMysql[one] ?? one),
      );
}

const escaped: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/** A value of COPY without the escapes of the format (PostgreSQL manual, COPY, "Text Format"). */
function copiedValue(field: string): string {
  return field.replaceAll(/\\(.)/gs, (_, one: string) => escaped[one] ?? one);
}
