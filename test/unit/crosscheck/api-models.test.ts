/** The judge of exchanges, on a small model: what it lets pass, and what it notices. */
import { describe, expect, test } from '@jest/globals';
import { sentOperations, unheard } from '../../../crosscheck/witnesses/api-models/floor.ts';
import { judge } from '../../../crosscheck/witnesses/api-models/judge.ts';
import type { Model } from '../../../crosscheck/witnesses/api-models/model.ts';

const model: Model = {
  service: 'ec2',
  metadata: { protocol: 'ec2', apiVersion: '2016-11-15', xmlNamespace: 'http://ec2.amazonaws.com/doc/2016-11-15' },
  operations: {
    DescribeSnapshots: {
      name: 'DescribeSnapshots',
      http: { method: 'POST', requestUri: '/' },
      input: { shape: 'Request' },
      output: { shape: 'Result' },
      errors: [{ shape: 'OurFault' }, { shape: 'YourFault' }],
    },
  },
  shapes: {
    Request: {
      type: 'structure',
      required: ['SnapshotIds'],
      members: { SnapshotIds: { shape: 'Ids', locationName: 'SnapshotId' }, MaxResults: { shape: 'Count' } },
    },
    Ids: { type: 'list', member: { shape: 'Text', locationName: 'SnapshotId' } },
    Count: { type: 'integer', min: 5, max: 1000 },
    Result: { type: 'structure', members: { Snapshots: { shape: 'Snapshots', locationName: 'snapshotSet' } } },
    Snapshots: { type: 'list', member: { shape: 'Snapshot', locationName: 'item' } },
    Snapshot: {
      type: 'structure',
      required: ['SnapshotId'],
      members: {
        SnapshotId: { shape: 'Text', locationName: 'snapshotId' },
        State: { shape: 'State', locationName: 'status' },
        StartTime: { shape: 'Time', locationName: 'startTime' },
        Encrypted: { shape: 'Flag', locationName: 'encrypted' },
      },
    },
    OurFault: { type: 'structure', fault: true },
    YourFault: { type: 'structure' },
    Text: { type: 'string' },
    State: { type: 'string', enum: ['pending', 'completed'] },
    Time: { type: 'timestamp' },
    Flag: { type: 'boolean' },
  },
};

const right =
  '<snapshotId>snap-1</snapshotId><status>completed</status><startTime>2026-11-20T23:26:06.000Z</startTime>';
const asked = 'Action=DescribeSnapshots&Version=2016-11-15&SnapshotId.1=snap-1';

const answered = (item: string): string =>
  `<DescribeSnapshotsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>1</requestId><snapshotSet><item>${item}</item></snapshotSet></DescribeSnapshotsResponse>`;

const refused = (code: string): string =>
  `<Response><Errors><Error><Code>${code}</Code><Message>no</Message></Error></Errors><RequestID>1</RequestID></Response>`;

function findingsOf({ body = asked, answer = answered(right), status = 200 }): string[] {
  const { request, answer: given } = judge(model, {
    service: 'ec2',
    operation: 'DescribeSnapshots',
    request: { method: 'POST', url: '/', headers: {}, body },
    answer: { status, headers: {}, body: answer },
  });
  expect(request.right + given.right).toBeGreaterThan(0);
  return [...request.wrong, ...given.wrong].map(({ path, expected }) => `${path}: ${expected}`);
}

