/** The forms that are tried for a group of columns, in a fixed order: the usual one first. */
import { nobody } from '../../emails/replacement.ts';
import { type AddressForm, type Alphabet, distinctForm, hashLetters, lengthOf, nobodyForm } from './form.ts';
import type { GroupNeeds } from './group-needs.ts';

/** What the conditions of a group ask for. */
export interface Hints {
  readonly domains: readonly string[];
  readonly beginnings: readonly string[];
  readonly lengths: readonly number[];
}

/** What may stand before the letters. */
const words = ['nobody-', 'nobody.', 'nobody', '', 'anybody-', 'somebody-', 'user-', 'nobody+'];
/** How many letters: the usual number, more for a CHECK that asks for a length, fewer for little room. */
const lengths = [hashLetters, 24, 32, 48, 14, 12, 10, 8, 6, 5, 4, 3];
const mostLetters = 48;
const fewestLetters = 3;
const alphabets: readonly Alphabet[] = ['base32', 'letters', 'digits'];

type Casing = (form: AddressForm) => AddressForm;

const upper: Casing = (form) => ({
  ...form,
  before: form.before.toUpperCase(),
  after: form.after.toUpperCase(),
  alphabet: form.alphabet === 'base32' ? 'BASE32' : form.alphabet === 'letters' ? 'LETTERS' : form.alphabet,
});
/** The first letter as a capital: only where a word comes first. */
const capital: Casing = (form) => ({ ...form, before: form.before.charAt(0).toUpperCase() + form.before.slice(1) });
/** Each word begins with a capital, as under `initcap`: before the letters of a hash one of its own. */
const initials: Casing = (form) => ({
  ...form,
  before: titled(form.before) + (form.letters > 0 && !/[a-z0-9]$/i.test(form.before) ? 'N' : ''),
  after: titled(form.after),
});
const titled = (text: string): string => text.replace(/(?<![a-z0-9])[a-z]/g, (letter) => letter.toUpperCase());
const casings: readonly Casing[] = [(form) => form, upper, capital, initials];

export function usualForm({ distinct, room }: Pick<GroupNeeds, 'distinct' | 'room'>): AddressForm {
  return distinct ? distinctForm(room) : nobodyForm;
}

/** Domains that nobody has (RFC 2606), for conditions that refuse example.com. */
const reserved = ['example.org', 'example.net', 'mail.invalid'];

/** Addresses longer than the column are left out, but for the usual form, which is shortened. */
export function* candidates(needs: GroupNeeds, hints: Hints): Generator<AddressForm> {
  yield usualForm(needs);
  for (const form of others(needs, hints)) if (fits(form, needs)) yield form;
}

/** Whether there is room for the whole address, and for what makes it distinct in the part that an index covers. */
function fits(form: AddressForm, { room, maxCharacters }: GroupNeeds): boolean {
  const hasRoom = room === maxCharacters || form.before.length + form.letters + nobody.domain.length + 1 <= room;
  return lengthOf(form) <= maxCharacters && hasRoom;
}

function* others(needs: GroupNeeds, { domains, beginnings, lengths: asked }: Hints): Generator<AddressForm> {
  if (!needs.distinct) yield distinctForm(needs.room);
  const all = [nobody.domain, ...domains, ...reserved];
  for (const casing of casings)
    for (const domain of all) {
      if (!needs.distinct) yield casing({ ...nobodyForm, before: `nobody@${domain}` });
      for (const form of spelt(words, domain)) yield casing(form);
    }
  for (const length of asked)
    for (const domain of all) for (const casing of casings) yield* ofLength(length, domain, casing);
  for (const domain of all) {
    if (!needs.distinct)
      for (const word of ['nobody', ''])
        for (const beginning of beginnings) yield { ...nobodyForm, before: `${beginning}${word}@${domain}` };
    yield* spelt(beginnings, domain);
    // What makes it distinct stands in the domain.
    for (const beginning of ['', ...beginnings])
      for (const word of ['nobody-', ''])
        yield {
          before: `${beginning}nobody@${word}`,
          letters: hashLetters,
          alphabet: 'base32',
          after: `.${domain}`,
        };
  }
}

/** Forms of exactly so many characters. */
function* ofLength(length: number, domain: string, casing: Casing): Generator<AddressForm> {
  const local = length - domain.length - 1;
  for (const alphabet of alphabets)
    for (const word of words) {
      const letters = Math.min(local - word.length, mostLetters);
      if (letters < fewestLetters) continue;
      const filled = word.padEnd(local - letters, 'x');
      yield casing({ before: filled, letters, alphabet, after: `@${domain}` });
    }
}

function* spelt(befores: readonly string[], domain: string): Generator<AddressForm> {
  for (const alphabet of alphabets)
    for (const letters of lengths)
      for (const before of letters === hashLetters ? befores : befores.slice(0, 4))
        yield { before, letters, alphabet, after: `@${domain}` };
}
