/** Ports whose nth call meets a fault: the process dies before or after it, the call fails, or its answer is lost. */
import { AwsError } from '../../src/runtime/errors.ts';

/** Thrown into a run to end it at this point: nothing of it goes any further. */
export class Killed extends Error {}

export const portFaults = ['killed before', 'killed after', 'throttled away', 'failed', 'answer lost'] as const;
export type PortFault = (typeof portFaults)[number];

type Failure = Pick<AwsError, 'code' | 'kind' | 'outcome'>;

/** How calls fail, for the faults that make them fail. */
const errors: Readonly<Partial<Record<PortFault, Failure>>> = {
  'throttled away': { code: 'RequestLimitExceeded', kind: 'throttled', outcome: 'not-done' },
  failed: { code: 'InternalError', kind: 'other', outcome: 'not-done' },
  'answer lost': { code: 'TimeoutError', kind: 'transient', outcome: 'maybe-done' },
};

/** The calls of one process, through all its ports. */
export class FaultyPorts {
  /** Owner and name of every call, in order. */
  readonly calls: string[] = [];
  readonly #at: number;
  readonly #fault: PortFault;
  readonly #process = new AbortController();

  /** @param at number of the call that meets the fault, from 1; 0 for none */
  constructor(at = 0, fault: PortFault = 'failed') {
    this.#at = at;
    this.#fault = fault;
  }

  /** Aborted when the process is killed. */
  get signal(): AbortSignal {
    return this.#process.signal;
  }

  /** @param owner names the port in `calls` */
  port<T extends object>(owner: string, target: T): T {
    return new Proxy(target, {
      get: (object, name) => {
        const member = Reflect.get(object, name) as unknown;
        if (typeof member !== 'function') return member;
        // Answers from memory: it is not a call that could fail.
        if (name === 'clockOffset') return member.bind(object);
        return (...parameters: unknown[]) =>
          this.#call(owner, String(name), async () => (await member.apply(object, parameters)) as unknown);
      },
    });
  }

  async #call(owner: string, name: string, perform: () => Promise<unknown>): Promise<unknown> {
    this.#mustLive();
    this.calls.push(`${owner}.${name}`);
    const fault = this.calls.length === this.#at ? this.#fault : undefined;
    const error = fault && errors[fault];
    if (fault === 'killed before') this.#kill();
    if (error?.outcome === 'not-done') throw awsError(owner, name, error);
    const result = await perform();
    this.#mustLive();
    if (fault === 'killed after') this.#kill();
    if (error?.outcome === 'maybe-done') throw awsError(owner, name, error);
    return result;
  }

  /** A dead process makes no further call, and gets no answer. */
  #mustLive(): void {
    if (this.signal.aborted) throw new Killed();
  }

  #kill(): never {
    const killed = new Killed();
    this.#process.abort(killed);
    throw killed;
  }
}

function awsError(owner: string, name: string, failure: Failure): AwsError {
  return new AwsError({ what: `${name} met a fault`, operation: name, resource: owner, requestId: 'r', ...failure });
}
