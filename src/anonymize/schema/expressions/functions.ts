/** Functions of texts and numbers as people use them in CHECK, in indexes and in keys of partitions. All give NULL for NULL. */
import { createHash } from 'node:crypto';
import { isArray, type SqlValue, textOf, unknown } from './values.ts';

/** @returns undefined for arguments that it is not for */
type TextFunction = (args: readonly SqlValue[]) => SqlValue | undefined;

const text = (value: SqlValue | undefined): string => (value === undefined ? '' : textOf(value)) ?? notText();
const count = (value: SqlValue | undefined): number => {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : notText();
};

/** Thrown for a value that is no text or no number: what the function gives is not known then. */
export class OtherType extends Error {}

function notText(): never {
  throw new OtherType();
}

/** More characters than a function makes. */
const longest = 100_000;

const lower: TextFunction = ([value]) => text(value).toLowerCase();
const upper: TextFunction = ([value]) => text(value).toUpperCase();
const length: TextFunction = ([value]) => [...text(value)].length;
const octets: TextFunction = ([value]) => Buffer.byteLength(text(value));

const initcap: TextFunction = ([value]) =>
  text(value).replace(/[\p{L}\p{N}]+/gu, (word) => {
    const [first = '', ...rest] = [...word];
    return first.toUpperCase() + rest.join('').toLowerCase();
  });

const strpos: TextFunction = ([value, part]) => {
  const index = text(value).indexOf(text(part));
  return index < 0 ? 0 : [...text(value).slice(0, index)].length + 1;
};

const splitPart: TextFunction = ([value, delimiter, field]) => {
  const parts = text(delimiter) === '' ? [text(value)] : text(value).split(text(delimiter));
  const at = count(field);
  if (at === 0) return undefined;
  return parts[at > 0 ? at - 1 : parts.length + at] ?? '';
};

const left: TextFunction = ([value, many]) => [...text(value)].slice(0, count(many)).join('');

const right: TextFunction = ([value, many]) => {
  const characters = [...text(value)];
  const wanted = count(many);
  return (wanted >= 0 ? characters.slice(Math.max(0, characters.length - wanted)) : characters.slice(-wanted)).join('');
};

/** From a position on, counted from 1; characters before the first count, too. */
const substr: TextFunction = ([value, from, many]) => {
  const start = count(from);
  const end = many === undefined ? Number.POSITIVE_INFINITY : start + count(many);
  if (end < start) return undefined;
  return [...text(value)].slice(Math.max(0, start - 1), Math.max(0, end - 1)).join('');
};

function trimmed(
  value: SqlValue | undefined,
  characters: SqlValue | undefined,
  atStart: boolean,
  atEnd: boolean,
): string {
  const set = new Set(characters === undefined ? [' '] : [...text(characters)]);
  const all = [...text(value)];
  let from = 0;
  let to = all.length;
  while (atStart && from < to && set.has(all[from] as string)) from += 1;
  while (atEnd && to > from && set.has(all[to - 1] as string)) to -= 1;
  return all.slice(from, to).join('');
}

const padded = (value: SqlValue | undefined, width: number, fill: string, atStart: boolean): string | undefined => {
  const characters = [...text(value)];
  if (width > longest) return undefined;
  if (fill === '' || characters.length >= width) return characters.slice(0, Math.max(0, width)).join('');
  const missing = [...fill.repeat(width)].slice(0, width - characters.length).join('');
  return atStart ? missing + characters.join('') : characters.join('') + missing;
};

const translate: TextFunction = ([value, from, to]) => {
  const [before, after] = [[...text(from)], [...text(to)]];
  return [...text(value)].map((one) => (before.includes(one) ? (after[before.indexOf(one)] ?? '') : one)).join('');
};

const repeat: TextFunction = ([value, times]) =>
  text(value).length * count(times) > longest ? undefined : text(value).repeat(Math.max(0, count(times)));

const cardinality: TextFunction = ([array]) =>
  isArray(array ?? null) ? (array as readonly SqlValue[]).length : undefined;

const arrayLength: TextFunction = ([array, dimension]) => {
  if (array === undefined || !isArray(array) || count(dimension) !== 1) return undefined;
  return array.length === 0 ? null : array.length;
};

const substringIndex: TextFunction = ([value, delimiter, times]) => {
  const parts = text(value).split(text(delimiter));
  const many = count(times);
  return (many >= 0 ? parts.slice(0, many) : parts.slice(many)).join(text(delimiter));
};

const jsonValid: TextFunction = ([value]) => {
  try {
    JSON.parse(text(value));
    return true;
  } catch {
    return false;
  }
};

const functions: Readonly<Record<string, TextFunction>> = {
  lower,
  upper,
  initcap,
  strpos,
  instr: strpos,
  locate: ([part, value]) => strpos([value ?? null, part ?? null]),
  length,
  char_length: length,
  character_length: length,
  octet_length: octets,
  bit_length: ([value]) => 8 * Buffer.byteLength(text(value)),
  split_part: splitPart,
  left,
  right,
  substr,
  substring: substr,
  mid: substr,
  btrim: ([value, set]) => trimmed(value, set, true, true),
  ltrim: ([value, set]) => trimmed(value, set, true, false),
  rtrim: ([value, set]) => trimmed(value, set, false, true),
  lpad: ([value, width, fill]) => padded(value, count(width), fill === undefined ? ' ' : text(fill), true),
  rpad: ([value, width, fill]) => padded(value, count(width), fill === undefined ? ' ' : text(fill), false),
  replace: ([value, from, to]) =>
    text(from) === '' ? text(value) : text(value).replaceAll(text(from), () => text(to)),
  translate,
  repeat,
  reverse: ([value]) => [...text(value)].toReversed().join(''),
  starts_with: ([value, start]) => text(value).startsWith(text(start)),
  '^@': ([value, start]) => text(value).startsWith(text(start)),
  md5: ([value]) => createHash('md5').update(text(value)).digest('hex'),
  ascii: ([value]) => text(value).codePointAt(0) ?? 0,
  chr: ([code]) => String.fromCodePoint(count(code)),
  abs: ([value]) => Math.abs(count(value)),
  floor: ([value]) => Math.floor(count(value)),
  ceil: ([value]) => Math.ceil(count(value)),
  cardinality,
  array_length: arrayLength,
  string_to_array: ([value, delimiter]) =>
    text(delimiter) === '' ? undefined : text(value) === '' ? [] : text(value).split(text(delimiter)),
  array_to_string: ([array, delimiter]) =>
    array !== undefined && isArray(array)
      ? array
          .filter((one) => one !== null)
          .map((one) => text(one))
          .join(text(delimiter))
      : undefined,
  ucase: upper,
  lcase: lower,
  substring_index: substringIndex,
  json_valid: jsonValid,
  '+': ([one, other]) => count(one) + count(other),
  '-': ([one, other]) => count(one) - count(other),
  '*': ([one, other]) => count(one) * count(other),
  '%': ([one, other]) => (count(other) === 0 ? undefined : count(one) % count(other)),
  negative: ([value]) => -count(value),
};

/** The function of that name with these arguments, none of which is NULL or unknown. */
export function callFunction(name: string, args: readonly SqlValue[]): SqlValue {
  const known = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (known === undefined) return unknown;
  try {
    const value = known(args);
    return value === undefined ? unknown : value;
  } catch (error) {
    if (error instanceof OtherType || error instanceof RangeError) return unknown;
    throw error;
  }
}
