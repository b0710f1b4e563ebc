/** Rules that interfere with calls: which, from the how-manieth on, how often, and what becomes of them. */

import type { CallRecord } from './call-log.ts';

/**
 * What a fault rule does with a call it matches.
 * `throttle` and `refuse` answer without effect; `hang-before` never answers and has no effect; `lose-answer` has the
 * effect, then drops the connection; `kill-before` / `kill-after` call the killer (SIGKILL of the runner's process
 * tree) before or after the effect.
 */
export type FaultEffect =
  | { readonly kind: 'throttle' }
  | { readonly kind: 'refuse'; readonly status: number; readonly code: string; readonly message: string }
  | { readonly kind: 'hang-before' }
  | { readonly kind: 'lose-answer' }
  /** The connection breaks in the middle: of a request with nothing done, of a long answer with half of it sent. */
  | { readonly kind: 'cut-body' }
  | { readonly kind: 'kill-before' }
  | { readonly kind: 'kill-after' };

export interface FaultRule {
  readonly name: string;
  /** Endpoint and operation, e.g. `ec2:CreateSnapshot`; `*` matches any. */
  readonly endpoint: CallRecord['endpoint'] | '*';
  readonly operation: string | '*';
  /** Matches only calls whose parameters satisfy this. */
  readonly when?: (parameters: unknown) => boolean;
  /** The how-manieth matching call, from 1, the rule begins with; default 1. */
  readonly from?: number;
  /** How many calls it hits; default 1. */
  readonly times?: number;
  readonly effect: FaultEffect;
}

export interface Faults {
  add(rule: FaultRule): void;
  clear(): void;
  /** Called once by an endpoint for each authenticated call, before its effect. */
  next(
    endpoint: CallRecord['endpoint'],
    operation: string,
    parameters: unknown,
  ): { rule: string; effect: FaultEffect } | undefined;
  /** What `kill-before` and `kill-after` do; set by whoever runs the runner. */
  kill: () => void;
}

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
