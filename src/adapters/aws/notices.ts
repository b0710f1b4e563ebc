/** Messages through an SNS topic. */
import type { Notices } from '../../ports/notices.ts';
import { post } from './post.ts';
import type { AwsSession } from './session.ts';

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
    const body = String(
      new URLSearchParams({ Action: 'Publish', Version: '2010-03-31', TopicArn: this.#topicArn, Subject, Message }),
    );
    await post(this.#session, { service: 'sns', body }, signal);
  }
}
