/** Replaces addresses that must stay distinct, each by one of its own. */
import { nobody, type Replace } from '../../emails/replacement.ts';

import type { Folder } from '../../schema/collations.ts';
import type { AddressForm } from '../addresses/form.ts';
import { UniqueEmail } from '../transforms/unique-email.ts';

const same = Buffer.from(`${nobody.local}@${nobody.domain}`);

/**
 * @param fold makes addresses the same that must become equal
 * @param place the column, for errors
 */
export function uniqueReplacement(
  key: Uint8Array,
  form: AddressForm,
  fold: Folder | undefined,
  place?: string,
): Replace {
  const email = new UniqueEmail(key, form, place);
  // An address of this form may be what a run before wrote: in the usual form it stays.
  const keepsNobody = form.after === `@${nobody.domain}`;
  return (bytes, start, end) => {
    let [source, from, to] = [bytes, start, end];
    if (keepsNobody && to - from === same.length && source.compare(same, 0, same.length, from, to) === 0)
      return undefined;
    if (fold !== undefined) {
      source = Buffer.from(fold(source.toString('utf8', from, to)));
      [from, to] = [0, source.length];
    }
    const text = Buffer.allocUnsafe(email.length);
    email.write(source, from, to, text, 0);
    return text;
  };
}
