/** What an address that is written looks like. */

/**
 * `before`, then letters of a keyed hash that make it distinct, then `after`; one of the two holds the at sign. With no letters, all
 * addresses become the same one.
 */
export interface AddressForm {
  readonly before: string;
  readonly letters: number;
  readonly alphabet: Alphabet;
  readonly after: string;
}

/** The characters that the hash is written with. */
export type Alphabet = 'base32' | 'BASE32' | 'letters' | 'LETTERS' | 'digits';

export const nobodyForm: AddressForm = { before: 'nobody@example.com', letters: 0, alphabet: 'base32', after: '' };

export function lengthOf({ before, letters, after }: AddressForm): number {
  return before.length + letters + after.length;
}
