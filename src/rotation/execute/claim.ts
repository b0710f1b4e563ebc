/**
 * The claim of a slot: of two rotations of one region at once, as two repositories may start them, one creates the snapshots,
 * and the other waits and then finds them. A claim of a dead run ends by itself.
 */
import type { RunIdentity } from '../../domain/run.ts';
import { type Claim, type Claims, claimName, type Held, unreadable } from '../../ports/claims.ts';
import type { WorkContext } from '../../runtime/context.ts';
import { AwsError, BackupError, explain } from '../../runtime/errors.ts';
import { addDays } from '../plan/dates.ts';

export interface ClaimRequest {
  readonly slot: string;
  readonly run: RunIdentity;
  /** Seconds that the work between two renewals may take. */
  readonly leaseSeconds: number;
  /** Whether a run is known to be over: its claim holds nobody up. A runner that was lost has not given it up. */
  readonly isOver?: (run: string) => Promise<boolean>;
}

/** Milliseconds between two looks at a claim that somebody else holds. */
const pace = 15_000;
/** Milliseconds for which somebody else's work is waited for. */
const patience = 60 * 60_000;
/** Milliseconds that EC2 may take until it lists what another run has just made. */
const listingDelay = 15_000;
/** Days for which claims of old slots are kept: a slot is at most a day long, and time zones differ. */
const keptDays = 3;

/** A slot that is held, or that nobody can hold. */
export interface HeldSlot {
  /** Whether somebody else held it before, so that what there is must be read again. */
  readonly waited: boolean;
  /** Prolongs the claim, before each piece of work. @throws BackupError when it has ended meanwhile */
  renew(): Promise<void>;
  /** Gives it up. Never rejects. */
  release(): Promise<void>;
}

/** @throws BackupError with the code `claimed` when another run holds it for too long */
export async function claimSlot(request: ClaimRequest, claims: Claims, context: WorkContext): Promise<HeldSlot> {
  const { logger } = context;
  try {
    const held = await waitForClaim(request, claims, context);
    await settle(held, request, claims, context);
    return held;
  } catch (error) {
    if (!(error instanceof AwsError) || error.kind !== 'denied') throw error;
    logger.warning(
      `two rotations of this region at once could not be kept apart: ${explain(error).what}; deploy the current infra/holdfast.yml`,
    );
    return { waited: false, renew: async () => {}, release: async () => {} };
  }
}

/** Every turn but the last one sleeps, and none comes after the patience has ended, whatever is found. */
async function waitForClaim(request: ClaimRequest, claims: Claims, context: WorkContext): Promise<HeldClaim> {
  const { slot, run } = request;
  const { clock, logger, signal } = context;
  const giveUpAt = clock.now().getTime() + patience;
  let tried: HeldClaim | undefined;
  for (let waited = false; ; waited = true) {
    signal.throwIfAborted();
    const made = await claims.list(slot);
    let number = Math.max(0, ...made.keys());
    let holder = made.get(number);
    if (tried?.is(number, holder)) return tried;
    if (holder === undefined || hasEnded(holder, run, clock.now()) || (await isDead(holder, request))) {
      number += 1;
      // Whoever has just given it up has made snapshots that EC2 may not list yet.
      const fresh = holder !== undefined && clock.now().getTime() - endOf(holder) < listingDelay;
      tried = new HeldClaim(request, number, claims, context, waited || fresh);
      if (await tried.make()) return tried;
      // Somebody else was faster, or the list is older than a claim that exists.
      holder = unreadable;
    }
    if (clock.now().getTime() >= giveUpAt) throw claimedTooLong(slot, number, holder);
    if (!waited)
      logger.info(`another rotation creates the snapshots of ${slot} (${holderOf(holder)}); waiting for its end`);
    await clock.sleep(pace, signal);
  }
}

async function settle(held: HeldClaim, { slot }: ClaimRequest, claims: Claims, context: WorkContext): Promise<void> {
  try {
    if (held.waited) await context.clock.sleep(listingDelay, context.signal);
    await claims.sweep(addDays(slot.slice(0, 10), -keptDays)).catch(() => {});
  } catch (error) {
    await held.release();
    throw error;
  }
}

