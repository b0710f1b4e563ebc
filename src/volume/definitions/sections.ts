/**
 * What the client printed, object by object. In batch mode a row is a line, and the client escapes tabs, line breaks and
 * backslashes (mysql manual, "--batch"). Bytes are kept as they are, one character each: a default may hold any.
 */
import { gunzipSync } from 'node:zlib';

export interface Section {
  /** What was asked for: `table`, `opens`, `rows`, … */
  readonly kind: string;
  /** What names the object, decoded. */
  readonly names: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly error: { readonly code: number; readonly message: string } | undefined;
}

const escaped: Readonly<Record<string, string>> = { n: '\n', t: '\t', '0': '\0', '\\': '\\' };

function unescaped(field: string): string {
  return field.replace(/\\([nt0\\])/g, (_all, letter: string) => escaped[letter] ?? letter);
}

/** Text of the client's bytes: names and messages are UTF-8. */
export function readable(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

function fromHex(hex: string): string {
  return Buffer.from(hex, 'hex').toString('utf8');
}

/** @param nonce first column of each line that begins a section */
export function sections(output: string, nonce: string): Section[] {
  const found: { kind: string; names: string[]; rows: string[][]; error: Section['error'] }[] = [];
  for (const line of gunzipSync(Buffer.from(output, 'base64')).toString('latin1').split('\n')) {
    if (line === '') continue;
    const [first = '', second = '', third = '', ...more] = line.split('\t');
    const current = found.at(-1);
    if (first === nonce) found.push({ kind: second, names: [third, ...more].map(fromHex), rows: [], error: undefined });
    // SHOW ERRORS prints Level, Code, Message; no object's own row begins with this level and a number of this kind.
    else if (current && first === 'Error' && /^\d{4}$/.test(second) && more.length === 0)
      current.error = { code: Number(second), message: readable(unescaped(third)) };
    else current?.rows.push([first, second, third, ...more].map(unescaped));
  }
  return found;
}
