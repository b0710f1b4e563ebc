/** Checks what is given by using it. Each check gives its problems; none of them stops the others. */
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { type AccessKeys, roleCredentials } from '../../src/adapters/aws/credentials.ts';
import { toAwsError } from '../../src/adapters/aws/errors.ts';
import { sendSlack } from '../../src/adapters/notify/slack.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { explain } from '../../src/runtime/errors.ts';
import type { Logger } from '../../src/runtime/logger.ts';
import { version } from '../../src/runtime/version.ts';

const timeoutSeconds = 30;

export interface Checked {
  readonly problems: readonly string[];
  /** What was seen to work. */
  readonly done: readonly string[];
}

const failed = (name: string, error: unknown): Checked => {
  const { what, likelyCause, fix } = explain(error);
  return { problems: [[`${name}: ${what}`, likelyCause, fix].filter(Boolean).join('\n      ')], done: [] };
};

/** GetCallerIdentity, then AssumeRole: with keys that AWS does not know there is nothing to assume with. */
export async function checkKeys(keys: AccessKeys, roleArn: string, region: string, logger: Logger): Promise<Checked> {
  let caller = '';
  try {
    const sts = new STSClient({ region, credentials: keys, maxAttempts: 3 });
    const answer = await sts.send(new GetCallerIdentityCommand({}), {
      abortSignal: AbortSignal.timeout(timeoutSeconds * 1000),
    });
    caller = answer.Arn ?? '';
  } catch (cause) {
    const error = toAwsError(cause, 'GetCallerIdentity', keys.accessKeyId);
    return failed('CREDENTIALS', {
      what: `AWS does not accept the keys: ${error.code}`,
      likelyCause:
        error.kind === 'transient'
          ? 'AWS or the network did not answer'
          : 'they were deleted, are inactive, or the file was changed',
      fix: 'make new keys in the console, and download their file',
    });
  }
  const done = [`the keys are those of ${caller}`];
  try {
    const identity = { roleArn, sessionName: 'holdfast-setup', from: keys };
    const options = {
      region,
      apiTimeoutSeconds: timeoutSeconds,
      userAgent: `holdfast/${version} setup`,
      clock: systemClock,
      logger,
    };
    await roleCredentials(identity, options)();
    return { problems: [], done: [...done, `they may assume ${roleArn}`] };
  } catch (error) {
    return { problems: failed('ROLE_ARN', error).problems, done };
  }
}

/** Sends one message; the caller has said so before. */
export async function checkWebhook(webhookUrl: string, repository: string): Promise<Checked> {
  const text = `Holdfast is being set up for ${repository}: its messages will come here.`;
  const message = { text, blocks: [{ type: 'section' as const, text: { type: 'mrkdwn' as const, text } }] };
  const delivery = await sendSlack({ webhookUrl, clock: systemClock, deadlineSeconds: timeoutSeconds }, message);
  return delivery.sent
    ? { problems: [], done: ['Slack took the test message'] }
    : {
        problems: [
          `WEBHOOK: Slack did not take the test message: ${delivery.reason}\n      make a new incoming webhook in the settings of the Slack app`,
        ],
        done: [],
      };
}
