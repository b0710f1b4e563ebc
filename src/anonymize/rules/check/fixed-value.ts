/** Whether a column takes the text of the rule `fixed`. */
import type { ColumnType, TypeClass } from '../../schema/types.ts';

const forms: Readonly<Partial<Record<TypeClass, RegExp>>> = {
  integer: /^-?\d+$/,
  number: /^-?\d+(\.\d+)?$/,
  boolean: /^(true|false|t|f)$/,
  date: /^\d{4}-\d\d-\d\d$/,
  timestamp: /^\d{4}-\d\d-\d\d/,
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
  bytes: /^\\x([0-9a-f]{2})*$/i,
};

/** @returns what is wrong, if anything is */
export function checkFixed(text: string, type: ColumnType): string | undefined {
  if (type.maxCharacters !== undefined && [...text].length > type.maxCharacters)
    return `"${text}" is longer than ${type.written}; allowed: at most ${type.maxCharacters} characters`;
  // The form of an array is not checked.
  if (type.array) return undefined;
  if (type.enumeration !== undefined && !type.enumeration.includes(text))
    return `"${text}" is not a label of ${type.written}; allowed: ${type.enumeration.join(', ')}`;
  return (forms[type.base]?.test(text) ?? true)
    ? undefined
    : `"${text}" is not a value of ${type.written}; allowed: a value of that type`;
}
