/** Values of MongoDB Extended JSON (v2), in which mongodump writes options and indexes. */

export type Json = unknown;
type JsonObject = { readonly [key: string]: Json };

export function objectOf(value: Json): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

export function arrayOf(value: Json): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

/** A number in any form of Extended JSON; undefined for anything else. */
export function numberOf(value: Json): number | undefined {
  if (typeof value === 'number') return value;
  const { $numberInt, $numberLong, $numberDouble } = objectOf(value);
  const text = $numberInt ?? $numberLong ?? $numberDouble;
  return typeof text === 'string' ? Number(text) : undefined;
}
