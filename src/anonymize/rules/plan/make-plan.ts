/** Makes a plan from rules and catalogue. Every mistake shows here, before a byte is written. */
import { type Replace, toNobody } from '../../emails/replacement.ts';
import { KeyedHash } from '../../kernels/keyed-hash.ts';
import { checkRules } from '../check/check-rules.ts';
import { fitRules } from './fit-rules.ts';
import type { Plan, PlanOptions, TablePlan } from './plan.ts';
import { CompiledTable } from './table-plan.ts';
import { uniqueReplacement } from './unique-replacement.ts';

/** @throws ConfigurationError that lists every rule that the dump does not allow */
export function makePlan(options: PlanOptions): Plan {
  const rules = fitRules(options.rules, options.catalogue);
  if (!options.catalogue.isEmpty) checkRules(rules, options.catalogue);
  return new CompiledPlan({ ...options, rules });
}

class CompiledPlan implements Plan {
  readonly replace: Replace = toNobody;
  readonly replaceUnique: Replace;
  readonly sampled: (value: Buffer) => number;
  readonly #options: PlanOptions;
  readonly #tables = new Map<string, TablePlan>();

  constructor(options: PlanOptions) {
    this.#options = options;
    this.replaceUnique = uniqueReplacement(options.key, Number.POSITIVE_INFINITY, false);
    const sample = new KeyedHash(options.key, 'sample');
    this.sampled = (value) => sample.number(value, 0, value.length) / 2 ** 32;
  }

  table(name: string): TablePlan {
    const known = this.#tables.get(name);
    if (known) return known;
    const plan = new CompiledTable(name, this.#options);
    this.#tables.set(name, plan);
    return plan;
  }
}
