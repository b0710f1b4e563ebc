import { expect, test } from '@jest/globals';
import { inputs, type Settings } from '../../../../src/actions/watchdog/inputs.ts';
import { keepMetrics, metricsKey } from '../../../../src/actions/watchdog/metrics.ts';
import type { Findings, Ports, Pushed } from '../../../../src/actions/watchdog/ports.ts';
import { type PromisedSource, renderPromises } from '../../../../src/watch/promises/promise.ts';
import { watch } from '../../../../src/watch/watchdog/watchdog.ts';
import { FakeClock } from '../../../fakes/clock.ts';
import { fakeContext, fakeRun, settingsFrom } from '../../../fakes/context.ts';
import { FakeObjects } from '../../../fakes/objects.ts';
import { promised } from '../watchdog/given.ts';

const now = new Date('2026-06-10T20:00:00.000Z');
const bucket = 'acme-receipts';
const given = { 'aws-region': 'us-east-1', 'receipt-bucket': bucket };

const own: Readonly<Record<string, readonly PromisedSource[]>> = { 'acme/backups': [promised()] };
const promisedBy = (repositories: typeof own) => renderPromises({ format: 'holdfast-promises/1', repositories });

async function kept(metrics: string, answer: Pushed = { sent: true }, more: Partial<Ports> = {}, repositories = own) {
  const clock = new FakeClock(now.toISOString());
  const objects = new FakeObjects(clock);
  const context = fakeContext<Findings>(clock, fakeRun(7), () => {});
  const settings: Settings = settingsFrom(inputs, { ...given, metrics });
  const pushed: unknown[] = [];
  const ports = {
    objects,
    repository: 'acme/backups',
    push: async (url: string, grouping: unknown, text: string) => {
      pushed.push([url, grouping, text.split('\n')[2]]);
      return answer;
    },
    ...more,
  } as unknown as Ports;
  const inventory = { backups: [], unread: [], regions: [] };
  const watched = watch({ promises: [promised()], inventory, now });
  const promises = { text: promisedBy(repositories), unread: [], problems: [] };
  await keepMetrics(settings, ports, context, { watched, promises, inventory, now });
  const text = await objects.text({ bucket, key: metricsKey });
  return {
    pushed,
    text,
    warnings: context.logger.lines.filter((line) => line.includes('metrics were not') || line.includes('no metrics')),
  };
}

const missing = 'holdfast_backup_missing{source="orders",kind="database-dump"} 1';

test('metrics go nowhere unless asked, into the bucket, or to a Pushgateway by repository', async () => {
  expect(await kept('none')).toEqual({ pushed: [], text: undefined, warnings: [] });
  const { text, pushed } = await kept('bucket');
  expect([text?.includes(missing), pushed]).toEqual([true, []]);
  expect(await kept('https://push.example/x')).toEqual({
    pushed: [['https://push.example/x', { repository: 'acme/backups' }, missing]],
    text: undefined,
    warnings: [],
  });
});

test('the object in the bucket has the sources of all repositories of the account; a Pushgateway has those of one', async () => {
  const later = { allowanceSeconds: 90 * 24 * 3600 };
  const others = {
    'acme/more': [promised({ source: 'billing' })],
    // It promises the same, with more patience: that it is missing for one stays said.
    'acme/patient': [promised({ targets: later })],
  };
  const { text = '' } = await kept('bucket', { sent: true }, {}, { ...own, ...others });
  const said = text.split('\n').filter((line) => line.startsWith('holdfast_backup_missing{'));
  expect(said.toSorted()).toEqual([missing.replace('orders', 'billing'), missing]);
  const { pushed } = await kept('https://push.example/x', { sent: true }, {}, { ...own, ...others });
  expect(pushed).toEqual([['https://push.example/x', { repository: 'acme/backups' }, missing]]);
});

test('the bucket gets OpenMetrics where that is asked for: it ends with # EOF', async () => {
  const { text, pushed } = await kept('bucket-openmetrics');
  expect([text?.includes(missing), text?.endsWith('# EOF\n'), pushed]).toEqual([true, true, []]);
  expect((await kept('bucket')).text).not.toContain('# EOF');
});

test('a Pushgateway or a bucket that refuses costs a warning, and nothing else', async () => {
  const { warnings } = await kept('https://push.example', { sent: false, reason: 'status 503' });
  expect(warnings.join()).toContain('the metrics were not pushed: status 503');
  const failing = { put: async () => Promise.reject(new Error('AccessDenied')), text: async () => undefined };
  const refused = await kept('bucket', { sent: true }, { objects: failing as unknown as Ports['objects'] });
  expect(refused.warnings.join()).toContain('there are no metrics: AccessDenied');
});

test.each([
  ['https://user:secret@push.example', 'user and password belong to metrics-authorization'],
  ['https://push.example/?a=b', 'it has a query or a fragment'],
  ['push.example', 'allowed: none, bucket, bucket-openmetrics, or a URL'],
])('%s is refused', (metrics, why) => {
  expect(() => settingsFrom(inputs, { ...given, metrics })).toThrow(why);
});
