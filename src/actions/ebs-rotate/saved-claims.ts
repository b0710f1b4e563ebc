/** The claim that a run holds, saved for its post step: a run that is cancelled gives the slot up all the same. */
import type { RunIdentity } from '../../domain/run.ts';
import { type Claim, type Claims, type Held, unreadable } from '../../ports/claims.ts';
import type { Clock } from '../../runtime/clock.ts';

/** The state's name in the runner's state file. */
export const claimState = 'claim';

interface SavedClaim {
  readonly slot: string;
  readonly number: number;
  /** Epoch ms at which it may end: jobs of one run share run and attempt, so that only this tells whose claim it is. */
  readonly ends: readonly number[];
}

/** Claims that remember which one is held. */
export class SavedClaims implements Claims {
  readonly #claims: Claims;
  readonly #save: (text: string) => void;
  #ends: readonly number[] = [];

  constructor(claims: Claims, save: (text: string) => void) {
    this.#claims = claims;
    this.#save = save;
  }

  list(slot: string): Promise<ReadonlyMap<number, Held>> {
    return this.#claims.list(slot);
  }

  async make(slot: string, number: number, claim: Claim): Promise<boolean> {
    // Saved before it is made: the process may be killed between the two. The post step looks whose claim it is.
    this.#remember(slot, number, [claim.until.getTime()]);
    return this.#claims.make(slot, number, claim);
  }

  async renew(slot: string, number: number, claim: Claim): Promise<void> {
    const end = claim.until.getTime();
    // Until the answer is there, either may be true.
    this.#remember(slot, number, [...this.#ends, end]);
    await this.#claims.renew(slot, number, claim);
    this.#remember(slot, number, [end]);
  }

  #remember(slot: string, number: number, ends: readonly number[]): void {
    this.#ends = ends;
    this.#save(JSON.stringify({ slot, number, ends } satisfies SavedClaim));
  }

  async release(slot: string, number: number, claim: Claim): Promise<void> {
    await this.#claims.release(slot, number, claim);
    this.#save('');
  }

  sweep(before: string): Promise<void> {
    return this.#claims.sweep(before);
  }
}

/**
 * Gives up what the main step may have left claimed; a claim of somebody else, or one that has ended, stays as it is.
 * @param saved the text of the state; empty when nothing is claimed
 * @returns the slot that was given up
 */
export async function releaseSaved(
  saved: string,
  claims: Claims,
  { run, clock }: { readonly run: RunIdentity; readonly clock: Clock },
): Promise<string | undefined> {
  if (saved === '') return undefined;
  const { slot, number, ends } = JSON.parse(saved) as SavedClaim;
  const held = (await claims.list(slot)).get(number);
  if (held === undefined || held === unreadable) return undefined;
  const now = clock.now();
  if (held.run !== run.key || held.attempt !== run.attempt || held.until <= now) return undefined;
  if (!ends.includes(held.until.getTime())) return undefined;
  await claims.release(slot, number, { ...held, until: now });
  return slot;
}
