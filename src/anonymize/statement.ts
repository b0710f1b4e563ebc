/**
 * Addresses in what is not a row: comments, default expressions, function bodies, checks. Names (of tables, roles,
 * policies) stay, since a name that is changed in one place is another name; the leak check tells of addresses in them.
 */
import { eachLiteral } from './literals.ts';
import type { Patches } from './patches.ts';
import { Candidates } from './text/at-signs.ts';
import type { Replace } from './text/replacement.ts';
import { patchAddresses } from './values.ts';

const candidates = new Candidates();

/** @returns how many addresses were replaced */
export function patchStatement(
  bytes: Buffer,
  from: number,
  to: number,
  backslashes: boolean,
  replace: Replace,
  patches: Patches,
): number {
  candidates.begin(bytes, from, to);
  if (candidates.next(from) >= to) return 0;
  const column = { replace, nesting: 0, maxCharacters: Number.POSITIVE_INFINITY };
  let count = 0;
  eachLiteral(bytes, from, to, backslashes, (kind, codec, start, end) => {
    if (kind !== 'name' && candidates.next(start) < end)
      count += patchAddresses(bytes, start, end, codec, column, patches);
  });
  return count;
}
