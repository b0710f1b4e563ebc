/** The rule `pseudonym`: a name made of a keyed hash; for an address, an address. */
import { writeBase32 } from '../../kernels/hash-text.ts';
import { KeyedHash } from '../../kernels/keyed-hash.ts';
import { type AddressForm, distinctForm, hashLetters } from '../addresses/form.ts';
import { type Shape, writeUuid } from './hash.ts';
import type { Transform } from './transform.ts';
import { UniqueEmail } from './unique-email.ts';

const atSign = 0x40;
const letterP = 0x70;

/**
 * @param maxCharacters room in the narrowest of the columns that share the values
 * @param form of the addresses
 */
export function pseudonym(
  key: Uint8Array,
  shape: Shape,
  maxCharacters: number,
  form: AddressForm = distinctForm(maxCharacters),
): Transform {
  const keyed = new KeyedHash(key, 'pseudonym');
  const email = new UniqueEmail(key, form);
  const length = Math.min(1 + hashLetters, Math.max(maxCharacters, 1));
  return (bytes, from, to, out) => {
    if (shape === 'text' && looksLikeEmail(bytes, from, to)) {
      email.write(bytes, from, to, out.reserve(email.length), out.end);
      out.end += email.length;
      return 'plain';
    }
    const words = keyed.digest(bytes, from, to);
    if (shape === 'uuid') {
      writeUuid(words, out);
      return 'plain';
    }
    const text = out.reserve(length);
    text[out.end] = letterP;
    writeBase32(words, length - 1, text, out.end + 1);
    out.end += length;
    return 'plain';
  };
}

/** Whether an at sign comes after the first character, with room for a domain after it. */
function looksLikeEmail(bytes: Buffer, from: number, to: number): boolean {
  let at = from;
  while (at < to && bytes[at] !== atSign) at += 1;
  return at > from && at < to - 3;
}
