/** How much room the parts of arrays, composite values and ranges have for text. */
import type { ColumnType } from './types.ts';

export type NestedRoom =
  | { readonly kind: 'text'; readonly maxCharacters: number }
  | { readonly kind: 'array' | 'range' | 'multirange'; readonly of: NestedRoom }
  /** Fields without a limit are undefined. */
  | { readonly kind: 'composite'; readonly fields: readonly (NestedRoom | undefined)[] };

/** Levels that are followed. Real types are never nested so deeply, but a statement may say anything. */
const maxDepth = 20;

/** @returns undefined where no part has a limit, nor is a range of texts */
export function nestedRoom(type: ColumnType): NestedRoom | undefined {
  return type.inside === undefined ? undefined : roomOf(type, new Map(), 0);
}

/** @param known by the name of a type, so that each is followed once */
function roomOf(type: ColumnType, known: Map<string, NestedRoom | undefined>, depth: number): NestedRoom | undefined {
  const { inside, written, maxCharacters } = type;
  if (inside === undefined) return maxCharacters === undefined ? undefined : { kind: 'text', maxCharacters };
  if (known.has(written) || depth > maxDepth) return known.get(written);
  known.set(written, undefined);
  const room = insideRoom(inside, known, depth + 1);
  known.set(written, room);
  return room;
}

function insideRoom(
  inside: NonNullable<ColumnType['inside']>,
  known: Map<string, NestedRoom | undefined>,
  depth: number,
): NestedRoom | undefined {
  if (inside.kind === 'composite') {
    const fields = inside.fields().map((field) => roomOf(field, known, depth));
    return fields.every((field) => field === undefined) ? undefined : { kind: 'composite', fields };
  }
  const type = inside.of();
  const unlimited: NestedRoom = { kind: 'text', maxCharacters: Number.POSITIVE_INFINITY };
  // Bounds of a range have an order, whatever room they have.
  const of = roomOf(type, known, depth) ?? (inside.kind === 'range' && type.base === 'text' ? unlimited : undefined);
  return of && { kind: inside.kind, of };
}

/** Characters of the shortest address: `a@b.c`. */
const shortestEmail = 5;
/** A shorter field of a composite value holds something else: a label beside the address. */
const shortestField = 13;

/** The fewest characters of a part that has room for an address. @param least characters of the shortest address that counts */
export function narrowest(room: NestedRoom | undefined, least = shortestEmail): number {
  if (room === undefined) return Number.POSITIVE_INFINITY;
  if (room.kind === 'text') return room.maxCharacters >= least ? room.maxCharacters : Number.POSITIVE_INFINITY;
  if (room.kind === 'composite') return Math.min(...room.fields.map((field) => narrowest(field, shortestField)));
  return narrowest(room.of, least);
}
