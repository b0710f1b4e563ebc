/** Types as casts name them. */
import { canonicalName } from '../../format/names.ts';
import { type Input, NotUnderstood } from './input.ts';

export interface TypeName {
  /** In lower case, without the schema and the length: `character varying`, `citext`, `text[]`. */
  readonly to: string;
  /** The number in parentheses. */
  readonly length: number | undefined;
}

/** Words that may follow the first one of a type. */
const following: Readonly<Record<string, readonly string[]>> = {
  character: ['varying'],
  national: ['character', 'char', 'varying'],
  bit: ['varying'],
  double: ['precision'],
};
const short: Readonly<Record<string, string>> = {
  varchar: 'character varying',
  bpchar: 'character',
  char: 'character',
  int: 'integer',
  int4: 'integer',
  int8: 'bigint',
  int2: 'smallint',
  bool: 'boolean',
  decimal: 'numeric',
};

export function readType(input: Input): TypeName {
  const quoted = input.token?.kind === 'name';
  let name = input.name();
  if (name === undefined) throw new NotUnderstood();
  while (input.accept('.')) name = input.name() ?? '';
  for (const word of quoted ? [] : (following[name] ?? [])) if (input.accept(word)) name += ` ${word}`;
  const length = input.isSign(0, '(') ? lengthOf(input) : undefined;
  if (/^(timestamp|time)$/.test(name))
    for (const word of ['with', 'without']) if (input.accept(word, 'time', 'zone')) name += ` ${word} time zone`;
  // `"char"` is another type than char.
  let to = quoted ? (name === 'char' ? canonicalName('"char"') : name) : (short[name] ?? name);
  while (input.accept('[')) {
    if (!input.accept(']')) {
      input.next();
      input.expect(']');
    }
    to = to.endsWith('[]') ? to : `${to}[]`;
  }
  return { to, length };
}

function lengthOf(input: Input): number | undefined {
  const group = input.group();
  return group?.token?.kind === 'number' ? Number(group.token.text) : undefined;
}
