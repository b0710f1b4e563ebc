/** Texts that a regular expression matches. */
import { Matcher } from './match.ts';
import type { Pattern } from './pattern.ts';
import { type CharacterSet, isIn, type Regex } from './syntax.ts';

/** Texts that are made of one pattern. */
const maxSamples = 24;
/** The characters that are taken for a set, the first one that is in it. */
const preferred = [...'nabcxyz0123456789NABCXYZ.-_+ @'];

/** Without lookarounds, each of them matches as a whole. May be none. */
export function samplesOf(pattern: Pattern): readonly string[] {
  const made = new Set<string>();
  for (const more of [0, 1, 5, 11])
    for (const text of texts(pattern.regex, more).slice(0, maxSamples))
      if (new Matcher(pattern, text).test()) made.add(text);
  return [...made].slice(0, 2 * maxSamples);
}

/** @param more repetitions beyond the fewest */
function texts(regex: Regex, more: number): string[] {
  switch (regex.kind) {
    case 'set':
      return characterOf(regex.set);
    case 'sequence':
      return regex.parts.reduce<string[]>(
        (before, part) => {
          const after = texts(part, more);
          return before.flatMap((one) => after.map((other) => one + other)).slice(0, maxSamples);
        },
        [''],
      );
    case 'choice':
      return regex.parts.flatMap((part) => texts(part, more)).slice(0, maxSamples);
    case 'group':
      return texts(regex.part, more);
    case 'repeat': {
      const count = Math.min(regex.min + more, regex.max);
      const parts = texts(regex.part, 0);
      return count === 0 ? [''] : parts.map((one) => one.repeat(count));
    }
    default:
      return [''];
  }
}

function characterOf(set: CharacterSet): string[] {
  const character = preferred.find((one) => isIn(set, one));
  if (character !== undefined) return [character];
  const [first] = set.ranges;
  return first === undefined || set.negated ? [] : [String.fromCodePoint(first[0])];
}
