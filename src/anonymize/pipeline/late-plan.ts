/** A plan that is made when a table is first asked for: from a pipe, definitions come before the rows. */
import { type Replace, toNobody } from '../emails/replacement.ts';
import type { Plan, TablePlan } from '../rules/plan/plan.ts';

export class LatePlan implements Plan {
  readonly replace = toNobody;
  /** Needs no plan: definitions whose addresses it replaces come before all are known. */
  readonly replaceUnique: Replace;
  readonly #make: () => Plan;
  #plan: Plan | undefined;

  constructor(make: () => Plan, replaceUnique: Replace) {
    this.#make = make;
    this.replaceUnique = replaceUnique;
  }

  /** @throws ConfigurationError when the dump does not allow the rules */
  make(): Plan {
    this.#plan ??= this.#make();
    return this.#plan;
  }

  get notes(): ReadonlyMap<string, string> {
    return this.make().notes;
  }

  /** Definitions alone make no plan: those that come later would be missing. */
  get bounds(): ReadonlyMap<string, string> | undefined {
    return this.#plan?.bounds;
  }

  get kept(): Plan['kept'] {
    return this.#plan?.kept ?? new Map();
  }

  get sampled(): (value: Buffer) => number {
    return this.make().sampled;
  }

  table(name: string): TablePlan {
    return this.make().table(name);
  }
}
