/** Whether a column takes the text of the rule `fixed`. */
import {
  arrayParts,
  compositeParts,
  multirangeParts,
  type NestedPart,
  rangeParts,
} from '../../format/nested-values.ts';
import type { SqlDialect } from '../../schema/expressions/lexer.ts';
import type { ColumnType } from '../../schema/types.ts';
import { type Fit, fitsType } from './text-forms.ts';

/** @param dialect MySQL reads no words in dates. @returns what is wrong, if anything is */
export function checkFixed(text: string, type: ColumnType, dialect: SqlDialect = 'postgresql'): string | undefined {
  if (type.maxCharacters !== undefined && [...text.replace(/ +$/, '')].length > type.maxCharacters)
    return `"${text}" is longer than ${type.written}; allowed: at most ${type.maxCharacters} characters`;
  if (!type.array && type.enumeration !== undefined && !isLabel(text, type))
    return `"${text}" is not a label of ${type.written}; allowed: ${type.enumeration.join(', ')}`;
  const isWorded = dialect === 'mysql' && /^(date|time|year)/i.test(type.underlying) && !/^[\d\s:.T/+-]+$/.test(text);
  return isWorded || fixedFit(text, type) === 'refused'
    ? `"${text}" is not a value of ${type.written}; allowed: ${exampleOf(type)}`
    : undefined;
}

/** `unknown`: only the server can tell, since the type is none of its own or has a form of its own. */
export function fixedFit(text: string, type: ColumnType): Fit {
  const { inside } = type;
  if (inside === undefined) {
    if (type.enumeration !== undefined) return isLabel(text, type) ? 'fits' : 'refused';
    if (type.maxCharacters !== undefined && [...text.replace(/ +$/, '')].length > type.maxCharacters) return 'refused';
    return fitsType(text, type);
  }
  const value = Buffer.from(text);
  const parts = partsOf(value, inside.kind);
  if (parts === undefined) return 'refused';
  const types = inside.kind === 'composite' ? inside.fields() : parts.map(() => inside.of());
  if (inside.kind === 'composite' && types.length !== parts.length) return 'refused';
  const fits = parts.map((part, index) => {
    const own = types[index] as ColumnType;
    const partText = part.text.toString('utf8');
    // Nothing is NULL in a composite value, and an open bound in a range.
    const isNothing = part.isNull || (partText === '' && inside.kind !== 'array');
    return isNothing ? 'fits' : fixedFit(partText, own);
  });
  if (inside.kind === 'range' && !inOrder(parts, inside.of())) return 'refused';
  return fits.find((fit) => fit === 'refused') ?? fits.find((fit) => fit === 'unknown') ?? 'fits';
}

function partsOf(value: Buffer, kind: NonNullable<ColumnType['inside']>['kind']): readonly NestedPart[] | undefined {
  switch (kind) {
    case 'array':
      return arrayParts(value);
    case 'composite':
      return compositeParts(value);
    case 'range':
      return rangeParts(value);
    case 'multirange':
      return multirangeParts(value);
  }
}

/** Whether the lower bound is not above the upper one; of types without an order that is known, it counts so. */
function inOrder(parts: readonly NestedPart[], type: ColumnType): boolean {
  const [lower = '', upper = ''] = parts.map(({ text }) => text.toString('utf8').trim());
  if (lower === '' || upper === '') return true;
  if (type.base === 'integer' || type.base === 'number') return !(Number(lower) > Number(upper));
  const isIso = /^\d{4}-\d\d-\d\d/;
  if (type.base === 'date' || type.base === 'timestamp')
    return !(isIso.test(lower) && isIso.test(upper) && lower.slice(0, 10) > upper.slice(0, 10));
  return true;
}

/** A SET of MySQL holds several. */
function isLabel(text: string, { enumeration = [], underlying }: ColumnType): boolean {
  const labels = /^set\b/i.test(underlying) ? text.split(',').filter((one) => one !== '') : [text];
  return labels.every((label) => enumeration.includes(label));
}

function exampleOf({ inside, enumeration }: ColumnType): string {
  if (inside?.kind === 'array') return 'a value of that type, such as {}';
  if (inside?.kind === 'composite') return `a value of that type, such as (${','.repeat(inside.fields().length - 1)})`;
  if (inside?.kind === 'range') return 'a value of that type, such as empty';
  return enumeration === undefined ? 'a value of that type' : enumeration.join(', ');
}
