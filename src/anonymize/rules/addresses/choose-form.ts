/** Chooses the form of the addresses of one group of linked columns. */
import { shortened } from '../../emails/replacement.ts';
import { UniqueEmail } from '../transforms/unique-email.ts';
import { candidates } from './candidates.ts';
import type { AddressCondition, Verdict, Written } from './condition.ts';
import { type AddressForm, alphabets } from './form.ts';
import type { GroupNeeds } from './group-needs.ts';

/** Originals of which the conditions see what becomes of them. */
const originals = ['ann.smith@mail.example', 'bob@corp.example', 'c7@b.example', 'Dora_Weber-9@post.example'];

export interface Choice {
  readonly form: AddressForm;
  /** The conditions that the usual form does not meet; empty when it was chosen. */
  readonly because: readonly AddressCondition[];
  /** The conditions of which nobody can tell whether they hold. */
  readonly doubtful: readonly AddressCondition[];
}

/**
 * The first form that every condition accepts; otherwise the first that none refuses.
 * @returns undefined when each form is refused
 */
export function chooseForm(
  needs: GroupNeeds,
  conditions: readonly AddressCondition[],
  key: Uint8Array,
): Choice | undefined {
  const hints = {
    domains: [...new Set(conditions.flatMap((one) => one.domains))],
    beginnings: [...new Set(conditions.flatMap((one) => one.beginnings ?? []))],
    lengths: [...new Set(conditions.flatMap((one) => one.lengths ?? []))],
  };
  let because: readonly AddressCondition[] | undefined;
  let best: Choice | undefined;
  for (const form of candidates(needs, hints)) {
    const written = writtenAs(form, needs, key);
    const verdicts = judged(written, conditions);
    const isUsual = because === undefined;
    because ??= conditions.filter((_, index) => verdicts[index] !== 'accepted');
    if (verdicts.length < conditions.length) continue;
    const doubtful = conditions.filter((_, index) => verdicts[index] === 'unknown');
    const choice = { form, because: isUsual ? [] : because, doubtful };
    if (doubtful.length === 0) return choice;
    if (best === undefined || doubtful.length < best.doubtful.length) best = choice;
  }
  return best;
}

/** The verdicts up to the first refusal: after it, no other matters. */
function judged(written: Written, conditions: readonly AddressCondition[]): readonly Verdict[] {
  const verdicts: Verdict[] = [];
  for (const condition of conditions) {
    const verdict = condition.judge(written);
    if (verdict === 'refused') break;
    verdicts.push(verdict);
  }
  return verdicts;
}

/** Addresses in which every character of the form's alphabet stands at every place: a few hashes hold only some of them. */
function covering({ before, letters, alphabet, after }: AddressForm): readonly string[] {
  if (letters === 0) return [];
  const { characters } = alphabets[alphabet];
  const turned = characters.repeat(Math.ceil(letters / characters.length) + 1);
  return [...characters].map((_, index) => `${before}${turned.slice(index, index + letters)}${after}`);
}

/** Addresses of a form, as they are written into the columns of a group. */
export function writtenAs(form: AddressForm, { fold, maxCharacters }: GroupNeeds, key: Uint8Array): Written {
  const email = new UniqueEmail(key, form);
  const replace = (original: string): string => {
    const text = Buffer.from(fold === undefined ? original : fold(original));
    const out = Buffer.alloc(email.length);
    email.write(text, 0, text.length, out, 0);
    const address = out.toString('latin1');
    return address.length > maxCharacters ? shortened(address, maxCharacters) : address;
  };
  let addresses: readonly string[] | undefined;
  return {
    form,
    // Most forms are refused before anybody asks for all of them.
    get addresses() {
      addresses ??= [...originals.map(replace), ...covering(form)];
      return addresses;
    },
    replace,
  };
}
