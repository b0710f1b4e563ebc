/** Changes that share a restored copy: what is found of it, by the change that it names. */

import type { Comparison } from '../../src/domain/dump.ts';
import { batches, names } from './batches.ts';
import { isRight, mustBeNoticed, type Outcome, type SharingChange } from './changes.ts';

export interface Finding {
  /** What differs, or could not be compared. */
  readonly what: string;
  readonly told: string;
}

export function findings({ differences, unread = [] }: Comparison): readonly Finding[] {
  return [
    ...differences.map(({ what, expected, found }) => ({
      what,
      told: `${what}: expected ${expected}, found ${found}`,
    })),
    ...unread.map(({ what, why }) => ({ what, told: `${what}: ${why}` })),
  ];
}

export interface Examined<C> {
  readonly found: readonly Finding[];
  /** Changes that the server refused. */
  readonly refused: ReadonlyMap<C, string>;
}

/**
 * Tries the changes; those of different things share a copy, and each of them must then be named by what is found. One that is not
 * right has a copy to itself.
 * @param examine makes the changes to one copy, and compares it
 * @param onOutcome gets each outcome as it is known
 * @throws Error when the server refuses a change
 */
export async function outcomesOf<C extends SharingChange>(
  changes: readonly C[],
  examine: (changes: readonly C[]) => Promise<Examined<C>>,
  onOutcome: (outcome: Outcome<C>) => void = () => {},
): Promise<readonly Outcome<C>[]> {
  const outcomes: Outcome<C>[] = [];
  for (const batch of batches(changes))
    for (const outcome of await ofOneCopy(batch, examine)) {
      outcomes.push(outcome);
      onOutcome(outcome);
    }
  return outcomes;
}

async function ofOneCopy<C extends SharingChange>(
  batch: readonly C[],
  examine: (changes: readonly C[]) => Promise<Examined<C>>,
): Promise<readonly Outcome<C>[]> {
  const [first] = batch;
  if (first === undefined) return [];
  const { found, refused } = await examine(batch);
  if (batch.length === 1) {
    const why = refused.get(first);
    if (why !== undefined) throw new Error(`${first.what}: ${why}`);
    return [{ change: first, noticed: found[0]?.told }];
  }
  const outcomes: Outcome<C>[] = [];
  const open: C[] = [];
  for (const change of batch) {
    const own = mustBeNoticed(change) ? found.find(({ what }) => names(what, change.at ?? '')) : found[0];
    const outcome = { change, noticed: own?.told };
    if (isRight(outcome) && !refused.has(change)) outcomes.push(outcome);
    else open.push(change);
  }
  const half = Math.ceil(open.length / 2);
  outcomes.push(...(await ofOneCopy(open.slice(0, half), examine)), ...(await ofOneCopy(open.slice(half), examine)));
  return outcomes;
}
