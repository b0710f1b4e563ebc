/**
 * Addresses in what is not a row: comments, default expressions, function bodies, checks. Names (of tables, roles,
 * policies) stay, since a name that is changed in one place is another name; the leak check tells of addresses in them.
 */

import type { Patches } from '../bytes/patches.ts';
import { Candidates } from '../emails/at-signs.ts';
import type { Replace } from '../emails/replacement.ts';
import { eachLiteral } from '../format/literals.ts';
import { patchAddresses } from './field.ts';

const candidates = new Candidates();

export interface StatementOptions {
  /** Whether plain strings have backslash escapes. */
  readonly backslashes: boolean;
  readonly replace: Replace;
  readonly replaceApart: Replace;
}

/** @returns how many addresses were replaced */
export function patchStatement(
  bytes: Buffer,
  from: number,
  to: number,
  { backslashes, replace, replaceApart }: StatementOptions,
  patches: Patches,
): number {
  candidates.begin(bytes, from, to);
  if (candidates.next(from) >= to) return 0;
  const groups = apartGroups(bytes, from, to, backslashes);
  const column = { nesting: 0, maxCharacters: Number.POSITIVE_INFINITY };
  let count = 0;
  eachLiteral(bytes, from, to, backslashes, (kind, codec, start, end) => {
    if (kind === 'name' || candidates.next(start) >= end) return;
    const apart = groups.some((one) => one.start < start && start < one.end);
    const plan = { ...column, replace: apart ? replaceApart : replace };
    if (kind !== 'dollar') count += patchAddresses(bytes, start, end, codec, plan, patches);
    else
      for (const part of codeParts(bytes, start, end))
        if (candidates.next(part.start) < part.end)
          count += patchAddresses(bytes, part.start, part.end, codec, plan, patches);
  });
  return count;
}

/** A body between its quotes and dollars: `E'john@…'` and `$b$john@…` are no names with a sign in them. */
function* codeParts(bytes: Buffer, from: number, to: number): Generator<{ start: number; end: number }> {
  let start = from;
  for (let at = from; at < to; at += 1) {
    if (bytes[at] !== 0x27 && bytes[at] !== 0x24) continue;
    if (at > start) yield { start, end: at };
    start = at + 1;
  }
  if (to > start) yield { start, end: to };
}

const group = /\b(?:check|as\s+enum|for\s+values\s+in)\s*\(/i;

/**
 * Where a statement that defines something names values that must stay unlike each other: the parentheses after CHECK, the
 * labels of an enumeration, the list of a partition.
 */
function apartGroups(
  bytes: Buffer,
  from: number,
  to: number,
  backslashes: boolean,
): readonly { readonly start: number; readonly end: number }[] {
  const text = bytes.toString('latin1', from, to);
  if (!group.test(text) || !/^\s*(create|alter)\b/im.test(text)) return [];
  // Parentheses in literals do not count.
  const code = Buffer.from(bytes.subarray(from, to));
  eachLiteral(bytes, from, to, backslashes, (_kind, _codec, start, end) => {
    code.fill(0x20, start - from, end - from);
  });
  const bare = code.toString('latin1');
  return [...bare.matchAll(new RegExp(group, 'gi'))].map((match) => {
    let depth = 1;
    let at = match.index + match[0].length;
    for (; at < bare.length && depth > 0; at += 1) {
      if (bare[at] === '(') depth += 1;
      else if (bare[at] === ')') depth -= 1;
    }
    return { start: from + match.index, end: from + at };
  });
}
