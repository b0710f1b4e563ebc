/** Fault rules: which calls they hit, how many of them, and what becomes of those calls. */
import type { EndpointName } from './call-log.ts';

/** What a fault rule does to a call. The call is always logged, with the name of the rule. */
export type FaultEffect =
  /** The service answers that requests come too fast; nothing is done. */
  | { readonly kind: 'throttle' }
  /** The service answers with this error; nothing is done. */
  | { readonly kind: 'refuse'; readonly status: number; readonly code: string; readonly message: string }
  /** The call is never answered; nothing is done. */
  | { readonly kind: 'hang-before' }
  /** The call is performed, then the connection breaks without an answer. */
  | { readonly kind: 'lose-answer' }
  /**
   * The connection breaks half-way: while a GET is answered, after half of the answer; any other call while it is sent,
   * so that nothing is done.
   */
  | { readonly kind: 'cut-body' }
  /** The runner is killed before the call is performed. */
  | { readonly kind: 'kill-before' }
  /** The call is performed, then the runner is killed. */
  | { readonly kind: 'kill-after' };

export interface FaultRule {
  readonly name: string;
  /** With `operation` names the calls to hit, e.g. `ec2` and `CreateSnapshot`; `*` matches any. */
  readonly endpoint: EndpointName | '*';
  readonly operation: string | '*';
  /** Limits the rule to calls with certain parameters. */
  readonly when?: (parameters: unknown) => boolean;
  /** Number of the first matching call to hit, counted from 1; default 1. */
  readonly from?: number;
  /** How many matching calls to hit; default 1. */
  readonly times?: number;
  readonly effect: FaultEffect;
}

export interface Faults {
  add(rule: FaultRule): void;
  clear(): void;
  /** Decides what happens to a call. An endpoint asks once for each call it accepts, before it performs it. */
  next(
    endpoint: EndpointName,
    operation: string,
    parameters: unknown,
  ): { readonly rule: string; readonly effect: FaultEffect } | undefined;
  /** Kills the runner with all its processes. Set by the owner of the runner. */
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
      let hit: ReturnType<Faults['next']>;
      for (const one of armed) {
        const { rule } = one;
        const matches =
          (rule.endpoint === '*' || rule.endpoint === endpoint) &&
          (rule.operation === '*' || rule.operation === operation) &&
          (rule.when?.(parameters) ?? true);
        if (!matches) continue;
        one.seen += 1;
        const from = rule.from ?? 1;
        // Every matching rule counts the call; the first one that is due hits it.
        if (one.seen >= from && one.seen < from + (rule.times ?? 1)) hit ??= { rule: rule.name, effect: rule.effect };
      }
      return hit;
    },
  };
}
