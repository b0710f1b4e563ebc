/** Makes a plan from rules and catalogue. Every mistake shows here, before a byte is written. */
import { type Replace, toNobody } from '../../emails/replacement.ts';
import { KeyedHash } from '../../kernels/keyed-hash.ts';
import { AddressForms } from '../addresses/address-forms.ts';
import { distinctForm } from '../addresses/form.ts';
import { checkRules } from '../check/check-rules.ts';
import { checkConstraints } from '../check/constraint-checks.ts';
import { checkPredicates } from '../check/predicate-checks.ts';
import type { CompileOptions } from './column-plan.ts';
import { fitRules } from './fit-rules.ts';
import type { Plan, PlanOptions, TablePlan } from './plan.ts';
import { CompiledTable } from './table-plan.ts';
import { uniqueReplacement } from './unique-replacement.ts';

/** @throws ConfigurationError that lists every rule that the dump does not allow, and every column for which there is no address */
export function makePlan(options: PlanOptions): Plan {
  const rules = fitRules(options.rules, options.catalogue);
  const replaceUnique = replacementInDefinitions(options.key);
  const forms = addressForms(options);
  if (!options.catalogue.isEmpty)
    checkRules(rules, options.catalogue, {
      partitions: (root) => forms.partitions(root),
      problems: () => [
        ...forms.problems,
        ...(options.complete ? [] : keptTooLate(forms)),
        ...checkConstraints({ ...options, rules, forms }),
        ...checkPredicates({ ...options, rules }),
      ],
    });
  return new CompiledPlan({ ...options, rules, forms }, replaceUnique);
}

/** From a pipe, definitions are written before it is known what they belong to. */
function keptTooLate({ kept }: AddressForms): readonly string[] {
  return [...new Set(kept.values())].map(
    (place) =>
      `${place}: a CHECK or the partitions compare it with addresses, which keep keeps only where the definitions are known beforehand (\`schema\`, or a file instead of a pipe); allowed: emails`,
  );
}

/** The forms of addresses, as the definitions that are known now ask for them. */
export function addressForms({ rules, catalogue, key }: PlanOptions): AddressForms {
  const replaceInDefinitions = replacementInDefinitions(key);
  return new AddressForms({ catalogue, key, rules: fitRules(rules, catalogue), replaceInDefinitions });
}

/** Replaces addresses that must stay distinct outside of rows. */
export function replacementInDefinitions(key: Uint8Array): Replace {
  return uniqueReplacement(key, distinctForm(Number.POSITIVE_INFINITY), undefined);
}

class CompiledPlan implements Plan {
  readonly replace: Replace = toNobody;
  readonly replaceUnique: Replace;
  readonly bounds: ReadonlyMap<string, string> | undefined;
  readonly kept: ReadonlyMap<string, string>;
  readonly sampled: (value: Buffer) => number;
  readonly #options: CompileOptions;
  readonly #tables = new Map<string, TablePlan>();

  constructor(options: CompileOptions, replaceUnique: Replace) {
    this.#options = options;
    this.replaceUnique = replaceUnique;
    // From a pipe, the order of bounds is not known before all of them are.
    this.bounds = options.complete ? options.forms.bounds() : undefined;
    this.kept = options.complete ? options.forms.kept : new Map();
    const sample = new KeyedHash(options.key, 'sample');
    this.sampled = (value) => sample.number(value, 0, value.length) / 2 ** 32;
  }

  get notes(): ReadonlyMap<string, string> {
    return this.#options.forms.notes;
  }

  table(name: string): TablePlan {
    const known = this.#tables.get(name);
    if (known) return known;
    // Rows may stand before a statement that gives their table another name.
    const now = this.#options.catalogue.table(name)?.name ?? name;
    const plan = now === name ? new CompiledTable(name, this.#options) : this.table(now);
    this.#tables.set(name, plan);
    return plan;
  }
}
