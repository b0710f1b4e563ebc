/** Bracket expressions: `[a-z0-9_]`, `[^[:space:]@]`. */
import { type Text, Unsupported } from './pattern.ts';
import { type CharacterSet, classes } from './syntax.ts';

type Test = (character: string) => boolean;

/** Reads what follows the opening bracket. */
export function readBrackets(text: Text): CharacterSet {
  const negated = text.accept('^');
  const ranges: [number, number][] = [];
  const tests: Test[] = [];
  for (let first = true; first || !text.accept(']'); first = false) {
    const item = readItem(text);
    if (typeof item === 'function') {
      tests.push(item);
      continue;
    }
    let last = item;
    if (text.take(/-(?=[^\]])/y)) {
      const end = readItem(text);
      if (typeof end === 'function' || end < item) throw new Unsupported();
      last = end;
    }
    ranges.push([item, last]);
  }
  // Where lines count, a negated set does not match a line end (PostgreSQL's manual, "newline-sensitive matching").
  if (negated && text.dotStops && text.flavour === 'postgresql') ranges.push([10, 10]);
  return { negated, ranges, classes: tests, ignoresCase: text.ignoresCase };
}

/** A code point, or a class. */
function readItem(text: Text): number | Test {
  const named = text.take(/\[:(\^?)(\w+):\]/y);
  if (named) {
    const test = classes[named[2] as string];
    if (test === undefined) throw new Unsupported();
    return named[1] === '^' ? (one) => !test(one) : test;
  }
  const collating = text.take(/\[([.=])(.)\1\]/uy);
  if (collating) return (collating[2] as string).codePointAt(0) as number;
  if (text.take(/\[[.=:]/y)) throw new Unsupported();
  if (!text.accept('\\')) return text.character().codePointAt(0) as number;
  const shorthand = text.take(/[dswDSW]/y)?.[0];
  if (shorthand === undefined) return text.escaped().codePointAt(0) as number;
  const test = classes[{ d: 'digit', s: 'space', w: 'word' }[shorthand.toLowerCase()] as string] as Test;
  return shorthand === shorthand.toLowerCase() ? test : (one) => !test(one);
}
