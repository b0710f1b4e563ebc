/** What a validator asks of the fields of a document, as far as it refuses values that the anonymiser writes. */

import { arrayOf, type Json, numberOf, objectOf } from './extended-json.ts';

/** What one field must be. */
export interface Limits {
  /** In characters. */
  readonly maxLength?: number | undefined;
  readonly minLength?: number | undefined;
  /** Regular expressions, with their options. */
  readonly patterns: readonly RegExp[];
  /** Whether it names all values that are allowed. */
  readonly values: readonly unknown[] | undefined;
  /** The names of the types that are allowed. */
  readonly types: readonly string[] | undefined;
}

/** @param validator as the collection's options have it: $jsonSchema, expressions of queries, or both */
export function validatorLimits(validator: Json): ReadonlyMap<string, Limits> {
  const limits = new Map<string, Limits>();
  query(validator, limits);
  return limits;
}

function query(expression: Json, limits: Map<string, Limits>): void {
  for (const [key, value] of Object.entries(objectOf(expression))) {
    if (key === '$jsonSchema') schema(value, '', limits);
    else if (key === '$and') for (const one of arrayOf(value)) query(one, limits);
    else if (!key.startsWith('$')) condition(key, value, limits);
  }
}

/** `{email: {$regex: '…'}}`, `{email: /…/}`, `{state: {$in: […]}}`, `{name: {$type: 'string'}}`. */
function condition(path: string, value: Json, limits: Map<string, Limits>): void {
  const { $regex, $options, $in, $type } = objectOf(value);
  const pattern = patternOf(value) ?? patternOf($regex, typeof $options === 'string' ? $options : '');
  const values = Array.isArray($in) ? $in : undefined;
  if (pattern !== undefined || values !== undefined || $type !== undefined)
    add(path, { patterns: pattern ? [pattern] : [], values, types: namesOf($type) }, limits);
}

function schema(value: Json, path: string, limits: Map<string, Limits>): void {
  const { properties, items, maxLength, minLength, pattern, enum: values, bsonType, type, allOf } = objectOf(value);
  const found = patternOf(pattern);
  if (path !== '')
    add(
      path,
      {
        maxLength: numberOf(maxLength),
        minLength: numberOf(minLength),
        patterns: found ? [found] : [],
        values: Array.isArray(values) ? values : undefined,
        types: namesOf(bsonType ?? type),
      },
      limits,
    );
  for (const [name, one] of Object.entries(objectOf(properties)))
    schema(one, path === '' ? name : `${path}.${name}`, limits);
  // What an array's elements must be: a path passes through arrays.
  for (const one of items === undefined ? [] : [items].flat()) schema(one, path, limits);
  for (const one of arrayOf(allOf)) schema(one, path, limits);
}

function add(path: string, more: Limits, limits: Map<string, Limits>): void {
  const known = limits.get(path);
  limits.set(path, {
    maxLength: least(known?.maxLength, more.maxLength),
    minLength: more.minLength ?? known?.minLength,
    patterns: [...(known?.patterns ?? []), ...more.patterns],
    values: more.values ?? known?.values,
    // Of an array, the type of its elements is also among them.
    types: known?.types === undefined ? more.types : [...known.types, ...(more.types ?? [])],
  });
}

function least(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);
}

/** PCRE as JavaScript reads it; undefined when it does not. */
function patternOf(value: Json, options = ''): RegExp | undefined {
  const { $regularExpression } = objectOf(value);
  const written = objectOf($regularExpression);
  const text = typeof value === 'string' ? value : written.pattern;
  const flags = typeof written.options === 'string' ? written.options : options;
  if (typeof text !== 'string') return undefined;
  try {
    return new RegExp(text, [...flags].filter((flag) => 'ims'.includes(flag)).join(''));
  } catch {
    return undefined;
  }
}

function namesOf(types: Json): readonly string[] | undefined {
  const names = (Array.isArray(types) ? types : [types]).filter((one) => typeof one === 'string');
  return names.length === 0 ? undefined : names;
}
