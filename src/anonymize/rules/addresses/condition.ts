/**
 * What the addresses of a column must be so that the restored database takes them. The form of the addresses is chosen once for each
 * group of linked columns, so that every condition of the group accepts it.
 */
import type { ColumnPlace } from '../../schema/table.ts';
import type { AddressForm } from './form.ts';

/** `unknown`: nobody can tell, for instance since a function of the database decides; such a form is taken with a warning. */
export type Verdict = 'accepted' | 'refused' | 'unknown';

/** Addresses as one form writes them. */
export interface Written {
  readonly form: AddressForm;
  /** Addresses for different originals: all equal when the form has no letters. */
  readonly addresses: readonly string[];
  /** What becomes of an address. Equal originals become equal, and without regard to case where the columns ignore it. */
  readonly replace: (original: string) => string;
}

export interface AddressCondition {
  /** The columns that it is about; one of them is enough for it to count for the whole group. */
  readonly places: readonly ColumnPlace[];
  /** For messages: `CHECK staff_email_check (email ~ '…')`, `the partitions of public.u`. */
  readonly what: string;
  /** Domains that it asks for, from its own text; tried when example.com does not do. */
  readonly domains: readonly string[];
  /** Beginnings of addresses that it asks for; tried when the usual ones do not do. */
  readonly beginnings?: readonly string[];
  /** How many characters it asks for; tried when the usual number does not do. */
  readonly lengths?: readonly number[];
  /** Rules that help where no form is accepted: `null, fixed with a text that fits`. */
  readonly allowed: string;
  /** The same, where it depends on what is written: rules for other columns may help, too. @param usual addresses of the usual form */
  help?(usual: Written): string;
  /** Whether its refusal is only told: rows may be in order without it, or hold no addresses in these columns. */
  readonly onlyWarns?: boolean;
  judge(written: Written): Verdict;
}

export function worst(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('refused')) return 'refused';
  return verdicts.includes('unknown') ? 'unknown' : 'accepted';
}

export function best(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('accepted')) return 'accepted';
  return verdicts.includes('unknown') ? 'unknown' : 'refused';
}
