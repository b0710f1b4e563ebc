/** Divides a dump into parts that are searched on their own: values of COPY as they are in the table, and statements elsewhere. */

export function* blocksOf(dump: string): Generator<string> {
  let inRows = false;
  let statement: string[] = [];
  for (const line of dump.split('\n')) {
    if (inRows) {
      inRows = line !== '\\.';
      if (inRows) yield* line.split('\t').map(copiedValue);
      continue;
    }
    statement.push(line);
    const isCopy = /^COPY .* FROM stdin;$/.test(line);
    if (!isCopy && !line.endsWith(';')) continue;
    yield statement.join('\n');
    statement = [];
    inRows = isCopy;
  }
  yield statement.join('\n');
}

const escaped: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/** A value of COPY without the escapes of the format (PostgreSQL manual, COPY, "Text Format"). */
function copiedValue(field: string): string {
  return field.replaceAll(/\\(.)/gs, (_, one: string) => escaped[one] ?? one);
}
