/** Rules that interfere with calls: which, from the how-manieth on, how often, and what becomes of them. */
import type { FaultRule, Faults } from '../../contracts.ts';

interface Armed {
  readonly rule: FaultRule;
  seen: number;
}

export function faultRules(): Faults {
  let armed: Armed[] = [];
  return {
    kill: () => {},
    add(rule) {
      armed.push({ rule, seen: 0 });
    },
    clear() {
      armed = [];
    },
    next(endpoint, operation, parameters) {
      let hit: { rule: string; effect: FaultRule['effect'] } | undefined;
      for (const one of armed) {
        const { rule } = one;
        const matches =
          (rule.endpoint === '*' || rule.endpoint === endpoint) &&
          (rule.operation === '*' || rule.operation === operation) &&
          (rule.when?.(parameters) ?? true);
        if (!matches) continue;
        one.seen += 1;
        const from = rule.from ?? 1;
        // Every rule counts the call, the first that applies has it.
        if (one.seen >= from && one.seen < from + (rule.times ?? 1)) hit ??= { rule: rule.name, effect: rule.effect };
      }
      return hit;
    },
  };
}
