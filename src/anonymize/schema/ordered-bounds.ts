/**
 * Addresses that bound partitions by range: each becomes a text of its own in the same order, so that no partition becomes empty or
 * overlaps another.
 */
import type { Catalogue } from './catalogue.ts';
import { mysqlPartitions } from './mysql/partitions.ts';
import { type PartitionBounds, readBounds } from './partition-bounds.ts';
import { order } from './partition-order.ts';
import type { Table } from './table.ts';

/**
 * What is written instead of each bound with an address, by the bound.
 * @param hasAddress whether a text is, or holds, an address that is replaced
 */
export function orderedBounds(
  catalogue: Catalogue,
  hasAddress: (text: string) => boolean,
): ReadonlyMap<string, string> {
  const texts = [...new Set(catalogue.tables().flatMap((table) => boundsOf(table, catalogue).flatMap(rangeTexts)))];
  texts.sort((one, other) => order(one, other, false) ?? Buffer.compare(Buffer.from(one), Buffer.from(other)));
  const addresses = texts.filter(hasAddress);
  const digits = String(addresses.length).length;
  const mixed = addresses.length < texts.length;
  const half = Math.ceil(addresses.length / 2);
  const made = new Map<string, string>();
  let below = '';
  for (const text of texts) {
    const index = addresses.indexOf(text);
    if (index < 0) {
      below = text;
      continue;
    }
    const number = String(index).padStart(digits, '0');
    // Digits come before letters in every order. The usual replacements of addresses lie between the two halves.
    const word = index < half ? 'anybody' : 'somebody';
    made.set(text, mixed ? `${below}0${number}` : `${word}-${number}@example.com`);
  }
  return made;
}

function boundsOf({ bounds }: Table, { dialect }: Catalogue): readonly PartitionBounds[] {
  if (bounds === undefined) return [];
  if (dialect.name === 'mysql') return mysqlPartitions(bounds);
  const read = readBounds(bounds);
  return read === undefined ? [] : [read];
}

function rangeTexts(bounds: PartitionBounds): readonly string[] {
  if (bounds.kind !== 'range') return [];
  return [...bounds.from, ...bounds.to].flatMap((bound) =>
    'value' in bound && typeof bound.value === 'string' ? [bound.value] : [],
  );
}
