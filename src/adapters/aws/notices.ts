/**
 * Messages through an SNS topic. SNS is asked for this one call alone, so the request is signed here, and no client of a service more
 * is brought along.
 */
import type { Notices } from '../../ports/notices.ts';
import type { AwsSession } from './session.ts';
import { signedHeaders } from './signature.ts';

export class SnsNotices implements Notices {
  readonly #session: AwsSession;
  readonly #topicArn: string;
  readonly #signal: AbortSignal | undefined;

  /** @param session in the region of the topic */
  constructor(session: AwsSession, topicArn: string, signal?: AbortSignal) {
    this.#session = session;
    this.#topicArn = topicArn;
    this.#signal = signal;
  }

  async send(subject: string, text: string): Promise<void> {
    const call = { operation: 'Publish', resource: this.#topicArn, signal: this.#signal };
    await this.#session.call(call, (signal) => this.#publish(subject, text, signal));
  }

  async #publish(Subject: string, Message: string, signal: AbortSignal): Promise<void> {
    const [, partition = ''] = this.#topicArn.split(':');
    const { region, clock } = this.#session;
    const url = new URL(endpointOf(region, partition));
    const body = String(
      new URLSearchParams({ Action: 'Publish', Version: '2010-03-31', TopicArn: this.#topicArn, Subject, Message }),
    );
    const credentials = await this.#session.s3.config.credentials();
    const headers = signedHeaders({ url, body, region, service: 'sns', credentials, now: clock.now() });
    const answer = await fetch(url, { method: 'POST', headers, body, signal });
    if (!answer.ok) throw refusal(answer.status, answer.headers.get('x-amzn-requestid'), await answer.text());
    // The answer is read to its end, so that its connection can be used again.
    await answer.arrayBuffer();
  }
}

/** `AWS_ENDPOINT_URL_SNS` and `AWS_ENDPOINT_URL` are those of every SDK (SDKs and Tools guide, "Service-specific endpoints"). */
function endpointOf(region: string, partition: string): string {
  const { AWS_ENDPOINT_URL_SNS: own, AWS_ENDPOINT_URL: all } = process.env;
  // DNS suffixes of the partitions: partitions.json of the AWS SDK.
  const suffixes: Readonly<Record<string, string>> = { 'aws-cn': 'amazonaws.com.cn', 'aws-eusc': 'amazonaws.eu' };
  return own || all || `https://sns.${region}.${suffixes[partition] ?? 'amazonaws.com'}`;
}

/** An error in the form of the SDK's own. */
function refusal(httpStatusCode: number, requestId: string | null, body: string): Error {
  const partOf = (name: string): string | undefined => new RegExp(`<${name}>([^<]*)</${name}>`).exec(body)?.[1];
  return Object.assign(new Error(partOf('Message') ?? `HTTP ${httpStatusCode}`), {
    name: partOf('Code') ?? 'UnknownError',
    $metadata: { httpStatusCode, requestId: requestId ?? undefined },
  });
}
