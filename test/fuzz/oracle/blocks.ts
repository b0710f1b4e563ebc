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
  if (!/^\s*(?:--[^\n]*\s+)*INSERT INTO/.test(statement)) yield statement;
  else for (const [literal] of statement.matchAll(/'(?:[^']|'')*'/g)) yield literal.slice(1, -1).replaceAll("''", "'");
}

const escaped: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/** A value of COPY without the escapes of the format (PostgreSQL manual, COPY, "Text Format"). */
function copiedValue(field: string): string {
  return field.replaceAll(/\\(.)/gs, (_, one: string) => escaped[one] ?? one);
}
