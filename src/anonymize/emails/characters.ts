/**
 * What each character may be in an e-mail address. RFC 5321 and 6531 allow more in a local part than people use. Most of the
 * surplus (`= & ? / { } | '` and the backquote) far more often surrounds an address: the key of a query, the braces of an
 * array. docs/anonymize.md lists these decisions.
 */

/** Ends an address. */
export const delimiter = 0;
/** Letter or digit of any script. */
export const letter = 1;
export const dot = 2;
export const hyphen = 3;
export const underscore = 4;
/** Allowed in a local part, but not as its first character: `! # $ % * + ^ ~`. */
export const inner = 5;
/** Part of a name only between letters: `o'brien`. */
export const apostrophe = 6;
/** Part of a local part only in the return paths of mailing systems (VERP, SRS, BATV). */
export const equals = 7;
/** Pictures: in a domain letters like others (`hello@🐾🐕.ws`), in a local part allowed between letters; before a sign, it is a mention. */
export const pictograph = 8;
export type CharacterClass = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

const ascii = new Uint8Array(128);
for (const [from, to] of ['09', 'az', 'AZ'].map((range) => [range.charCodeAt(0), range.charCodeAt(1)]))
  ascii.fill(letter, from as number, (to as number) + 1);
ascii['.'.charCodeAt(0)] = dot;
ascii['-'.charCodeAt(0)] = hyphen;
ascii['_'.charCodeAt(0)] = underscore;
for (const character of '!#$%*+^~') ascii[character.charCodeAt(0)] = inner;
ascii["'".charCodeAt(0)] = apostrophe;
ascii['='.charCodeAt(0)] = equals;

/** Commas, question marks and full stops of Greek, Armenian, Arabic and Devanagari, which no domain and hardly a name holds. */
const betweenWords = new Set([0x37e, 0x387, 0x589, 0x60c, 0x61b, 0x61f, 0x6d4, 0x964, 0x965]);

/** @param point a Unicode code point, or a byte that is none */
export function characterClass(point: number): CharacterClass {
  if (point < 128) return ascii[point] as CharacterClass;
  // The dots of domain names in other scripts (UTS 46), and what is one when it is normalised.
  if (point === 0x3002 || point === 0xff0e || point === 0xff61 || point === 0x2024 || point === 0xfe52) return dot;
  if (isUnseen(point)) return inner;
  if (point === 0xa9 || point === 0xae) return pictograph;
  if (point < 0xc0) return point === 0xaa || point === 0xb5 || point === 0xba ? letter : delimiter;
  if (point === 0xd7 || point === 0xf7) return delimiter;
  if (betweenWords.has(point)) return delimiter;
  // The hyphen that word processors write, and the one at which no line breaks.
  if (point === 0x2010 || point === 0x2011) return hyphen;
  // Typographic and invisible characters between words: dashes, quotes, spaces, bullets, fractions.
  if (point >= 0x2000 && point <= 0x206f) return point === 0x200c || point === 0x200d ? letter : delimiter;
  if (point >= 0x2150 && point <= 0x215f) return delimiter;
  if (point >= 0x2190 && point <= 0x2bff) return pictograph;
  if (point >= 0x2e00 && point <= 0x2e7f) return point === 0x2e2f ? letter : delimiter;
  if (point >= 0x3000 && point <= 0x3004) return delimiter;
  if (point >= 0x3008 && point <= 0x3020) return delimiter;
  if (point === 0x3030 || point === 0x30fb || point === 0xfffc) return delimiter;
  if (point >= 0xff01 && point <= 0xff65) return fullWidth(point);
  if (point >= 0x1f000 && point <= 0x1faff) return pictograph;
  return letter;
}

/**
 * Soft hyphens, spaces without width, marks of direction and variants of pictures, which come along when text is copied. They do not
 * end an address.
 */
export function isUnseen(point: number): boolean {
  if (point < 0xad) return false;
  if (point < 0x200b) return point === 0xad || point === 0x34f || point === 0x61c || point === 0x180e;
  if (point <= 0x2069) return point !== 0x200c && point !== 0x200d && isUnseenPunctuation(point);
  return point === 0xfeff || (point >= 0xfe00 && point <= 0xfe0f);
}

function isUnseenPunctuation(point: number): boolean {
  return (
    point <= 0x200f || (point >= 0x202a && point <= 0x202e) || (point >= 0x2060 && point <= 0x2064) || point >= 0x2066
  );
}

/** The class of the ASCII character, 0xfee0 below its fullwidth form. */
function fullWidth(point: number): CharacterClass {
  if (point > 0xff5e) return delimiter;
  const plain = characterClass(point - 0xfee0);
  return plain === equals || plain === apostrophe ? delimiter : plain;
}
