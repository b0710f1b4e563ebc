/** Disturbs the ports of a rotation: its nth call dies, fails, or loses its answer. */
import { AwsError } from '../../src/runtime/errors.ts';
import type { RunParts } from './rotate.ts';

/** Thrown into a run to end it where it stands: nothing of it goes any further. */
export class Killed extends Error {}

export const disturbances = ['killed before', 'killed after', 'throttled away', 'failed', 'answer lost'] as const;
export type Disturbance = (typeof disturbances)[number];

export class Disturber {
  readonly calls: string[] = [];
  readonly #at: number;
  readonly #kind: Disturbance;
  readonly #process = new AbortController();

  /** @param at number of the call, from 1; 0 for none */
  constructor(at: number, kind: Disturbance) {
    this.#at = at;
    this.#kind = kind;
  }

  get killed(): boolean {
    return this.#process.signal.aborted;
  }

  readonly change = ({ ports, context }: RunParts): RunParts => ({
    ports: {
      ...ports,
      hosts: this.#port('hosts', ports.hosts),
      hooks: this.#port('hooks', ports.hooks),
      regions: {
        enabled: this.#port('regions', ports.regions).enabled,
        in: (region) => this.#port(region, ports.regions.in(region)),
      },
    },
    // A dead process goes no further anywhere: the run stops when it next checks the signal.
    context: { ...context, signal: AbortSignal.any([context.signal, this.#process.signal]) },
  });

  #kill(): never {
    const killed = new Killed();
    this.#process.abort(killed);
    throw killed;
  }

  #port<T extends object>(owner: string, target: T): T {
    return new Proxy(target, {
      get: (object, name) => {
        const member = Reflect.get(object, name) as unknown;
        if (typeof member !== 'function') return member;
        // Answers from memory: no call that could fail.
        if (name === 'clockOffset') return member.bind(object);
        return async (...parameters: unknown[]): Promise<unknown> => {
          if (this.killed) throw new Killed();
          this.calls.push(`${owner}.${String(name)}`);
          const mine = this.calls.length === this.#at;
          if (mine && this.#kind === 'killed before') this.#kill();
          if (mine && this.#kind === 'throttled away')
            throw refusal(owner, String(name), {
              code: 'RequestLimitExceeded',
              kind: 'throttled',
              outcome: 'not-done',
            });
          if (mine && this.#kind === 'failed')
            throw refusal(owner, String(name), { code: 'InternalError', kind: 'other', outcome: 'not-done' });
          const result = (await member.apply(object, parameters)) as unknown;
          if (this.killed) throw new Killed();
          if (mine && this.#kind === 'killed after') this.#kill();
          if (mine && this.#kind === 'answer lost')
            throw refusal(owner, String(name), { code: 'TimeoutError', kind: 'transient', outcome: 'maybe-done' });
          return result;
        };
      },
    });
  }
}

function refusal(owner: string, operation: string, error: Pick<AwsError, 'code' | 'kind' | 'outcome'>): AwsError {
  return new AwsError({ what: `${operation} met a fault`, operation, resource: owner, requestId: 'r', ...error });
}
