/**
 * Claims as parameters of Systems Manager's Parameter Store. PutParameter without Overwrite makes a parameter or fails
 * (SSM API reference, PutParameter: ParameterAlreadyExists), which tags of EC2 cannot do.
 */
import { DeleteParametersCommand, GetParametersByPathCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import type { Claim, Claims } from '../../ports/claims.ts';
import { AwsError } from '../../runtime/errors.ts';
import type { AwsSession } from './session.ts';

/** The role of the stack may use no other parameters. */
const root = '/holdfast/rotation';

/** DeleteParameters takes as many (SSM API reference). */
const mostDeleted = 10;

export class SsmClaims implements Claims {
  readonly #session: AwsSession;
  readonly #signal: AbortSignal;

  constructor(session: AwsSession, signal: AbortSignal) {
    this.#session = session;
    this.#signal = signal;
  }

  async list(slot: string): Promise<ReadonlyMap<number, Claim>> {
    const claims = new Map<number, Claim>();
    for (const { name, value } of await this.#parameters(`${root}/${slot}`, false)) {
      const number = Number(name.slice(name.lastIndexOf('/') + 1));
      const claim = read(value);
      if (claim !== undefined && Number.isInteger(number)) claims.set(number, claim);
    }
    return claims;
  }

  async make(slot: string, number: number, claim: Claim): Promise<boolean> {
    try {
      await this.#put(slot, number, claim, false);
      return true;
    } catch (error) {
      if (!(error instanceof AwsError) || error.code !== 'ParameterAlreadyExists') throw error;
      // The answer to an earlier attempt of this very call may have been lost.
      const existing = (await this.list(slot)).get(number);
      return existing !== undefined && write(existing) === write(claim);
    }
  }

  async renew(slot: string, number: number, claim: Claim): Promise<void> {
    await this.#put(slot, number, claim, true);
  }

  async sweep(before: string): Promise<void> {
    const names = (await this.#parameters(root, true)).map(({ name }) => name);
    const old = names.filter((name) => name.slice(root.length + 1, root.length + 11) < before);
    for (let from = 0; from < old.length; from += mostDeleted)
      await this.#session.call({ operation: 'DeleteParameters', resource: root, signal: this.#signal }, (abortSignal) =>
        this.#session.ssm.send(new DeleteParametersCommand({ Names: old.slice(from, from + mostDeleted) }), {
          abortSignal,
        }),
      );
  }

  async #put(slot: string, number: number, claim: Claim, Overwrite: boolean): Promise<void> {
    const Name = `${root}/${slot}/${number}`;
    await this.#session.call({ operation: 'PutParameter', resource: Name, signal: this.#signal }, (abortSignal) =>
      this.#session.ssm.send(new PutParameterCommand({ Name, Type: 'String', Value: write(claim), Overwrite }), {
        abortSignal,
      }),
    );
  }

  /** @param Recursive whether those of every slot are wanted: a named slot is below its day */
  async #parameters(path: string, Recursive: boolean): Promise<{ name: string; value: string }[]> {
    const found: { name: string; value: string }[] = [];
    let token: string | undefined;
    do {
      const page = await this.#session.call(
        { operation: 'GetParametersByPath', resource: path, signal: this.#signal },
        (abortSignal) =>
          this.#session.ssm.send(new GetParametersByPathCommand({ Path: path, Recursive, NextToken: token }), {
            abortSignal,
          }),
      );
      for (const { Name = '', Value = '' } of page.Parameters ?? []) found.push({ name: Name, value: Value });
      token = page.NextToken || undefined;
    } while (token !== undefined);
    return found;
  }
}

function write({ run, attempt, until }: Claim): string {
  return JSON.stringify({ run, attempt, until: until.toISOString() });
}

/** @returns undefined for what nobody of ours wrote */
function read(text: string): Claim | undefined {
  try {
    const { run, attempt, until } = JSON.parse(text) as { run: string; attempt: number; until: string };
    return { run, attempt, until: new Date(until) };
  } catch {
    return undefined;
  }
}
