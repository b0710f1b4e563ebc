/** Addresses that are no leak, since they have exactly the form that was chosen for their column. */
import { type AddressForm, alphabets } from '../rules/addresses/form.ts';

/** What is written is a part of a longer address when this stands before it: a character of one that ends no escape and no code of a URL. */
const longer = /(?<!\\|%[0-9A-Fa-f])(?:[\w.+-]|[\x80-\xff])$/;
/** Bytes of the longest escape that is known here. */
const escapeBytes = 4;

const atSign = 0x40;

/**
 * @param at where the at sign is
 * @param email the address without escapes
 */
export function hasForm(
  bytes: Buffer,
  at: number,
  from: number,
  to: number,
  email: string,
  form: AddressForm,
): boolean {
  const [local, domain] = parts(form);
  const sign = email.lastIndexOf('@');
  if (sign === local.length && email.length - sign - 1 === domain.length)
    if (fits(email, local) && fits(email.slice(sign + 1), domain)) return true;
  const start = at - local.length;
  const end = at + 1 + domain.length;
  if (bytes[at] !== atSign || start < from || end > to) return false;
  return (
    fits(bytes.toString('latin1', start, at), local) &&
    fits(bytes.toString('latin1', at + 1, end), domain) &&
    !longer.test(bytes.toString('latin1', Math.max(from, start - escapeBytes), start)) &&
    !(end < to && /[\w-]|[\x80-\xff]/.test(String.fromCharCode(bytes[end] as number)))
  );
}

/** What each character of the form may be: itself, or one of an alphabet. */
type Characters = readonly string[];

const known = new WeakMap<AddressForm, readonly [Characters, Characters]>();

function parts(form: AddressForm): readonly [Characters, Characters] {
  const made = known.get(form);
  if (made) return made;
  const { before, letters, alphabet, after } = form;
  const all = [...before, ...new Array<string>(letters).fill(alphabets[alphabet].characters), ...after];
  const at = all.indexOf('@');
  const split = [all.slice(0, at), all.slice(at + 1)] as const;
  known.set(form, split);
  return split;
}

function fits(text: string, characters: Characters): boolean {
  return characters.every((allowed, index) => allowed.includes(text.charAt(index)));
}