async function isDead(claim: Held, { isOver }: ClaimRequest): Promise<boolean> {
  return claim !== unreadable && isOver !== undefined && (await isOver(claim.run));
}

/** An earlier attempt of the same run is over when the next one begins. */
function hasEnded(claim: Held, run: RunIdentity, now: Date): boolean {
  if (claim === unreadable) return false;
  return claim.until <= now || (claim.run === run.key && claim.attempt < run.attempt);
}

function endOf(claim: Held): number {
  return claim === unreadable ? Number.POSITIVE_INFINITY : claim.until.getTime();
}

function holderOf(claim: Held): string {
  return claim === unreadable ? 'somebody unknown' : claim.run;
}

class HeldClaim implements HeldSlot {
  readonly waited: boolean;
  readonly #request: ClaimRequest;
  readonly #number: number;
  readonly #claims: Claims;
  readonly #context: WorkContext;
  #until: Date;
  #renewal: Promise<void> | undefined;

  constructor(request: ClaimRequest, number: number, claims: Claims, context: WorkContext, waited: boolean) {
    this.#request = request;
    this.#number = number;
    this.#claims = claims;
    this.#context = context;
    this.waited = waited;
    this.#until = this.#end();
  }

  /** @returns false when somebody else was faster */
  make(): Promise<boolean> {
    return this.#claims.make(this.#request.slot, this.#number, this.#claim);
  }

  /** Whether this is that claim: its answer was lost, and the list did not know it yet. */
  is(number: number, listed: Held | undefined): boolean {
    if (listed === undefined || listed === unreadable || number !== this.#number) return false;
    const { run, attempt, until } = this.#claim;
    return listed.run === run && listed.attempt === attempt && listed.until.getTime() === until.getTime();
  }

  #end(): Date {
    return new Date(this.#context.clock.now().getTime() + this.#request.leaseSeconds * 2000);
  }

  get #claim(): Claim {
    const { key, attempt } = this.#request.run;
    return { run: key, attempt, until: this.#until };
  }

  async renew(): Promise<void> {
    const left = this.#until.getTime() - this.#context.clock.now().getTime();
    if (left <= 0)
      throw new BackupError({
        what: `the claim of ${this.#request.slot} ended before its work did, and another rotation may have gone on with it`,
        fix: 'run again: the next run continues where this one stopped',
        code: 'claimed',
      });
    // Enough is left for one piece of work.
    if (left >= this.#request.leaseSeconds * 1000) return;
    this.#renewal ??= this.#renew().finally(() => {
      this.#renewal = undefined;
    });
    await this.#renewal;
  }

  async #renew(): Promise<void> {
    const until = this.#end();
    await this.#claims.renew(this.#request.slot, this.#number, { ...this.#claim, until });
    this.#until = until;
  }

  async release(): Promise<void> {
    const { clock, logger } = this.#context;
    try {
      await this.#claims.release(this.#request.slot, this.#number, { ...this.#claim, until: clock.now() });
    } catch (error) {
      logger.info(`the claim of ${this.#request.slot} ends by itself: ${explain(error).what}`);
    }
  }
}

function claimedTooLong(slot: string, number: number, holder: Held): BackupError {
  if (holder === unreadable)
    return new BackupError({
      what: `somebody unknown has held the snapshots of ${slot} for an hour: the claim ${claimName(slot, number)} cannot be read`,
      likelyCause: 'something else than a rotation made this parameter of Systems Manager, or changed it',
      fix: `look at the parameter; if no rotation of this region is running, delete it: aws ssm delete-parameter --name ${claimName(slot, number)}; nothing was created here`,
      code: 'claimed',
    });
  const { run, until } = holder;
  return new BackupError({
    what: `another rotation has been creating the snapshots of ${slot} for an hour: ${run}`,
    likelyCause: `two workflows rotate this region; the claim of the other one ends at ${until.toISOString()}, unless it is renewed`,
    fix: 'let one repository rotate a region, or let their schedules be hours apart; nothing was created here',
    code: 'claimed',
  });
}
