/** The part of SNS's API that is used: messages to a topic, and who gets them. */
import { randomUUID } from 'node:crypto';
import { type AwsCall, type AwsService, type CallContext, LabAwsError } from '../protocol/service.ts';
import type { Topics } from './topics.ts';

/** API reference, Publish: Message and Subject. */
const longestMessage = 262_144;
const longestSubject = 99;
// "ASCII text that begins with a letter, number, or punctuation mark; must not include line breaks or control characters".
const goodSubject = /^[!-~][ -~]*$/;

export class Sns implements AwsService {
  readonly name = 'sns';
  readonly #topics: Topics;

  constructor(topics: Topics) {
    this.#topics = topics;
  }

  async handle({ operation, parameters }: AwsCall, policies: CallContext): Promise<unknown> {
    const { TopicArn = '', Subject, Message = '' } = parameters as Readonly<Record<string, string | undefined>>;
    if (operation !== 'Publish' && operation !== 'ListSubscriptionsByTopic')
      throw new LabAwsError('InvalidAction', `the lab's SNS does not know ${operation}`);
    policies.authorize({ action: `sns:${operation}`, resources: [TopicArn] });
    if (!this.#topics.arns.has(TopicArn)) throw new LabAwsError('NotFound', 'Topic does not exist', 404);
    return operation === 'Publish' ? this.#publish(TopicArn, Subject, Message) : this.#subscriptions(TopicArn);
  }

  #subscriptions(topicArn: string) {
    const own = [...this.#topics.subscriptions].filter(([, one]) => one.topicArn === topicArn);
    return {
      Subscriptions: own.map(([arn, { protocol, endpoint, confirmed = false }]) => ({
        TopicArn: topicArn,
        Protocol: protocol,
        SubscriptionArn: confirmed ? arn : 'PendingConfirmation',
        Owner: topicArn.split(':')[4],
        Endpoint: endpoint,
      })),
    };
  }

  #publish(topicArn: string, subject: string | undefined, text: string) {
    if (subject !== undefined && (subject.length > longestSubject || !goodSubject.test(subject)))
      throw new LabAwsError('InvalidParameter', 'Invalid parameter: Subject');
    if (text === '') throw new LabAwsError('InvalidParameter', 'Invalid parameter: Empty message');
    if (Buffer.byteLength(text) > longestMessage)
      throw new LabAwsError('InvalidParameter', 'Invalid parameter: Message too long');
    this.#topics.messages.push({ topicArn, subject: subject ?? '', text });
    return { MessageId: randomUUID() };
  }
}
