/**
 * Shortens addresses inside arrays, composite values and ranges, where an element, a field or a bound has room for fewer characters.
 * Only values in which an address was replaced come here.
 */
import type { Patches } from '../bytes/patches.ts';
import { shortened } from '../emails/replacement.ts';
import { arrayParts, compositeParts, multirangeParts, type NestedPart, rangeParts } from '../format/nested-values.ts';
import type { NestedRoom } from '../schema/nested-room.ts';
import { characters, fillStart } from './shorten.ts';

const nothing = Buffer.alloc(0);

/**
 * @param bytes holds the value's text between `from` and `to`
 * @param patches those of the value alone, in ascending order; shortened in place
 */
export function fitNested(bytes: Buffer, from: number, to: number, room: NestedRoom, patches: Patches): void {
  const text = bytes.subarray(from, to);
  const at = Array.from({ length: text.length + 1 }, (_, index) => from + index);
  fitPart({ text, at, isNull: false }, room, patches);
}

function fitPart(part: NestedPart, room: NestedRoom, patches: Patches): void {
  if (part.isNull || !holdsPatch(part, patches)) return;
  if (room.kind === 'text') {
    fitText(part, room.maxCharacters, patches);
    return;
  }
  const parts = partsOf(part.text, room);
  const inners = parts.map((inner) => placed(inner, part));
  if (room.kind === 'range' && openBound(part, parts, inners, patches)) return;
  inners.forEach((inner, index) => {
    const own = room.kind === 'composite' ? room.fields[index] : room.of;
    if (own !== undefined) fitPart(inner, own, patches);
  });
}

/**
 * Leaves a bound with an address open where the other has none: the replacement could be on the wrong side of it. Two addresses become
 * the same one, and the range an empty one, or they are distinct and in any order: then both are left open.
 */
function openBound(
  { at }: NestedPart,
  parts: readonly NestedPart[],
  inners: readonly NestedPart[],
  patches: Patches,
): boolean {
  const replaced = inners.filter((inner) => holdsPatch(inner, patches));
  if (inners.length !== 2 || (replaced.length === 2 && sameText(patches))) return false;
  const middle = (parts[0] as NestedPart).at.at(-1) as number;
  inners.forEach((inner, index) => {
    if (!replaced.includes(inner)) return;
    // Behind the bracket or the comma, so that a quote goes with all that escapes it.
    const [start, end] = [(at[index === 0 ? 0 : middle] as number) + 1, inner.at.at(-1) as number];
    let first = true;
    for (let patch = 0; patch < patches.count; patch += 1) {
      if ((patches.starts[patch] as number) < start || (patches.ends[patch] as number) > end) continue;
      patches.starts[patch] = first ? start : end;
      patches.ends[patch] = end;
      patches.setText(patch, nothing);
      first = false;
    }
  });
  return true;
}

function sameText(patches: Patches): boolean {
  const first = patches.text(0);
  for (let index = 1; index < patches.count; index += 1) if (!patches.text(index).equals(first)) return false;
  return true;
}

function partsOf(text: Buffer, room: Exclude<NestedRoom, { readonly kind: 'text' }>): readonly NestedPart[] {
  // What is not written as PostgreSQL does stays as it is.
  switch (room.kind) {
    case 'array':
      return arrayParts(text) ?? [];
    case 'composite':
      return compositeParts(text) ?? [];
    case 'range':
      return rangeParts(text) ?? [];
    case 'multirange':
      return multirangeParts(text) ?? [];
  }
}

/** The part with its places in the whole value. */
function placed(inner: NestedPart, outer: NestedPart): NestedPart {
  return { ...inner, at: inner.at.map((index) => outer.at[index] as number) };
}

function holdsPatch({ at }: NestedPart, patches: Patches): boolean {
  const [from, to] = [at[0] as number, at.at(-1) as number];
  for (let index = 0; index < patches.count; index += 1)
    if ((patches.starts[index] as number) < to && (patches.ends[index] as number) > from) return true;
  return false;
}

function fitText({ text, at }: NestedPart, maxCharacters: number, patches: Patches): void {
  const indexes: number[] = [];
  const before: number[] = [];
  // Blanks at the end take no room: the server cuts them off (SQL standard; PostgreSQL manual, "Character Types").
  let length = characters(text.subarray(0, fillStart(text, 0, text.length)));
  for (let index = 0; index < patches.count; index += 1) {
    const [start, end] = [patches.starts[index] as number, patches.ends[index] as number];
    const [first, last] = [at.findIndex((place) => place >= start), at.findIndex((place) => place >= end)];
    if (start >= (at.at(-1) as number) || end <= (at[0] as number)) continue;
    const old = characters(text.subarray(first, last < 0 ? text.length : last));
    indexes.push(index);
    before.push(old);
    length += characters(patches.text(index)) - old;
  }
  indexes.forEach((index, nth) => {
    if (length <= maxCharacters) return;
    const address = patches.text(index);
    const room = Math.max(maxCharacters - length + characters(address), before[nth] as number);
    const short = shortened(address.toString('utf8'), room);
    length += short.length - characters(address);
    patches.setText(index, Buffer.from(short));
  });
}
