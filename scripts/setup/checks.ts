/** Checks what is given by using it. Each check gives its problems; none of them stops the others. */
import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
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
  /** What could not be tried, and why. */
  readonly unknown?: readonly string[];
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

/** Whether the role exists, as far as the operator's own credentials can tell. Whether it trusts the jobs, a job alone can try. */
export async function checkRole(roleArn: string, region: string): Promise<Checked> {
  const [, account = '', path = ''] = /^arn:[^:]*:iam::(\d{12}):role\/(.+)$/.exec(roleArn) ?? [];
  const RoleName = path.split('/').at(-1) ?? '';
  const unknown = (why: string): Checked => ({
    problems: [],
    done: [],
    unknown: [`whether ${roleArn} exists was not checked: ${why}`],
  });
  const settings = { region, maxAttempts: 2 };
  const [sts, iam] = [new STSClient(settings), new IAMClient(settings)];
  const abortSignal = AbortSignal.timeout(timeoutSeconds * 1000);
  try {
    const caller = await sts.send(new GetCallerIdentityCommand({}), { abortSignal });
    if (caller.Account !== account) return unknown(`your AWS credentials are those of account ${caller.Account}`);
    const { Role } = await iam.send(new GetRoleCommand({ RoleName }), { abortSignal });
    return Role?.Arn === roleArn
      ? { problems: [], done: [`the role ${roleArn} exists`] }
      : failed('ROLE_ARN', { what: `the role ${RoleName} is ${Role?.Arn}`, fix: 'give that ARN' });
  } catch (cause) {
    if ((cause as Error).name.startsWith('NoSuchEntity'))
      return failed('ROLE_ARN', {
        what: `account ${account} has no role ${RoleName}`,
        fix: 'take the output DumpRoleArn of the stack, or deploy it with a bucket for dumps: npm run deploy',
      });
    return unknown((cause as Error).message.split('\n')[0] ?? '');
  } finally {
    sts.destroy();
    iam.destroy();
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
