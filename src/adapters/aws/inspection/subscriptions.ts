/** Who gets the messages of a topic (SNS API reference, ListSubscriptionsByTopic). */
import type { SubscriptionFacts } from '../../../domain/installation.ts';
import { post } from '../post.ts';
import type { AwsSession } from '../session.ts';

/** What stands for the ARN of a subscription until it is confirmed (SNS developer guide, "Creating a subscription"). */
const pending = 'PendingConfirmation';

export async function subscriptionsOf(
  session: AwsSession,
  topicArn: string,
  attempts: number,
): Promise<readonly SubscriptionFacts[]> {
  const found: SubscriptionFacts[] = [];
  let token: string | undefined;
  do {
    const body = new URLSearchParams({
      ...{ Action: 'ListSubscriptionsByTopic', Version: '2010-03-31', TopicArn: topicArn },
      ...(token === undefined ? {} : { NextToken: token }),
    });
    const text = await session.call({ operation: 'ListSubscriptionsByTopic', resource: topicArn, attempts }, (signal) =>
      post(session, { service: 'sns', body: String(body) }, signal),
    );
    for (const [, member = ''] of text.matchAll(/<member>([\s\S]*?)<\/member>/g))
      found.push({
        topicArn,
        endpoint: partOf(member, 'Endpoint') ?? '',
        confirmed: partOf(member, 'SubscriptionArn') !== pending,
      });
    token = partOf(text, 'NextToken');
  } while (token);
  return found;
}

/** Addresses have none of the characters that XML escapes but `&`. */
function partOf(text: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1]?.replaceAll('&amp;', '&');
}
