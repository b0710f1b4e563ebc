/** Tells what a restore had to leave out, because the server refused documents, from what is wrong in a copy. */
import type { Difference } from '../../../../domain/dump.ts';
import type { Refusal } from '../../../../ports/dump-engine.ts';

/** Refusals explain that documents of their collection are missing: never others, and never more than the source has. */
export function explainedByRefusals({ what, expected, found }: Difference, refusals: readonly Refusal[]): boolean {
  const name = /^rows of (.*)$/s.exec(what)?.[1];
  if (name === undefined || expected === 'nothing' || found === 'nothing') return false;
  return Number(found) < Number(expected) && refusals.some(({ object }) => object === `documents of ${name}`);
}
