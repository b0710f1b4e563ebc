/** BSON values as text in a normal form, which is the same whatever server wrote them: for definitions, not for documents. */

import { Fields } from './ordered.ts';

/** Whether the order of a document's fields means something: in pipelines and validators it may, in flat options it does not. */
export type Order = 'kept' | 'sorted';

type Plain = Readonly<Record<string, unknown>>;

/** Numbers of one value are the same, whatever their type: servers store the numbers of options in types of their own. */
export function words(value: unknown, order: Order): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return JSON.stringify(value);
  if (value instanceof Date) return `Date(${value.getTime()})`;
  if (value instanceof RegExp) return String(value);
  if (Array.isArray(value)) return `[${value.map((one) => words(one, order)).join(',')}]`;
  if (value instanceof Uint8Array) return `Binary(${Buffer.from(value).toString('base64')})`;
  if (value instanceof Fields) return document(value.entries, order);
  const { _bsontype: type } = value as { readonly _bsontype?: string };
  return type === undefined ? document(Object.entries(value), order) : special(type, value as Plain, order);
}

function document(entries: Fields['entries'], order: Order): string {
  const fields = order === 'sorted' ? entries.toSorted(([a], [b]) => (a < b ? -1 : 1)) : entries;
  return `{${fields.map(([name, one]) => `${JSON.stringify(name)}:${words(one, order)}`).join(',')}}`;
}

/** Types of the BSON library. */
function special(type: string, value: Plain, order: Order): string {
  if (type === 'Int32' || type === 'Double') return String((value as { value: number }).value);
  if (type === 'Long') return String(value);
  if (type === 'Binary') {
    const { sub_type: subType, buffer, position } = value as { sub_type: number; buffer: Uint8Array; position: number };
    return `Binary(${subType},${Buffer.from(buffer.subarray(0, position)).toString('base64')})`;
  }
  const inner = Object.entries(value)
    .filter(([name]) => !name.startsWith('_'))
    .map(([name, one]) => `${name}:${words(one, order)}`);
  return `${type}(${type === 'ObjectId' || type === 'Decimal128' ? String(value) : inner.join(',')})`;
}
