/** Disturbs the ports of a rotation: its n-th call dies, fails, or loses its answer. */
import type { Tools } from '../../src/actions/ebs-rotate/run.ts';
import { AwsError } from '../../src/runtime/errors.ts';

/** Thrown into a story to end it where it stands: nothing of it runs any further. */
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

  readonly change = (tools: Tools): Tools => ({
    ...tools,
    // A dead process goes no further anywhere: the story stops at its next look at the signal.
    signal: AbortSignal.any([tools.signal, this.#process.signal]),
    hosts: this.#port('hosts', tools.hosts),
    hooks: this.#port('hooks', tools.hooks),
    estates: {
      regions: this.#port('estates', tools.estates).regions,
      in: (region) => this.#port(region, tools.estates.in(region)),
    },
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
          const refused = (code: string, kind: AwsError['kind'], outcome: AwsError['outcome']): AwsError =>
            new AwsError({
              what: `${String(name)} met a fault`,
              operation: String(name),
              resource: owner,
              requestId: 'r',
              code,
              kind,
              outcome,
            });
          if (mine && this.#kind === 'throttled away') throw refused('RequestLimitExceeded', 'throttled', 'not-done');
          if (mine && this.#kind === 'failed') throw refused('InternalError', 'other', 'not-done');
          const result = (await member.apply(object, parameters)) as unknown;
          if (this.killed) throw new Killed();
          if (mine && this.#kind === 'killed after') this.#kill();
          if (mine && this.#kind === 'answer lost') throw refused('TimeoutError', 'transient', 'maybe-done');
          return result;
        };
      },
    });
  }
}
