/** What the doctor says of the watchdogs: that of GitHub, and that of the stack. */
import { expect, test } from '@jest/globals';
import { watchingFindings } from '../../../src/doctor/checks/watching.ts';
import type { Inventory, WatchingReadings } from '../../../src/doctor/inventory.ts';
import { type Reading, read, unread } from '../../../src/doctor/reading.ts';
import type { SubscriptionFacts } from '../../../src/domain/installation.ts';
import { sound } from './sound.ts';

const topicArn = 'arn:aws:sns:eu-west-1:123456789012:holdfast-watchdog';
const email = 'ops@acme.example';
const subscription = (more: Partial<SubscriptionFacts> = {}): SubscriptionFacts => ({
  ...{ topicArn, endpoint: email, confirmed: true },
  ...more,
});
const promises = (readOn: Readonly<Record<string, string>> | undefined): Reading<string> =>
  read(JSON.stringify({ format: 'holdfast-promises/1', repositories: {}, readOn }));

/** Looked at on 25 November 2026, 12:00 UTC. */
function watched(by: Partial<WatchingReadings>, parameters: Readonly<Record<string, string>> = {}): Inventory {
  return {
    ...sound,
    configured: { ...sound.configured, HOLDFAST_WATCH_ROLE: 'arn:aws:iam::123456789012:role/holdfast-watch' },
    stack: read({
      ...{ status: 'UPDATE_COMPLETE', statusReason: '', outputs: {} },
      parameters: { WatchdogEmail: email, WatchdogSilentDays: '2', ...parameters },
    }),
    watching: { promises: promises({ 'acme/backups': '2026-11-25' }), subscriptions: read([subscription()]), ...by },
  };
}

const said = (inventory: Inventory) =>
  watchingFindings(inventory).map(({ status, is, fix }) => [status, is, fix ?? '']);

test('nothing where nothing watches', () => {
  expect(watchingFindings(sound)).toEqual([]);
});

test('of two sound watchdogs both are ok', () => {
  expect(said(watched({}))).toEqual([
    ['ok', 'read on 2026-11-25', ''],
    ['ok', 'deployed, and confirmed', ''],
  ]);
});

test('the watchdog of the stack is an option, and told as one that is not used', () => {
  expect(said(watched({}, { WatchdogEmail: '' })).at(-1)).toEqual([
    'ok',
    'not deployed: while GitHub is silent, nobody is told of a missing backup',
    'AWS_REGION=eu-west-1 npm run deploy -- --watchdog-email ADDRESS',
  ]);
});

test.each<[string, Partial<WatchingReadings>, string, RegExp, RegExp]>([
  [
    'is not confirmed',
    { subscriptions: read([subscription({ confirmed: false })]) },
    'failed',
    /^not confirmed/,
    /aws sns subscribe --topic-arn arn:\S+:holdfast-watchdog --protocol email/,
  ],
  [
    'goes to nobody',
    { subscriptions: read([subscription({ endpoint: 'old@acme.example' })]) },
    'failed',
    /no longer subscribed/,
    /--watchdog-email ops@acme\.example/,
  ],
  [
    'has lost its topic',
    { subscriptions: read(undefined) },
    'failed',
    /topic holdfast-watchdog is gone/,
    /--watchdog-email/,
  ],
  [
    'cannot be looked at',
    { subscriptions: unread('it needs sns:ListSubscriptionsByTopic') },
    'not-checked',
    /sns:/,
    /^$/,
  ],
])('the watchdog of the stack %s', (_what, by, status, is, fix) => {
  expect(said(watched(by)).at(-1)).toEqual([status, expect.stringMatching(is), expect.stringMatching(fix)]);
});

test.each<[string, Reading<string | undefined>, string, RegExp, RegExp]>([
  ['has never run', read(undefined), 'failed', /never run/, /gh workflow run watchdog\.yml/],
  ['wrote what nobody understands', read('{'), 'failed', /no document/, /one release/],
  [
    'of one repository is silent',
    promises({ 'acme/a': '2026-11-25', 'acme/b': '2026-11-21' }),
    'warning',
    /^ran last on 2026-11-21$/,
    /workflow enable watchdog\.yml --repo acme\/b/,
  ],
  ['cannot be looked at', unread('it needs s3:GetObject'), 'not-checked', /s3:GetObject/, /^$/],
])('the watchdog on GitHub %s', (_what, reading, status, is, fix) => {
  expect(said(watched({ promises: reading }))[0]).toEqual([
    status,
    expect.stringMatching(is),
    expect.stringMatching(fix),
  ]);
});

test('that it has never run is a failure only where the stack decides by what it reads: every deployment sets its variable', () => {
  const status = (email: string) => said(watched({ promises: read(undefined) }, { WatchdogEmail: email }))[0]?.[0];
  expect([status(''), status('ops@acme.example')]).toEqual(['warning', 'failed']);
});

test('a day is read as the whole of it, and as many days of silence are allowed as the stack allows', () => {
  const silent = (day: string, days: string) =>
    said(watched({ promises: promises({ 'acme/a': day }) }, { WatchdogSilentDays: days }))[0]?.[0];
  expect([silent('2026-11-23', '2'), silent('2026-11-22', '2'), silent('2026-11-22', '9')]).toEqual([
    'ok',
    'warning',
    'ok',
  ]);
});

test('in a job no role may see who is subscribed: that is expected', () => {
  const inventory: Inventory = { ...watched({ subscriptions: unread('no role may') }), where: 'job' };
  expect(watchingFindings(inventory).at(-1)).toMatchObject({ status: 'not-checked', expected: true });
});
