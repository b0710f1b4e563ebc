/** Comparing policies, which AWS does not give back exactly as they were written. */
import { isDeepStrictEqual } from 'node:util';

export interface PolicyDocument {
  readonly Statement: unknown;
}

/** Same statements; of keys and of lists the order does not matter, and one element is the same as a list of one. */
export function samePolicy(a: PolicyDocument, b: PolicyDocument | string): boolean {
  const other = typeof b === 'string' ? (JSON.parse(b) as PolicyDocument) : b;
  return isDeepStrictEqual(normal(a.Statement), normal(other.Statement));
}

function normal(value: unknown): unknown {
  if (Array.isArray(value)) {
    const all = value.map(normal);
    return all.length === 1 ? all[0] : all.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  if (typeof value === 'boolean' || typeof value === 'number') return String(value);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, one]) => [key, normal(one)]));
}
