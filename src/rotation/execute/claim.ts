/**
 * The claim of a slot: of two rotations of one region at once, as two repositories may start them, one creates the snapshots,
 * and the other waits and then finds them. A claim of a dead run ends by itself.
 */
import type { RunIdentity } from '../../domain/run.ts';
import type { Claim, Claims } from '../../ports/claims.ts';
import type { WorkContext } from '../../runtime/context.ts';
import { AwsError, BackupError, explain } from '../../runtime/errors.ts';
import { addDays } from '../plan/dates.ts';

export interface ClaimRequest {
  readonly slot: string;
  readonly run: RunIdentity;
  /** Seconds that the work between two renewals may take. */
  readonly leaseSeconds: number;
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
  const { slot, run } = request;
  const { clock, logger, signal } = context;
  const giveUpAt = clock.now().getTime() + patience;
  let waited = false;
  try {
    for (;;) {
      signal.throwIfAborted();
      const made = await claims.list(slot);
      const last = Math.max(0, ...made.keys());
      const holder = made.get(last);
      if (holder === undefined || hasEnded(holder, run, clock.now())) {
        // Whoever has just given it up has made snapshots that EC2 may not list yet.
        waited ||= holder !== undefined && clock.now().getTime() - holder.until.getTime() < listingDelay;
        const held = await HeldClaim.make(request, last + 1, claims, context, waited);
        if (held === undefined) continue;
        if (waited) await clock.sleep(listingDelay, signal);
        await claims.sweep(addDays(slot.slice(0, 10), -keptDays)).catch(() => {});
        return held;
      }
      if (clock.now().getTime() >= giveUpAt) throw claimedTooLong(slot, holder);
      if (!waited)
        logger.info(`another rotation creates the snapshots of ${slot} (${holder.run}); waiting for its end`);
      waited = true;
      await clock.sleep(pace, signal);
    }
  } catch (error) {
    if (!(error instanceof AwsError) || error.kind !== 'denied') throw error;
    logger.warning(
      `two rotations of this region at once could not be kept apart: ${explain(error).what}; deploy the current infra/holdfast.yml`,
    );
    return { waited, renew: async () => {}, release: async () => {} };
  }
}

/** An earlier attempt of the same run is over when the next one begins. */
function hasEnded(claim: Claim, run: RunIdentity, now: Date): boolean {
  return claim.until <= now || (claim.run === run.key && claim.attempt < run.attempt);
}

class HeldClaim implements HeldSlot {
  readonly waited: boolean;
  readonly #request: ClaimRequest;
  readonly #number: number;
  readonly #claims: Claims;
  readonly #context: WorkContext;
  #until: Date;
  #renewal: Promise<void> | undefined;

  /** @returns undefined when somebody else was faster */
  static async make(
    request: ClaimRequest,
    number: number,
    claims: Claims,
    context: WorkContext,
    waited: boolean,
  ): Promise<HeldClaim | undefined> {
    const held = new HeldClaim(request, number, claims, context, waited);
    return (await claims.make(request.slot, number, held.#claim)) ? held : undefined;
  }

  private constructor(request: ClaimRequest, number: number, claims: Claims, context: WorkContext, waited: boolean) {
    this.#request = request;
    this.#number = number;
    this.#claims = claims;
    this.#context = context;
    this.waited = waited;
    this.#until = this.#end();
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
      await this.#claims.renew(this.#request.slot, this.#number, { ...this.#claim, until: clock.now() });
    } catch (error) {
      logger.info(`the claim of ${this.#request.slot} ends by itself: ${explain(error).what}`);
    }
  }
}

function claimedTooLong(slot: string, { run, until }: Claim): BackupError {
  return new BackupError({
    what: `another rotation has been creating the snapshots of ${slot} for an hour: ${run}`,
    likelyCause: `two workflows rotate this region; the claim of the other one ends at ${until.toISOString()}, unless it is renewed`,
    fix: 'let one repository rotate a region, or let their schedules be hours apart; nothing was created here',
    code: 'claimed',
  });
}
