/** Claims in a region, by which runs that know nothing of each other keep out of each other's way. */

export interface Claim {
  /** Who holds it: the run, as `owner/repo/actions/runs/ID`, and its attempt. */
  readonly run: string;
  readonly attempt: number;
  /** When it ends, unless it is renewed. A claim that was given up has ended. */
  readonly until: Date;
}

/** What somebody else put in the place of a claim: who holds the slot, and until when, is not known. */
export const unreadable = 'unreadable';

export type Held = Claim | typeof unreadable;

/** The name under which a person finds a claim: a parameter of Systems Manager. */
export function claimName(slot: string, number: number): string {
  return `/holdfast/rotation/${slot}/${number}`;
}

/** Claims of one slot are numbered: each is made once, and whoever made the last one that has not ended holds the slot. */
export interface Claims {
  /** Those of a slot, by number. */
  list(slot: string): Promise<ReadonlyMap<number, Held>>;
  /** Makes a claim. Of several at once exactly one succeeds. @returns false when there is one of this number already */
  make(slot: string, number: number, claim: Claim): Promise<boolean>;
  /** Replaces a claim of one's own. */
  renew(slot: string, number: number, claim: Claim): Promise<void>;
  /** Replaces a claim of one's own by one that has ended. It takes seconds at most, also in a run that is being ended. */
  release(slot: string, number: number, claim: Claim): Promise<void>;
  /** Deletes the claims of slots that began before that day (`YYYY-mm-dd`). */
  sweep(before: string): Promise<void>;
}
