/** What was read, or why nobody could look: a permission that is missing, a place that does not have it. */
import type { Finding } from '../domain/finding.ts';

export type Reading<T> = { readonly value: T } | { readonly reason: string };

export function read<T>(value: T): Reading<T> {
  return { value };
}

export function unread(reason: string): { readonly reason: string } {
  return { reason };
}

/** Judges what was read; what was not becomes one finding that says why, and never `ok`. */
export function judge<T>(
  about: Pick<Finding, 'area' | 'subject' | 'should'>,
  reading: Reading<T>,
  decide: (value: T) => readonly Finding[],
): readonly Finding[] {
  return 'value' in reading ? decide(reading.value) : [{ ...about, status: 'not-checked', is: reading.reason }];
}
