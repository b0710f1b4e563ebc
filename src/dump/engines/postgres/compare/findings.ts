/** Collects what a comparison of two fingerprints comes to. */
import type { Comparison, DatabaseLocale, Difference, DumpFingerprint, UnreadFact } from '../../../../domain/dump.ts';
import { restOfFingerprint } from '../../../proof/incomplete.ts';
import { notOnStandby } from '../fingerprint/fingerprint-rows.ts';

/**
 * Values that the copy computes, and the partition of a row, may depend on the locale. Where the copy's server does not know
 * that of the source, other rows are no sign of damage.
 */
function localeDoubt({ locale: own }: DumpFingerprint, { locale: other }: DumpFingerprint): string | undefined {
  if (own === undefined || other === undefined) return undefined;
  const nameOf = ({ locale, collate, ctype }: DatabaseLocale): string => locale ?? `${collate}/${ctype}`;
  const same = own.provider === other.provider && nameOf(own) === nameOf(other);
  return same ? undefined : `the copy has the locale ${nameOf(other)}, the source ${nameOf(own)}`;
}

const localeAdvice = {
  likelyCause:
    'the server that restored it lacks the locale of the source, so values and partitions may come out otherwise',
  fix: 'install the locale where the dump is restored (on Debian and Ubuntu: sudo locale-gen NAME), and run again',
} as const;

export class Findings implements Comparison {
  readonly advice = localeAdvice;
  compared = 0;
  readonly differences: Difference[] = [];
  readonly unread: UnreadFact[] = [];
  readonly notes: string[] = [];
  /** Facts that source or copy lack. */
  readonly #lacking: ReadonlyMap<string, string>;
  /** Why rows may differ although the copy is faithful. */
  readonly #doubt: string | undefined;

  constructor(source: DumpFingerprint, copy: DumpFingerprint) {
    for (const { what, why } of source.unread ?? [])
      if (why === notOnStandby) this.notes.push(`${what} are not in the dump: ${why}`);
      else this.unread.push({ what, why });
    for (const { what, why } of copy.unread ?? []) this.unread.push({ what: `${what}, in the copy`, why });
    this.#doubt = localeDoubt(source, copy);
    this.#lacking = new Map([...(copy.unread ?? []), ...(source.unread ?? [])].map(({ what, why }) => [what, why]));
  }

  /** Compares one figure; one that could not be read is no difference. @returns whether both are known and equal */
  check(what: string, expected: string | undefined, found: string | undefined): boolean {
    if (this.isUnread(what)) return false;
    // Where the reading of the source broke off, it may have had what it does not list.
    if (expected === undefined && this.isUnread(restOfFingerprint)) return false;
    this.compared += 1;
    if (expected === found) return true;
    const doubt = expected && found && this.#doubt && /^(rows|checksum) of /.test(what) ? { doubt: this.#doubt } : {};
    this.differences.push({ what, expected: expected ?? 'nothing', found: found ?? 'nothing', ...doubt });
    return false;
  }

  /** Notes a difference that was found otherwise. */
  differ(difference: Difference): void {
    this.compared += 1;
    this.differences.push(difference);
  }

  isUnread(what: string): boolean {
    return this.#lacking.has(what);
  }
}
