/**
 * What is an address by RFC 5321, 5322 and 6531, read broadly: dot-atoms of any script, quoted local parts, comments, address
 * literals. It knows nothing of what the anonymiser takes for one.
 */

/** Beyond ASCII, RFC 6531, 3.3, allows everything; blanks and line ends are left out all the same. */
const beyond =
  '\\u0080-\\u0084\\u0086-\\u009f\\u00a1-\\u1fff\\u200b-\\u2027\\u202a-\\u202e\\u2030-\\u205e\\u2060-\\u2fff\\u3001-\\u{10ffff}';
/** Characters of an atom (RFC 5322, 3.2.3). */
const atom = `[A-Za-z0-9!#$%&'*+/=?^_\`{|}~\\-${beyond}]+`;
const comment = '(?:\\([^()\\r\\n]{0,64}\\))?';
const quoted = '"(?:[^"\\\\\\r\\n]|\\\\[^\\r\\n]){1,128}"';
const local = `(?:${atom}(?:\\.${atom})*|${quoted})`;
const label = `[A-Za-z0-9_${beyond}](?:[A-Za-z0-9_\\-${beyond}]*[A-Za-z0-9_${beyond}])?`;
const dots = '[.\\u3002\\uff0e\\uff61]';
const literal = '\\[(?:[0-9]{1,3}(?:\\.[0-9]{1,3}){3}|IPv6:[0-9A-Fa-f:.]{2,45})\\]';
const domain = `(?:${label}(?:${dots}${label})+|${literal})`;
const address = new RegExp(`(${local})${comment}[@\\uff20\\ufe6b]${comment}(${domain})`, 'gu');

export interface Address {
  readonly text: string;
  readonly local: string;
  readonly domain: string;
  /** Where it begins in the text. */
  readonly index: number;
}

/** All addresses of a text. */
export function addressesIn(text: string): readonly Address[] {
  if (!/[@\uff20\ufe6b]/.test(text)) return [];
  return [...text.matchAll(address)].map((match) => ({
    text: match[0],
    local: match[1] ?? '',
    domain: match[2] ?? '',
    index: match.index,
  }));
}

/**
 * Whether the anonymiser makes such an address. Text in another script may follow without a blank; so may what was an escape
 * before its backslash was taken away.
 */
export function isMade({ local, domain }: Address, isUnescaped: boolean): boolean {
  if (/^example\.com(?![A-Za-z0-9_-]|\.[A-Za-z0-9])/i.test(domain)) return true;
  // Where a constraint asks for another domain.
  if (/^nobody(-[a-z2-7]{1,16})?$/.test(local)) return true;
  if (isUnescaped && /nobody|[a-z2-7]{1,16}$/.test(local) && /^example\.com/i.test(domain)) return true;
  // What the rule `mask` makes, with letters of escapes around it.
  return /^[x0bfnrtv \p{P}\p{S}\p{Cf}]+$/u.test(local + domain);
}
