/** Reads what the watchdogs have left, where there is one. */
import type { StackFacts } from '../../domain/installation.ts';
import { promisesKey } from '../../domain/tags.ts';
import type { AwsInspection } from '../../ports/inspection.ts';
import type { WatchingReadings } from '../inventory.ts';
import { type Reading, unread } from '../reading.ts';
import { ask } from './ask.ts';

interface Known {
  readonly bucket: string | undefined;
  readonly region: string;
  readonly stack: Reading<StackFacts | undefined>;
  readonly caller: Reading<string>;
  readonly isWatched: boolean;
}

export async function readWatching(
  { bucket, region, stack, caller, isWatched }: Known,
  identities: readonly AwsInspection[],
): Promise<WatchingReadings> {
  const email = 'value' in stack ? stack.value?.parameters.WatchdogEmail : undefined;
  const none = unread('nothing watches');
  // `arn:aws:sts::123456789012:assumed-role/…`: partition and account.
  const [, partition, , , account] = 'value' in caller ? caller.value.split(':') : [];
  const topic = `arn:${partition}:sns:${region}:${account}:holdfast-watchdog`;
  return {
    promises:
      !isWatched && !email
        ? none
        : bucket
          ? await ask(identities, `s3:GetObject on ${bucket}/${promisesKey}`, (one) => one.text(bucket, promisesKey))
          : unread('HOLDFAST_RECEIPT_BUCKET is not set'),
    subscriptions: email
      ? await ask(identities, `sns:ListSubscriptionsByTopic on ${topic}`, (one) => one.subscriptions(topic))
      : none,
  };
}
