/**
 * What a piece of a dump says when every escape is taken out, with regular expressions: slower and coarser than the rewriter's way
 * (emails/escapes.ts), and independent of it, so that the check does not share its mistakes.
 */

/** Names of HTML's characters that may stand beside an address; letters become one with an accent, or one of another script. */
const names: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  commat: '@',
  middot: '·',
  centerdot: '·',
  period: '.',
  lowbar: '_',
  underbar: '_',
  plus: '+',
  equals: '=',
  hyphen: '\u2010',
  dash: '\u2010',
  excl: '!',
  dollar: '$',
  ast: '*',
  midast: '*',
  hat: '^',
  num: '#',
  percnt: '%',
  bsol: '\\',
  sol: '/',
  colon: ':',
  shy: '\u00ad',
  zwnj: '\u200c',
  zwj: '\u200d',
  lrm: '\u200e',
  rlm: '\u200f',
  zerowidthspace: '\u200b',
  negativethinspace: '\u200b',
  negativemediumspace: '\u200b',
  negativethickspace: '\u200b',
  negativeverythinspace: '\u200b',
  nobreak: '\u2060',
};
const accented =
  /^(?:[a-z](?:acute|grave|circ|uml|tilde|cedil|ring|caron|breve|macr|ogon|dot|dblac|strok)|(?:ae|oe|sz)lig|oslash|eth|thorn|imath|inodot|eng)$/i;
const ofOtherScript =
  /^(?:.*cy|alpha|beta|gamma|delta|epsilon|zeta|eta|theta|iota|kappa|lambda|mu|nu|xi|omicron|pi|rho|sigmaf?|tau|upsilon|phi|chi|psi|omega)$/i;

/** `\u` and `\U` take different numbers of digits. */
const oneEscape =
  /((?:\\+[xX][0-9A-Fa-f]{2})+|(?:%[0-9A-Fa-f]{2})+|(?:\\+[0-3][0-7]{2})+)|\\+(?:[uU]\{([0-9A-Fa-f]{1,8})\}|[xX]\{([0-9A-Fa-f]{1,8})\}|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([!-/:-@[\]^-`{-~])|([abfnrtv0]|[wdsWDS](?=[+*?{@])))|\[([.\-_+])\]|%[uU]([0-9A-Fa-f]{4})|&#[xX]0*([0-9A-Fa-f]{1,8});?|&#0*([0-9]{1,8});?|&([A-Za-z]{2,30});/g;
const equalsEscape = /((?:=[0-9a-f]{2})+)|=(?:\r?\n|(?:\\+(?:r|015))?\\+(?:n|012))/gi;

/** Times that escapes may be inside each other. */
const levels = 6;

/**
 * @param octal whether printable characters may be written in octal
 * @param quotedPrintable whether `=40` is a character
 */
export function plainText(text: string, octal = false, quotedPrintable = false): string {
  let plain = quotedPrintable ? text.replaceAll(equalsEscape, (_all, run?: string) => ofBytes(run ?? '', 16)) : text;
  if (!/[\\%&]|\[.\]/.test(plain)) return plain;
  for (let level = 0; level < levels; level += 1) {
    const next = plain.replaceAll(oneEscape, (...match: (string | undefined)[]) => characterOf(match, octal));
    if (next === plain) break;
    plain = next;
  }
  return plain;
}

/** Not a blank, and no part of a name. */
const unknown = '\x1f';
/** By the number of backslashes before the letter: the more there are, the less likely it ends a line (`"a\\n"@b.example`). */
const ofLetter = ['\n', ' ', ' '];

function characterOf(match: readonly (string | undefined)[], octal: boolean): string {
  const [all = '', run, u1, x1, u2, u3, sign, letter, bracketed, percent, hexadecimal, decimal, name] = match;
  if (run !== undefined) return ofRun(run, octal);
  if (sign !== undefined || bracketed !== undefined) return sign ?? bracketed ?? '';
  // Whatever the letter means: it is not part of a name.
  if (letter !== undefined) return /[A-Z]$/.test(all) ? unknown : (ofLetter[all.length - 2] ?? unknown);
  if (name !== undefined) return ofName(name, all);
  const digits = u1 ?? x1 ?? u2 ?? u3 ?? percent ?? hexadecimal;
  const point = digits === undefined ? Number(decimal) : Number.parseInt(digits, 16);
  if (point === 0) return '\n';
  return point <= 0x10ffff ? String.fromCodePoint(point) : '\ufffd';
}

function ofName(name: string, all: string): string {
  if (accented.test(name)) return 'é';
  return names[name.toLowerCase()] ?? (ofOtherScript.test(name) ? 'ж' : all.replace('&', ' '));
}

/** Bytes in a row, which may be characters of UTF-8. */
function ofRun(run: string, octal: boolean): string {
  if (run.startsWith('%') || /^\\+x/i.test(run)) return ofBytes(run, 16);
  const printable = /\\+(?:0[4-7][0-7]|1[0-6][0-7]|17[0-6])/;
  if (octal || !printable.test(run)) return ofBytes(run, 8);
  // Names of folders, such as `\101`, and no characters.
  return run.replaceAll(/\\+([0-3][0-7]{2})/g, (one, digits: string) =>
    printable.test(one) ? ` ${digits}` : textOf(Buffer.from([Number.parseInt(digits, 8)])),
  );
}

function ofBytes(run: string, base: 8 | 16): string {
  const digits = run.match(base === 16 ? /[0-9a-f]{2}/gi : /[0-7]{3}/g) ?? [];
  return textOf(Buffer.from(digits.map((one) => Number.parseInt(one, base))));
}

/** The text of bytes; where they are not UTF-8, letters of one-byte encodings (from 0xC0) become one, the soft hyphen stays, signs become a space. */
export function textOf(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  if (!text.includes('\ufffd')) return text;
  let out = '';
  for (let at = 0; at < bytes.length; ) {
    const byte = bytes[at] as number;
    const length = byte < 0x80 ? 1 : byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    const one = bytes.toString('utf8', at, at + length);
    const isWhole = [...one].length === 1 && Buffer.byteLength(one) === Math.min(length, bytes.length - at);
    const isCharacter = isWhole && (one !== '\ufffd' || bytes.subarray(at, at + length).equals(replacement));
    out += isCharacter ? one : byte >= 0xc0 ? 'é' : byte === 0xad ? '\u00ad' : ' ';
    at += isCharacter ? length : 1;
  }
  return out;
}

const replacement = Buffer.from('\ufffd');
