/** Regular expressions as trees. */

export type Regex =
  | { readonly kind: 'set'; readonly set: CharacterSet }
  | { readonly kind: 'sequence'; readonly parts: readonly Regex[] }
  | { readonly kind: 'choice'; readonly parts: readonly Regex[] }
  | { readonly kind: 'repeat'; readonly part: Regex; readonly min: number; readonly max: number }
  /** `index` counts the opening parentheses; undefined for one that captures nothing. */
  | { readonly kind: 'group'; readonly part: Regex; readonly index: number | undefined }
  | { readonly kind: 'edge'; readonly edge: Edge }
  | { readonly kind: 'look'; readonly part: Regex; readonly behind: boolean; readonly negative: boolean };

/** Places between characters: start and end of the text or of a line, begin, end or border of a word, or none. */
export type Edge =
  | 'start'
  | 'end'
  | 'line-start'
  | 'line-end'
  | 'word-begin'
  | 'word-end'
  | 'word-border'
  | 'no-border';

export interface CharacterSet {
  readonly negated: boolean;
  /** First and last code point of each range. */
  readonly ranges: readonly (readonly [first: number, last: number])[];
  readonly classes: readonly ((character: string) => boolean)[];
  readonly ignoresCase: boolean;
}

export function isIn({ negated, ranges, classes, ignoresCase }: CharacterSet, character: string): boolean {
  const forms = ignoresCase ? [character, character.toLowerCase(), character.toUpperCase()] : [character];
  const found = forms.some((one) => {
    const code = one.codePointAt(0) as number;
    return ranges.some(([first, last]) => code >= first && code <= last) || classes.some((test) => test(one));
  });
  return found !== negated;
}

export function isWordCharacter(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}\p{M}_]/u.test(character);
}

/** The classes of POSIX, in a locale with UTF-8. */
export const classes: Readonly<Record<string, (character: string) => boolean>> = {
  alpha: (one) => /\p{L}/u.test(one),
  digit: (one) => /[0-9]/.test(one),
  alnum: (one) => /[\p{L}\p{N}]/u.test(one),
  upper: (one) => /\p{Lu}/u.test(one),
  lower: (one) => /\p{Ll}/u.test(one),
  space: (one) => /\s/.test(one),
  blank: (one) => one === ' ' || one === '\t',
  punct: (one) => /[!-/:-@[-`{-~]|[\p{P}\p{S}]/u.test(one),
  xdigit: (one) => /[0-9A-Fa-f]/.test(one),
  cntrl: (one) => /\p{Cc}/u.test(one),
  print: (one) => !/\p{C}/u.test(one),
  graph: (one) => !/[\p{C}\s]/u.test(one),
  word: isWordCharacter,
  ascii: (one) => (one.codePointAt(0) as number) < 0x80,
};
