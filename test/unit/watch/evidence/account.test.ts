import { describe, expect, test } from '@jest/globals';
import type { Trails } from '../../../../src/ports/trail.ts';
import { AwsError } from '../../../../src/runtime/errors.ts';
import { accountChanges } from '../../../../src/watch/evidence/account.ts';
import { evidenceOf } from '../../../../src/watch/evidence/evidence.ts';
import type { AccountEvent } from '../../../../src/watch/evidence/input.ts';
import { readAccount } from '../../../../src/watch/evidence/read/account.ts';
import { renderEvidence } from '../../../../src/watch/evidence/render/html.ts';
import { evidenceBackup, input } from './given.ts';

const assumed = 'arn:aws:sts::123456789012:assumed-role';
const ada = `${assumed}/AWSReservedSSO_Admin_1/ada@example.com`;
const rotation = `${assumed}/holdfast-rotate/holdfast-ebs-rotate-4711-1`;

const event = (at: string, name: string, parameters: unknown, more: Partial<AccountEvent> = {}): AccountEvent => ({
  id: at,
  at,
  name,
  region: 'us-east-1',
  caller: ada,
  parameters,
  ...more,
});
const deletion = (at: string, snapshotId: string, more: Partial<AccountEvent> = {}): AccountEvent =>
  event(at, 'DeleteSnapshot', { snapshotId }, more);
const tagged = (at: string, name: string, tags: readonly object[], more: Partial<AccountEvent> = {}): AccountEvent =>
  event(at, name, { resourcesSet: { items: [{ resourceId: 'snap-1' }] }, tagSet: { items: tags } }, more);
const changes = (...events: readonly AccountEvent[]) => accountChanges(events, new Set(['receipts', 'dumps']));

describe('who changed retention in AWS', () => {
  test('is told with role and session, one row for each day, and a row for all runs of Holdfast', () => {
    const rows = changes(
      deletion('2026-01-11T10:00:00Z', 'snap-3'),
      deletion('2026-01-10T10:05:00Z', 'snap-2'),
      deletion('2026-01-10T10:00:00Z', 'snap-1'),
      deletion('2026-01-10T03:00:00Z', 'snap-8', { caller: rotation }),
      deletion('2026-01-12T03:00:00Z', 'snap-9', { caller: rotation }),
    );
    expect(rows.map(({ at, last, calls, who, own, resources }) => [at, last, calls, who, own, resources])).toEqual([
      ['2026-01-10T03:00:00Z', '2026-01-12T03:00:00Z', 2, 'role holdfast-rotate', true, ['snap-8', 'snap-9']],
      [
        '2026-01-10T10:00:00Z',
        '2026-01-10T10:05:00Z',
        2,
        'AWSReservedSSO_Admin_1/ada@example.com',
        false,
        ['snap-1', 'snap-2'],
      ],
      ['2026-01-11T10:00:00Z', '2026-01-11T10:00:00Z', 1, 'AWSReservedSSO_Admin_1/ada@example.com', false, ['snap-3']],
    ]);
  });

  test.each([
    ['arn:aws:iam::123456789012:user/ada', undefined, '123456789012:user/ada'],
    ['arn:aws:iam::123456789012:root', undefined, '123456789012:root'],
    [
      ada,
      'cloudformation.amazonaws.com',
      'AWSReservedSSO_Admin_1/ada@example.com through cloudformation.amazonaws.com',
    ],
    ['dlm.amazonaws.com', undefined, 'dlm.amazonaws.com'],
    [`${assumed}/holdfast-rotate/ada`, undefined, 'holdfast-rotate/ada'],
    ['', undefined, 'not told'],
  ])('of %j through %j is %s', (caller, through, who) => {
    expect(changes(deletion('2026-01-10T10:00:00Z', 'snap-1', { caller, through }))).toMatchObject([
      { who, own: false },
    ]);
  });

  test('has those tags alone that keep a snapshot longer or shorter', () => {
    const rows = changes(
      tagged('2026-01-10T10:00:00Z', 'CreateTags', [
        { key: 'DeleteOn', value: '2026-01-11' },
        { key: 'Team', value: 'x' },
      ]),
      tagged('2026-01-10T11:00:00Z', 'CreateTags', [{ key: 'Team', value: 'y' }]),
      tagged('2026-01-10T12:00:00Z', 'DeleteTags', [{ key: 'KeepForever' }]),
    );
    expect(rows.map(({ event: name, detail }) => [name, detail])).toEqual([
      ['CreateTags', 'DeleteOn=2026-01-11'],
      ['DeleteTags', 'KeepForever'],
    ]);
  });

  test('has the rules of the buckets of backups, and what AWS refused', () => {
    const lifecycle = (bucketName: string, more: Partial<AccountEvent> = {}): AccountEvent =>
      event(
        '2026-01-10T10:00:00Z',
        'PutBucketLifecycle',
        { bucketName, Host: 'h', lifecycle: '', LifecycleConfiguration: { Rule: { Expiration: { Days: 1 } } } },
        more,
      );
    expect(changes(lifecycle('of-others'), lifecycle('dumps', { refused: 'AccessDenied' }))).toMatchObject([
      {
        resources: ['dumps'],
        detail: '{"LifecycleConfiguration":{"Rule":{"Expiration":{"Days":1}}}}',
        refused: 'AccessDenied',
      },
    ]);
  });

  test('finds the snapshot of a lock, however the request words it', () => {
    const request = { LockSnapshotRequest: { SnapshotId: 'snap-0a', LockMode: 'governance', LockDuration: 7 } };
    expect(changes(event('2026-01-10T10:00:00Z', 'LockSnapshot', request))).toMatchObject([{ resources: ['snap-0a'] }]);
  });
});

