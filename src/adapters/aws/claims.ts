/**
 * Claims as parameters of Systems Manager's Parameter Store. PutParameter without Overwrite makes a parameter or fails
 * (SSM API reference, PutParameter: ParameterAlreadyExists), which tags of EC2 cannot do.
 */
import { DeleteParametersCommand, GetParametersByPathCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import { type Claim, type Claims, claimName, type Held, unreadable } from '../../ports/claims.ts';
import { AwsError } from '../../runtime/errors.ts';
import type { AwsSession, CallOptions } from './session.ts';

/** The role of the stack may use no other parameters. */
const root = '/holdfast/rotation';

/** A run that is cancelled has 10 s left (GitHub Docs, "Workflow cancellation reference"). */
const release = { attempts: 3, milliseconds: 5_000 };

/** DeleteParameters takes as many (SSM API reference). */
const mostDeleted = 10;

export class SsmClaims implements Claims {
  readonly #session: AwsSession;
  readonly #signal: AbortSignal;

  constructor(session: AwsSession, signal: AbortSignal) {
    this.#session = session;
    this.#signal = signal;
  }

  async list(slot: string): Promise<ReadonlyMap<number, Held>> {
    const claims = new Map<number, Held>();
    for (const { name, value } of await this.#parameters(`${root}/${slot}`, false)) {
      // What has no number is in nobody's way.
      const number = /\/([1-9]\d{0,14})$/.exec(name)?.[1];
      if (number !== undefined) claims.set(Number(number), read(value));
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
      return existing !== undefined && existing !== unreadable && write(existing) === write(claim);
    }
  }

  async renew(slot: string, number: number, claim: Claim): Promise<void> {
    await this.#put(slot, number, claim, true);
  }

  async release(slot: string, number: number, claim: Claim): Promise<void> {
    await this.#put(slot, number, claim, true, {
      signal: AbortSignal.timeout(release.milliseconds),
      attempts: release.attempts,
    });
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

  async #put(
    slot: string,
    number: number,
    claim: Claim,
    Overwrite: boolean,
    options: Pick<CallOptions, 'signal' | 'attempts'> = { signal: this.#signal },
  ): Promise<void> {
    const Name = claimName(slot, number);
    await this.#session.call({ operation: 'PutParameter', resource: Name, ...options }, (abortSignal) =>
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

/** @returns `unreadable` for what nobody of ours wrote */
function read(text: string): Held {
  try {
    const { run, attempt, until } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    const claim = { run: String(run), attempt: Number(attempt), until: new Date(String(until)) };
    // Only what reads back as it was written is one of ours.
    return write(claim) === JSON.stringify({ run, attempt, until }) ? claim : unreadable;
  } catch {
    return unreadable;
  }
}
