/** A plan that is made when a table is first asked for: from a pipe, definitions come before the rows. */
import { type Replace, toNobody } from '../emails/replacement.ts';
import type { Plan, TablePlan } from '../rules/plan/plan.ts';

export class LatePlan implements Plan {
  readonly replace = toNobody;
  readonly #make: () => Plan;
  #plan: Plan | undefined;

  constructor(make: () => Plan) {
    this.#make = make;
  }

  /** @throws ConfigurationError when the dump does not allow the rules */
  make(): Plan {
    this.#plan ??= this.#make();
    return this.#plan;
  }

  readonly replaceUnique: Replace = (...place) => this.make().replaceUnique(...place);

  get notes(): ReadonlyMap<string, string> {
    return this.make().notes;
  }

  /** Definitions alone make no plan: those that come later would be missing. */
  get bounds(): ReadonlyMap<string, string> {
    return this.#plan?.bounds ?? new Map();
  }

  get sampled(): (value: Buffer) => number {
    return this.make().sampled;
  }

  table(name: string): TablePlan {
    return this.make().table(name);
  }
}
