/**
 * Named characters of HTML that stand in or beside addresses (HTML Standard, 13.5, "Named character references"): signs, spaces, and
 * the letters of Latin, Greek and Cyrillic.
 */

const signs: Readonly<Record<string, string>> = {
  '&': 'amp AMP',
  '<': 'lt LT',
  '>': 'gt GT',
  '"': 'quot QUOT',
  "'": 'apos',
  '@': 'commat',
  '.': 'period',
  '·': 'middot centerdot CenterDot',
  _: 'lowbar UnderBar',
  '+': 'plus',
  '=': 'equals',
  '#': 'num',
  '!': 'excl',
  $: 'dollar',
  '%': 'percnt',
  '*': 'ast midast',
  '^': 'Hat',
  '/': 'sol',
  '?': 'quest',
  '{': 'lbrace lcub',
  '}': 'rbrace rcub',
  '[': 'lbrack lsqb',
  ']': 'rbrack rsqb',
  '(': 'lpar',
  ')': 'rpar',
  ',': 'comma',
  ':': 'colon',
  ';': 'semi',
  '\\': 'bsol',
  '|': 'verbar vert VerticalLine',
  '`': 'grave DiacriticalGrave',
  '\n': 'NewLine',
  '\t': 'Tab',
  '\u00a0': 'nbsp NonBreakingSpace',
  '\u00ad': 'shy',
  '\u2010': 'hyphen dash',
  '\u200b': 'ZeroWidthSpace NegativeThinSpace NegativeMediumSpace NegativeThickSpace NegativeVeryThinSpace',
  '\u200c': 'zwnj',
  '\u200d': 'zwj',
  '\u200e': 'lrm',
  '\u200f': 'rlm',
  '\u2060': 'NoBreak',
  ß: 'szlig',
  æ: 'aelig',
  Æ: 'AElig',
  œ: 'oelig',
  Œ: 'OElig',
  ø: 'oslash',
  Ø: 'Oslash',
  å: 'aring',
  Å: 'Aring',
  đ: 'dstrok',
  Đ: 'Dstrok',
  ħ: 'hstrok',
  Ħ: 'Hstrok',
  ł: 'lstrok',
  Ł: 'Lstrok',
  ŧ: 'tstrok',
  Ŧ: 'Tstrok',
  ð: 'eth',
  Ð: 'ETH',
  þ: 'thorn',
  Þ: 'THORN',
  ı: 'imath inodot',
  ŋ: 'eng',
  Ŋ: 'ENG',
};

/** Combining marks, by the word that the names of letters end in. */
const marks: Readonly<Record<string, string>> = {
  grave: '\u0300',
  acute: '\u0301',
  circ: '\u0302',
  tilde: '\u0303',
  macr: '\u0304',
  breve: '\u0306',
  dot: '\u0307',
  uml: '\u0308',
  ring: '\u030a',
  dblac: '\u030b',
  caron: '\u030c',
  cedil: '\u0327',
  ogon: '\u0328',
};

const greek =
  'alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigmaf sigma tau upsilon phi chi psi omega';
const cyrillic = 'a b v g d ie zh z i j k l m n o p r s t u f kh ts ch sh shch hard y soft e yu ya';

const points = new Map<string, number>();
for (const [character, names] of Object.entries(signs))
  for (const name of names.split(' ')) points.set(name, character.codePointAt(0) as number);
for (const letter of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ')
  for (const [name, mark] of Object.entries(marks)) {
    const one = (letter + mark).normalize('NFC');
    if (one.length === 1) points.set(letter + name, one.charCodeAt(0));
  }
greek.split(' ').forEach((name, index) => {
  points.set(name, 0x3b1 + index);
  points.set(`${name[0]?.toUpperCase()}${name.slice(1)}`, 0x391 + index);
});
cyrillic.split(' ').forEach((name, index) => {
  points.set(`${name}cy`, 0x430 + index);
  points.set(`${name.toUpperCase()}cy`, 0x410 + index);
});
points.set('iocy', 0x451);
points.set('IOcy', 0x401);

const longest = Math.max(...[...points.keys()].map((name) => name.length));
const semicolon = 0x3b;

/** @returns where the name that begins with the ampersand at `at` ends; 0 when it is none of them */
export function entityEnd(bytes: Uint8Array, at: number, to: number): number {
  const most = Math.min(to, at + longest + 2);
  let end = at + 1;
  while (end < most && bytes[end] !== semicolon) {
    const lower = (bytes[end] as number) | 0x20;
    if (lower < 0x61 || lower > 0x7a) return 0;
    end += 1;
  }
  if (end >= most || bytes[end] !== semicolon) return 0;
  return points.has(nameAt(bytes, at, end)) ? end + 1 : 0;
}

/** @param end where `entityEnd` says that the name ends */
export function entityPoint(bytes: Uint8Array, at: number, end: number): number {
  return points.get(nameAt(bytes, at, end - 1)) as number;
}

function nameAt(bytes: Uint8Array, at: number, end: number): string {
  return String.fromCharCode(...bytes.subarray(at + 1, end));
}
