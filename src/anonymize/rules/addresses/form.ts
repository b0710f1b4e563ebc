/** What an address that is written looks like. */
import { nobody } from '../../emails/replacement.ts';

/** The characters that a hash is written with, and the bits that each of them holds. */
export const alphabets = {
  base32: { characters: 'abcdefghijklmnopqrstuvwxyz234567', bits: 5 },
  BASE32: { characters: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', bits: 5 },
  letters: { characters: 'abcdefghijklmnop', bits: 4 },
  LETTERS: { characters: 'ABCDEFGHIJKLMNOP', bits: 4 },
  digits: { characters: '01234567', bits: 3 },
} as const;
export type Alphabet = keyof typeof alphabets;

/**
 * `before`, then letters of a keyed hash that make it distinct, then `after`; one of the two holds the at sign, unless there is no room
 * for a domain. With no letters, all addresses become the same one.
 */
export interface AddressForm {
  readonly before: string;
  readonly letters: number;
  readonly alphabet: Alphabet;
  readonly after: string;
}

const domain = `@${nobody.domain}`;
const word = `${nobody.local}-`;

/** Letters of the hash in the usual form. */
export const hashLetters = 16;

/** What all addresses become where they need not stay distinct. */
export const nobodyForm: AddressForm = {
  before: `${nobody.local}${domain}`,
  letters: 0,
  alphabet: 'base32',
  after: '',
};

/**
 * The form of distinct addresses that nothing else is asked of.
 * @param room characters; where there are few, the word goes first, then letters of the hash, in the end the domain
 */
export function distinctForm(room: number): AddressForm {
  const left = room - domain.length;
  if (left < 1) return { before: '', letters: Math.max(room, 1), alphabet: 'base32', after: '' };
  const hasWord = left >= word.length + hashLetters;
  const letters = Math.min(hashLetters, left);
  return { before: hasWord ? word : '', letters, alphabet: 'base32', after: domain };
}

export function lengthOf({ before, letters, after }: AddressForm): number {
  return before.length + letters + after.length;
}

/** Whether what is written is an address: without room for a domain, only letters of a hash are. */
export function hasDomain({ before, after }: AddressForm): boolean {
  return before.includes('@') || after.includes('@');
}

/** For reports: `nobody-xxxxxxxxxxxxxxxx@corp.example`. */
export function describeForm({ before, letters, after, alphabet }: AddressForm): string {
  const letter = alphabet === 'digits' ? '0' : alphabet === alphabet.toLowerCase() ? 'x' : 'X';
  return `${before}${letter.repeat(letters)}${after}`;
}
