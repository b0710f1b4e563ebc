/** One call to an endpoint: performed, or hit by a fault rule; logged in any case. */
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { type Answer, send, sendHalf } from './answer.ts';
import type { CallLog, EndpointName } from './call-log.ts';
import { keepExchange } from './exchanges.ts';
import type { FaultEffect, Faults } from './faults.ts';

export interface HttpRequest {
  readonly method: string;
  /** As received: path and query. */
  readonly url: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What a request asks a service for. */
export interface Operation {
  readonly endpoint: EndpointName;
  readonly name: string;
  readonly caller: string;
  /** Logged, so they must hold no secret. */
  readonly parameters: unknown;
  /** The answer to a call that is refused at the door: no fault rule sees it, and nothing is done. */
  readonly refused?: Answer;
  readonly perform: () => Answer | Promise<Answer>;
  /** Policy statements that allowed the call; filled while it is performed. */
  readonly allowedBy?: ReadonlySet<string>;
  /** How this service answers when requests come too fast. */
  readonly throttled: Answer;
  /** How this service words an error that a fault rule prescribes. */
  readonly refusal: (error: Extract<FaultEffect, { kind: 'refuse' }>) => Answer;
}

/** The operation of a call that is refused at the door. */
export function refuse(operation: Omit<Operation, 'perform' | 'refused'>, refused: Answer): Operation {
  return { ...operation, refused, perform: () => refused };
}

/** What every endpoint of the lab shares. */
export interface CallParts {
  readonly log: CallLog;
  readonly faults: Faults;
}

/** Answers the call unless a fault rule decides otherwise. */
export async function answerCall(
  request: HttpRequest,
  operation: Operation,
  response: ServerResponse,
  parts: CallParts,
): Promise<void> {
  await new Call(request, operation, response, parts).answer();
}

class Call {
  readonly #request: HttpRequest;
  readonly #operation: Operation;
  readonly #response: ServerResponse;
  readonly #parts: CallParts;
  readonly #started = performance.now();
  #fault: string | undefined;

  constructor(request: HttpRequest, operation: Operation, response: ServerResponse, parts: CallParts) {
    this.#request = request;
    this.#operation = operation;
    this.#response = response;
    this.#parts = parts;
  }

  /** A failure inside the lab is printed and logged, and breaks the connection. */
  async answer(): Promise<void> {
    const { endpoint, name, parameters, refused } = this.#operation;
    try {
      if (refused) return this.#reply(refused);
      const hit = this.#parts.faults.next(endpoint, name, parameters);
      if (hit === undefined) return this.#reply(await this.#operation.perform());
      this.#fault = hit.rule;
      await this.#apply(hit.effect);
    } catch (error) {
      console.error(`lab: ${endpoint}:${name} failed inside the lab:`, error);
      this.#disconnect(`failed inside the lab: ${error}`);
    }
  }

  async #apply(effect: FaultEffect): Promise<void> {
    const { perform, throttled, refusal } = this.#operation;
    const { faults } = this.#parts;
    switch (effect.kind) {
      case 'throttle':
        return this.#reply(throttled);
      case 'refuse':
        return this.#reply(refusal(effect));
      case 'hang-before':
        // The connection stays open until the client leaves or the lab stops.
        return this.#record(0, 'never answered');
      case 'lose-answer':
        await perform();
        return this.#disconnect('answer lost');
      case 'cut-body': {
        if (this.#request.method !== 'GET') return this.#disconnect('connection broke during the request');
        const answer = await perform();
        this.#record(0, 'connection broke during the answer');
        return sendHalf(this.#response, answer);
      }
      case 'kill-before':
        faults.kill();
        return this.#disconnect('runner killed before the call');
      case 'kill-after':
        await perform();
        faults.kill();
        return this.#disconnect('runner killed after the call');
      default:
        effect satisfies never;
    }
  }

  #reply(answer: Answer): void {
    this.#record(answer.status, answer.error);
    keepExchange(this.#request, this.#operation, answer);
    send(this.#response, answer);
  }

  #disconnect(error: string): void {
    this.#record(0, error);
    keepExchange(this.#request, this.#operation, undefined);
    this.#response.destroy();
  }

  #record(status: number, error?: string): void {
    const { endpoint, name, caller, parameters, allowedBy } = this.#operation;
    this.#parts.log.add({
      at: new Date().toISOString(),
      endpoint,
      operation: name,
      caller,
      parameters,
      status,
      milliseconds: Math.round(performance.now() - this.#started),
      ...(error === undefined ? {} : { error }),
      ...(this.#fault === undefined ? {} : { fault: this.#fault }),
      ...(allowedBy?.size ? { allowedBy: [...allowedBy] } : {}),
    });
  }
}
