/**
 * One AWS session: clients whose credentials are renewed with a fresh identity token as they run out, and one way to
 * make a call, with a time limit, retries that say why, and errors that name operation, resource and request.
 */
import { EC2Client } from '@aws-sdk/client-ec2';
import { S3Client } from '@aws-sdk/client-s3';
import { SSMClient } from '@aws-sdk/client-ssm';
import type { Clock } from '../../runtime/clock.ts';
import { AwsError } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import { type RetryDecision, retry } from '../../runtime/retry.ts';
import { type Identity, roleCredentials } from './credentials.ts';
import { toAwsError } from './errors.ts';
import { Pacer } from './pace.ts';

export interface SessionOptions {
  readonly region: string;
  /** Assumed with the job's identity token; without it the SDK's ordinary chain is used. */
  readonly identity: Identity | undefined;
  /** Seconds one request may take. */
  readonly apiTimeoutSeconds: number;
  /** Seconds one request of a transfer may take, which sends or assembles data; at least the other limit. */
  readonly transferTimeoutSeconds: number;
  readonly userAgent: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Gives the numbers that spread retries; Math.random outside tests. */
  readonly random?: () => number;
}

export interface CallOptions {
  readonly operation: string;
  readonly resource: string;
  /**
   * `again` (default): sent again after a throttle, a 5xx or a lost answer, since a repetition does no harm.
   * `once`: sent once; only a renewal of expired credentials repeats it, which by its nature had no effect.
   * `until-heard`: sent again only where AWS says that nothing was done (throttled).
   */
  readonly repeat?: 'again' | 'once' | 'until-heard';
  readonly signal?: AbortSignal | undefined;
  readonly attempts?: number;
  /** Whether the call waits until it is within EC2's request buckets; for calls that come by the thousand. */
  readonly paced?: boolean;
  /** Whether its time limit is that of transfers: it sends a part or an object, or assembles one. */
  readonly transfer?: boolean;
}

/** How a request is sent: the signal ends it with its time limit or with the run, and the SDK's own limit is as long. */
export interface SendOptions {
  readonly abortSignal: AbortSignal;
  /** Milliseconds. */
  readonly requestTimeout: number;
}

const backoff = { first: 250, longest: 8_000 };

export class AwsSession {
  readonly #options: SessionOptions;
  readonly #clients = new Map<string, unknown>();
  /** One session for all services. */
  #credentials: ReturnType<typeof roleCredentials> | undefined;
  readonly #pacer: Pacer;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#pacer = new Pacer(options.clock);
  }

  /** Waits between the attempts of a call. */
  get clock(): Clock {
    return this.#options.clock;
  }

  get region(): string {
    return this.#options.region;
  }

  private configuration() {
    const { region, identity, apiTimeoutSeconds, userAgent } = this.#options;
    return {
      region,
      // Retries are this session's own: it knows which calls may be repeated, and says why it does.
      maxAttempts: 1,
      customUserAgent: userAgent,
      requestHandler: {
        connectionTimeout: Math.min(apiTimeoutSeconds, 10) * 1000,
        requestTimeout: apiTimeoutSeconds * 1000,
        throwOnRequestTimeout: true,
      },
      ...(identity === undefined ? {} : { credentials: this.#provider(identity) }),
    };
  }

  #provider(identity: Identity): ReturnType<typeof roleCredentials> {
    const { region, apiTimeoutSeconds, userAgent, clock, logger } = this.#options;
    this.#credentials ??= roleCredentials(identity, { region, apiTimeoutSeconds, userAgent, clock, logger });
    return this.#credentials;
  }

  /** The client of a service, made once with this session's settings, and again when its credentials were renewed. */
  client<C>(name: string, make: (configuration: ReturnType<AwsSession['configuration']>) => C): C {
    const client = this.#clients.get(name) ?? make(this.configuration());
    this.#clients.set(name, client);
    return client as C;
  }

  get ec2(): EC2Client {
    return this.client('ec2', (configuration) => new EC2Client(configuration));
  }
  get ssm(): SSMClient {
    return this.client('ssm', (configuration) => new SSMClient(configuration));
  }
  get s3(): S3Client {
    // A body that no longer arrives is given up as late as any other transfer; then the download is resumed.
    const socketTimeout = this.#options.transferTimeoutSeconds * 1000;
    return this.client('s3', ({ requestHandler, ...configuration }) => {
      return new S3Client({ ...configuration, requestHandler: { ...requestHandler, socketTimeout } });
    });
  }

  /**
   * Makes one call. `send` gets a signal that ends with the time limit or the caller's own; a transfer passes on both
   * options, since the client's limit is that of other calls.
   * @throws AwsError
   */
  async call<T>(
    options: CallOptions,
    send: (abortSignal: AbortSignal, options: SendOptions) => Promise<T>,
  ): Promise<T> {
    const { clock, logger, random = Math.random } = this.#options;
    const { operation, resource, signal, repeat = 'again', attempts = 6 } = options;
    const decide = (error: unknown): RetryDecision<T> =>
      error instanceof AwsError && repeatable(error, repeat)
        ? { again: error.code, atLeast: error.retryAfterMs }
        : { fatal: error };
    const onRetry = ({ reason, waitMs, attempt }: { reason: string; waitMs: number; attempt: number }): void =>
      logger.info(
        `${operation} for ${resource}: ${reason}; trying again in ${(waitMs / 1000).toFixed(1)} s (attempt ${attempt} of ${attempts})`,
      );
    return retry({ clock, signal, attempts, backoff: { ...backoff, random }, decide, onRetry }, () =>
      this.#renewing(options, () => this.#once(options, send)),
    );
  }

  /** Makes the call again with new credentials when the old ones are no longer accepted: then it had no effect. */
  async #renewing<T>({ operation }: CallOptions, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof AwsError) || error.kind !== 'expired' || this.#options.identity === undefined) throw error;
      this.#options.logger.info(`${operation}: the credentials are no longer accepted (${error.code}); renewing them`);
      // New clients forget the old credentials, whatever expiry those were given.
      this.#clients.clear();
      this.#credentials = undefined;
      return await call();
    }
  }

  async #once<T>(
    options: CallOptions,
    send: (abortSignal: AbortSignal, options: SendOptions) => Promise<T>,
  ): Promise<T> {
    const { operation, resource, signal, paced, transfer = false } = options;
    signal?.throwIfAborted();
    if (paced) await this.#pacer.take(operation, signal);
    const { apiTimeoutSeconds, transferTimeoutSeconds } = this.#options;
    const requestTimeout = 1000 * (transfer ? Math.max(apiTimeoutSeconds, transferTimeoutSeconds) : apiTimeoutSeconds);
    const limit = AbortSignal.timeout(requestTimeout);
    const abortSignal = signal ? AbortSignal.any([signal, limit]) : limit;
    try {
      return await send(abortSignal, { abortSignal, requestTimeout });
    } catch (cause) {
      if (signal?.aborted) throw signal.reason;
      throw toAwsError(cause, operation, resource);
    }
  }
}

function repeatable(error: AwsError, repeat: 'again' | 'once' | 'until-heard'): boolean {
  if (repeat === 'once') return false;
  if (error.kind === 'throttled') return true;
  return repeat === 'again' && error.kind === 'transient';
}
