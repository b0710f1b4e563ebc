/** Chooses one dump among all that are kept of a source. */
import { ConfigurationError } from '../../runtime/errors.ts';
import { stamp } from '../files.ts';
import { type KnownReceipt, newestFirst } from '../receipts.ts';

/** How many dumps an error names. */
const maxNamed = 10;

/**
 * @param wanted `newest`, the key of a receipt, the label of a dump, or its point in time or the beginning of it:
 * `2026-11-21`, `2026-11-21T04:05`, `20261121T040512Z`. Of several that fit, the newest
 * @throws ConfigurationError when none fits, which names those that are kept
 */
export function chooseDump(known: readonly KnownReceipt[], wanted: string): KnownReceipt {
  const kept = newestFirst(known.filter(({ receipt }) => receipt.state === 'taken'));
  const found = kept.find((one) => fits(one, wanted));
  if (found !== undefined) return found;
  const named = kept.slice(0, maxNamed).map(({ receipt }) => receipt.takenAt);
  const more = kept.length > named.length ? ` and ${kept.length - named.length} older ones` : '';
  throw new ConfigurationError({
    what: 'there is no such dump',
    problems: [
      kept.length === 0
        ? `prove-again: no dump of this source is kept`
        : `prove-again: no kept dump is "${wanted}"; kept are those of ${named.join(', ')}${more}`,
    ],
  });
}

function fits({ key, receipt }: KnownReceipt, wanted: string): boolean {
  const { takenAt, label } = receipt;
  if (wanted === 'newest' || wanted === key || wanted === label) return true;
  // Blanks and letters as people write them: 2026-11-21 04:05.
  const time = wanted.trim().replace(' ', 'T');
  return isTime.test(time) && (takenAt.startsWith(time.replace(/Z$/, '')) || stamp(takenAt) === time);
}

const isTime = /^(\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?Z?)?|\d{8}T\d{6}Z)$/;
