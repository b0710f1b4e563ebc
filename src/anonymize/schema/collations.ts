/**
 * Collations under which different texts are equal: the nondeterministic ones of PostgreSQL (manual, "Nondeterministic Collations"),
 * and those of MySQL. `folder` turns texts that are equal into the same one.
 */

/** Which differences count. */
export interface Collation {
  /** BCP 47, for what a language orders otherwise; `root` for none. */
  readonly locale: string;
  /** 1: only letters; 2: also accents; 3: also upper and lower case. */
  readonly strength: 1 | 2 | 3;
  /** Whether upper and lower case count at strength 1. */
  readonly caseLevel: boolean;
  /** Whether blanks and punctuation do not count. */
  readonly shifted: boolean;
  /** Whether digits are compared as numbers: `7` is `007`. */
  readonly numeric: boolean;
  /** Whether each character stands for itself, without ligatures: `ß` is not `ss` (utf8mb4_general_ci of MySQL). */
  readonly simple: boolean;
}

/** Turns texts that are equal into the same text. */
export type Folder = (text: string) => string;

const levels: Readonly<Record<string, Collation['strength']>> = {
  level1: 1,
  primary: 1,
  level2: 2,
  secondary: 2,
};

/** @param written `und-u-ks-level2`, or in ICU's older form `@colStrength=secondary` */
export function icuCollation(written: string): Collation {
  const [base = '', keywords = ''] = written.toLowerCase().split(/-u-|@/, 2);
  const old = new Map(keywords.split(';').map((one) => one.split('=') as [string, string | undefined]));
  // `ks-level2-kc-true`: a key of two letters, then its value.
  const keys = new Map(
    [...keywords.matchAll(/(?:^|-)(k[a-z])(?:-([a-z\d]{3,}))?/g)].map((match) => [match[1], match[2]]),
  );
  const value = (key: string, name: string): string | undefined =>
    keys.has(key) ? (keys.get(key) ?? 'true') : old.get(name);
  const isOn = (key: string, name: string): boolean => /^(true|yes)$/.test(value(key, name) ?? '');
  return {
    locale: /^[a-z]{2,3}\b(?<!und|root)/.test(base) ? base.replaceAll('_', '-') : 'root',
    strength: levels[value('ks', 'colstrength') ?? ''] ?? 3,
    caseLevel: isOn('kc', 'colcaselevel'),
    shifted: value('ka', 'colalternate') === 'shifted',
    numeric: isOn('kn', 'colnumeric'),
    simple: false,
  };
}

const languages: Readonly<Record<string, string>> = {
  croatian: 'hr',
  czech: 'cs',
  danish: 'da',
  estonian: 'et',
  german2: 'de-u-co-phonebk',
  de_pb: 'de-u-co-phonebk',
  hungarian: 'hu',
  icelandic: 'is',
  latvian: 'lv',
  lithuanian: 'lt',
  polish: 'pl',
  romanian: 'ro',
  slovak: 'sk',
  slovenian: 'sl',
  spanish: 'es',
  spanish2: 'es-u-co-trad',
  swedish: 'sv',
  turkish: 'tr',
  vietnamese: 'vi',
};

/**
 * Of a collation of MySQL or MariaDB that ignores case (MySQL manual, "Collation Naming Conventions").
 * @param name `utf8mb4_unicode_ci`, or the name of a character set, whose default one is meant
 */
export function mysqlCollation(name: string): Collation {
  const lower = name.toLowerCase();
  const language = /^[a-z\d]+_(?:uca1400_)?([a-z]{2}_pb|[a-z]+\d?)_/.exec(lower)?.[1] ?? '';
  const isDefault = !lower.includes('_');
  return {
    // The default collation of latin1 is Swedish.
    locale:
      lower === 'latin1' || lower === '' ? 'sv' : (languages[language] ?? (language.length === 2 ? language : 'root')),
    strength: lower.includes('_as_') ? 2 : 1,
    caseLevel: false,
    shifted: false,
    numeric: false,
    simple: isDefault || /_general_|_bin$|latin1_swedish|_german1_/.test(lower),
  };
}

/** What letters are without what makes them other letters, beyond what Unicode decomposes. */
const bases: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  ħ: 'h',
  ŧ: 't',
  þ: 'th',
  ς: 'σ',
};
const marks = /\p{M}+/gu;
/** Only printable ASCII and blanks between: nothing to decompose, nothing that does not count. */
const ascii = /^[\t\n\r -~]*$/;

export function folder(collation: Collation): Folder {
  const { strength, caseLevel, shifted, numeric } = collation;
  const characters = characterFolder(collation);
  const ignoresCase = strength < 3 && !caseLevel;
  return (text) => {
    // Nearly all addresses: nothing to decompose.
    let folded =
      ignoresCase && !shifted && ascii.test(text)
        ? text.toLowerCase()
        : Array.from(text.normalize('NFC'), characters).join('');
    if (numeric)
      folded = folded.replace(/0+(?=\d)/g, (zeros, at: number) => (/\d/.test(folded[at - 1] ?? '') ? zeros : ''));
    return folded.normalize('NFC');
  };
}

/** The first of a character's simpler forms that the collation takes for the same. */
function characterFolder(collation: Collation): (character: string) => string {
  const { locale, strength, caseLevel, shifted, simple } = collation;
  const sensitivity = strength === 3 ? 'variant' : strength === 2 ? 'accent' : caseLevel ? 'case' : 'base';
  const collator = new Intl.Collator(locale === 'root' ? 'en' : locale, { sensitivity, ignorePunctuation: shifted });
  const known = new Map<string, string>();
  return (character) => {
    let folded = known.get(character);
    if (folded === undefined) {
      const forms = simple ? simpleForms(character) : formsOf(character);
      folded = forms.find((form) => collator.compare(form, character) === 0) ?? character;
      known.set(character, folded);
    }
    return folded;
  };
}

function formsOf(character: string): string[] {
  const lower = character.toLowerCase();
  const plain = lower.normalize('NFKD').replace(marks, '');
  const own = character.normalize('NFKD');
  return [
    '',
    bases[plain] ?? plain,
    plain,
    lower.normalize('NFKD'),
    lower,
    own.replace(marks, ''),
    own,
    bases[character] ?? character,
  ];
}

function simpleForms(character: string): string[] {
  const lower = character.toLowerCase();
  return [lower.normalize('NFD').replace(marks, ''), lower];
}
