/** Whether anybody looks for backups that are missing: the watchdog on GitHub, and that of the stack, which needs no GitHub. */
import type { Finding } from '../../domain/finding.ts';
import type { SubscriptionFacts } from '../../domain/installation.ts';
import type { Inventory } from '../inventory.ts';
import { deployCommand } from '../mends.ts';
import { judge } from '../reading.ts';

const area = 'Watching';
/** Parameter WatchdogSilentDays of the stack. */
const silentDays = 2;
const dayMs = 24 * 60 * 60 * 1000;

/** Says nothing where nothing watches: neither the role nor the stack's watchdog is there. */
export function watchingFindings(inventory: Inventory): readonly Finding[] {
  const { configured, stack } = inventory;
  const parameters = ('value' in stack ? stack.value?.parameters : undefined) ?? {};
  const email = parameters.WatchdogEmail ?? '';
  if (!configured.HOLDFAST_WATCH_ROLE && email === '') return [];
  const days = Number(parameters.WatchdogSilentDays ?? silentDays) || silentDays;
  return [...ofGitHub(inventory, days, email !== ''), ...ofStack(inventory, email)];
}

/**
 * What the watchdog on GitHub wrote down last.
 * @param isRead whether the stack's watchdog decides by it. Otherwise it may not be wanted: every deployment sets the variable of its role
 */
function ofGitHub({ watching, now, configured }: Inventory, days: number, isRead: boolean): readonly Finding[] {
  const should = `read by watchdog.yml within ${days} days`;
  const start = 'gh workflow run watchdog.yml  (docs/watching.md)';
  const about = { area, subject: `watch/promises.json in ${configured.HOLDFAST_RECEIPT_BUCKET}`, should };
  return judge(about, watching.promises, (text) => {
    if (text === undefined) {
      const status = isRead ? 'failed' : 'warning';
      return [{ ...about, status, is: 'there is none: the watchdog has never run', fix: start }];
    }
    const readOn = readOnOf(text);
    if (readOn === undefined)
      return [
        {
          ...about,
          status: 'failed',
          is: 'no document that this release understands',
          fix: `update the stack and the workflows to one release; then ${start}`,
        },
      ];
    const stale = Object.entries(readOn).filter(([, day]) => now.getTime() - Date.parse(day) > (days + 1) * dayMs);
    if (stale.length === 0)
      return [{ ...about, status: 'ok', is: `read on ${Object.values(readOn).toSorted().at(-1)}` }];
    return stale.map(([name, day]) => ({
      ...about,
      subject: `the watchdog of ${name}`,
      status: 'warning',
      is: `ran last on ${day}`,
      fix: `gh workflow enable watchdog.yml --repo ${name}; gh workflow run watchdog.yml --repo ${name}`,
    }));
  });
}

/** @returns the days by repository; undefined for what is no such document. Earlier versions did not write them. */
function readOnOf(text: string): Readonly<Record<string, string>> | undefined {
  try {
    const found = JSON.parse(text) as {
      readonly format?: unknown;
      readonly readOn?: Readonly<Record<string, string>>;
    } | null;
    return found?.format === 'holdfast-promises/1' ? (found.readOn ?? {}) : undefined;
  } catch {
    return undefined;
  }
}

/** The function of the stack, and whether anybody gets its mails. */
function ofStack(inventory: Inventory, email: string): readonly Finding[] {
  const { stack, stackName, watching, where } = inventory;
  const subject = `watchdog of stack ${stackName}`;
  const deploy = deployCommand(inventory, '--watchdog-email', email === '' ? 'ADDRESS' : email);
  if (email === '') {
    // The stack's own finding says that it could not be read, or is not there.
    if (!('value' in stack) || stack.value === undefined) return [];
    const is = 'not deployed: while GitHub is silent, nobody is told of a missing backup';
    return [{ area, subject, should: 'an option', status: 'ok', is, fix: deploy }];
  }
  const about = { area, subject, should: `${email} has confirmed its subscription` };
  const expected = where === 'job' ? { expected: true } : {};
  return judge(about, watching.subscriptions, (found) => [{ ...about, ...stateOf(found, email, deploy) }]).map((one) =>
    one.status === 'not-checked' ? { ...one, ...expected } : one,
  );
}

function stateOf(
  found: readonly SubscriptionFacts[] | undefined,
  email: string,
  deploy: string,
): Pick<Finding, 'status' | 'is' | 'fix'> {
  if (found === undefined) return { status: 'failed', is: 'its topic holdfast-watchdog is gone', fix: deploy };
  const own = found.filter(({ endpoint }) => endpoint === email);
  if (own.length === 0)
    return { status: 'failed', is: `${email} is no longer subscribed, so that nobody gets its mails`, fix: deploy };
  if (own.some(({ confirmed }) => confirmed)) return { status: 'ok', is: 'deployed, and confirmed' };
  return {
    status: 'failed',
    is: 'not confirmed: nobody gets its mails',
    fix: `open the mail "AWS Notification - Subscription Confirmation" to ${email}; SNS sends it again: aws sns subscribe --topic-arn ${own[0]?.topicArn} --protocol email --notification-endpoint ${email}`,
  };
}