describe('the reading of CloudTrail', () => {
  const { signal } = new AbortController();
  const period = { from: '2026-01-01', to: '2026-06-30' };
  const now = new Date('2026-07-02T00:00:00Z');
  const settings = { period, now, region: 'us-east-1', receiptBucket: 'receipts', backups: [] };
  const refused = new AwsError({
    ...{ what: 'LookupEvents for us-east-1 failed: AccessDeniedException', operation: 'LookupEvents' },
    ...{ resource: 'us-east-1', code: 'AccessDeniedException', kind: 'denied', outcome: 'not-done' },
  } as ConstructorParameters<typeof AwsError>[0]);

  test('covers the last 90 days, of every region with backups; the document says what is not known before', async () => {
    const asked: string[] = [];
    const trails: Trails = {
      in: (region) => ({
        events: async (name, from, until) => {
          asked.push(`${region} ${name} ${from.toISOString()} ${until.toISOString()}`);
          return {
            events: name === 'DeleteSnapshot' ? [deletion('2026-05-01T00:00:00Z', 'snap-0a', { region })] : [],
            more: name === 'DeleteTags',
          };
        },
      }),
    };
    const backups = [evidenceBackup('2026-05-01T00:00:00Z', { region: 'eu-west-1' })];
    const account = await readAccount(trails, { ...settings, backups }, signal);
    expect(account.covered).toEqual({ from: '2026-04-03T00:00:00.000Z', until: '2026-07-01T00:00:00.000Z' });
    expect(account.regions).toEqual(['eu-west-1', 'us-east-1']);
    expect(account.unread).toHaveLength(2);
    expect(asked).toContain('eu-west-1 DeleteSnapshot 2026-04-03T00:00:00.000Z 2026-07-01T00:00:00.000Z');
    expect(asked.filter((one) => one.includes('Bucket')).every((one) => one.startsWith('us-east-1'))).toBe(true);
    const evidence = evidenceOf(input({ period, now, account }));
    expect(evidence.notKnown.join('\n')).toContain(
      "Who changed tags, locks and snapshots in AWS, and rules of buckets before 2026-04-03 00:00: CloudTrail's event history has 90 days.",
    );
    const page = renderEvidence(evidence);
    expect(page).toContain('was read from 2026-04-03 00:00 to 2026-07-01 00:00, in eu-west-1, us-east-1.');
    expect(page.match(/snap-0a/g)).toHaveLength(2);
  });

  test('asks nothing of a period that CloudTrail no longer has', async () => {
    const never: Trails = {
      in: () => {
        throw new Error('asked');
      },
    };
    const account = await readAccount(never, { ...settings, now: new Date('2027-01-01T00:00:00Z') }, signal);
    expect(account).toEqual({ covered: undefined, regions: [], changes: [], unread: [] });
  });

  test('goes on after a refusal, asks that region no more, and says so', async () => {
    let calls = 0;
    const denied: Trails = {
      in: () => ({
        events: async () => {
          calls += 1;
          throw refused;
        },
      }),
    };
    const account = await readAccount(denied, settings, signal);
    expect(calls).toBe(1);
    const evidence = evidenceOf(input({ period, now, account }));
    expect(evidence.account).toEqual({ regions: [], changes: [] });
    expect(evidence.notKnown.join('\n')).toMatch(
      /history was not read[\s\S]*DeleteSnapshot of us-east-1, in CloudTrail: .*AccessDenied/,
    );
    expect(renderEvidence(evidence)).toContain('could not be read for this period');
  });
});