describe('the judge of exchanges', () => {
  test('finds nothing in what is as the model says', () => {
    expect(findingsOf({})).toEqual([]);
  });

  test.each([
    ['a required member that is missing', '<status>completed</status>', 'Snapshots[].SnapshotId: required'],
    [
      'an element that the model does not have',
      `${right}<size>8</size>`,
      'Snapshots[].size: no such member in the model',
    ],
    ['a state that is none', right.replace('completed', 'ready'), 'Snapshots[].State: one of pending, completed'],
    [
      'a time in another format',
      right.replace('2026-11-20T23:26:06.000Z', '1763681166'),
      'Snapshots[].StartTime: timestamp as iso8601',
    ],
    ['a flag in another language', `${right}<encrypted>yes</encrypted>`, 'Snapshots[].Encrypted: boolean'],
  ])('notices in an answer %s', (_what, item, finding) => {
    expect(findingsOf({ answer: answered(item) })).toEqual([finding]);
  });

  test.each([
    ['a parameter that the model does not have', `${asked}&Size=8`, 'Size: no such member in the model'],
    ['a required one that is missing', 'Action=DescribeSnapshots&Version=2016-11-15', 'SnapshotIds: required'],
    ['a number outside its bounds', `${asked}&MaxResults=1`, 'MaxResults: between 5 and 1000'],
    ['a list that begins with 0', asked.replace('.1=', '.0='), 'SnapshotIds: a list'],
  ])('notices in a request %s', (_what, body, finding) => {
    expect(findingsOf({ body })).toEqual([finding]);
  });

  test('lets a wrong request pass that was refused', () => {
    expect(findingsOf({ body: `${asked}&Size=8`, status: 400, answer: refused('UnknownParameter') })).toEqual([]);
  });

  test('an error of the service has a status of the 500 series, one of the caller none of it', () => {
    const of = (code: string, status: number): string[] => findingsOf({ answer: refused(code), status });
    expect([...of('OurFault', 500), ...of('YourFault', 400)]).toEqual([]);
    expect(of('OurFault', 400)).toEqual(['error OurFault: status 5']);
    expect(of('YourFault', 500)).toEqual(['error YourFault: status 4']);
  });

  test.each([
    ['a missing snapshot', 'InvalidSnapshot.NotFound', '&SnapshotId.1=snap-0a1b2c3d', '&SnapshotId.1=snap-1'],
    ['a malformed id', 'InvalidSnapshotID.Malformed', '&SnapshotId.1=snap-1', '&SnapshotId.1=snap-0a1b2c3d'],
    ['a missing volume', 'InvalidVolume.NotFound', '&Filter.1.Value.1=vol-0a1b2c3d', '&SnapshotId.1=snap-0a1b2c3d'],
    ['a dry run', 'DryRunOperation', '&DryRun=true', ''],
    ['a wrong token', 'InvalidNextToken', '&NextToken=x', '&MaxResults=5'],
    ['a missing parameter', 'MissingParameter', '', undefined],
  ])('lets the code of %s stand beside a request that it is about, and no other', (_what, code, about, other) => {
    const of = (more: string) =>
      findingsOf({
        body: `Action=DescribeSnapshots&Version=2016-11-15${more}`,
        status: code === 'DryRunOperation' ? 412 : 400,
        answer: refused(code),
      });
    expect(of(about)).toEqual([]);
    if (other !== undefined) expect(of(other)).toEqual([`error ${code}: a request that it is about`]);
  });

  test('notices the code of a volume in use where no volume is used, and a code of which nothing is known', () => {
    const of = (code: string) => findingsOf({ status: 400, answer: refused(code) });
    expect(of('VolumeInUse')).toEqual(['error VolumeInUse: a request that it is about']);
    expect(of('AddressLimitExceeded')).toEqual(['error AddressLimitExceeded: a request that it is about']);
  });

  test('notices an error that AWS does not document, and a status that is not its own', () => {
    expect(findingsOf({ status: 400, answer: refused('InvalidAction') })).toEqual([]);
    expect(findingsOf({ status: 400, answer: refused('SnapshotGone') })).toEqual([
      'error: a declared or documented code',
    ]);
    expect(findingsOf({ status: 400, answer: refused('RequestLimitExceeded') })).toEqual([
      'error RequestLimitExceeded: status 5',
    ]);
  });
});

test('each operation that the adapters send must have been answered', () => {
  const exchange = (operation: string, status?: number) => ({
    ...{ service: 'ec2', operation, request: { method: 'POST', url: '/', headers: {}, body: '' } },
    ...(status === undefined ? {} : { answer: { status, headers: {}, body: '' } }),
  });
  expect(sentOperations()).toEqual(expect.arrayContaining(['CreateSnapshots', 'PutObject', 'Publish', 'SendCommand']));
  // Those of scripts/deploy.
  expect(sentOperations()).toEqual(expect.arrayContaining(['DeleteChangeSet', 'DescribeEvents', 'GetRolePolicy']));
  const exchanges = [exchange('A', 200), exchange('B', 400), exchange('C')];
  expect(unheard(['A', 'B', 'C', 'D'], exchanges)).toEqual(['B', 'C', 'D']);
});
