/** How many characters a CHECK asks for: `length(email) = 40`, `char_length(email) BETWEEN 38 AND 40`. */
import { columnsIn, type Expression, walk } from '../../schema/expressions/tree.ts';

const measures = /^(length|char_length|character_length|octet_length)$/;
/** Shorter ones have no room for a domain, and longer ones are no addresses (RFC 5321, 4.5.3.1). */
const shortest = 8;
const longest = 254;
const domain = '@corp.example';

export function lengthsIn(expression: Expression): readonly number[] {
  const found = new Set<number>();
  walk(expression, (part) => {
    if (part.kind !== 'call' || !/^((any|all) )?(=|<>|<=?|>=?)$/.test(part.name) || !part.args.some(isMeasured)) return;
    for (const side of part.args)
      walk(side, (one) => {
        if (one.kind !== 'literal' || typeof one.value !== 'number') return;
        for (const by of /^[<>]$/.test(part.name) ? [-1, 1] : [0]) found.add(one.value + by);
      });
  });
  return [...found].filter((length) => Number.isInteger(length) && length >= shortest && length <= longest);
}

function isMeasured(side: Expression): boolean {
  if (side.kind === 'cast') return isMeasured(side.of);
  return side.kind === 'call' && measures.test(side.name) && columnsIn(side).size > 0;
}

/** Addresses of this length. */
export function addressesOf(length: number): readonly string[] {
  const local = length - domain.length;
  return local < 1 ? [] : ['nab', 'cod'].map((word) => `${word.repeat(Math.ceil(local / 3)).slice(0, local)}${domain}`);
}
