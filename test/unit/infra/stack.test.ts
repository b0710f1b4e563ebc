/** The parameters of the stack, its buckets, its watchdog, and the limits of AWS. */
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { loadStack } from '../../../lab/services/aws/cloudformation/stack.ts';
import { Template } from '../../../lab/services/aws/cloudformation/template.ts';
import { load, template } from './support-stack.ts';

describe('parameters', () => {
  test.each([
    ['AllowedSubjects', 'repo:a/b:*'],
    ['AllowedSubjects', 'repo:a/b:ref:refs/heads/main,a/b'],
    ['PlanSubjects', 'repo:a/b:pull_reques?'],
    ['OidcIssuer', 'https://token.actions.acme.ghe.com'],
    ['OidcIssuer', 'token.actions.acme.ghe.com/'],
    ['OidcProviderArn', 'token.actions.githubusercontent.com'],
    ['BucketKeyArn', 'arn:aws:kms:us-east-1:123456789012:alias/mine'],
    ['CopyKeyArns', 'alias/mine'],
    ['ReceiptBucketName', 'Receipts'],
    ['ObjectLockMode', 'governance'],
    ['KeptDumps', '101'],
    ['SnapshotLock', 'true'],
    ['AllowedSubjects', 'repo:a/b:ref:refs/heads/main\nother'],
    ['PlanSubjects', 'repo:a/b:pull\u0000request'],
    ['ReceiptBucketName', 'a..b'],
    ['DumpBucketName', '192.168.5.4'],
    // What the policies would take for anything.
    ['DumpPrefix', 'db*/'],
    ['DumpPrefix', '*/'],
    // Systems Manager API reference, CreateDocument, Name: these beginnings are kept for AWS.
    ['DocumentPrefix', 'AWS-'],
    ['DocumentPrefix', 'amazon-holdfast-'],
    ['HookPrefix', 'AWSEC2-'],
    // With these the rotation could run documents of the stack.
    ['HookPrefix', 'Hol'],
    ['HookPrefix', 'Holdfast'],
    ['HookPrefix', 'Holdfast-'],
    ['HookPrefix', 'Holdfast-Du'],
  ])('%s cannot be %s', (name, value) => {
    expect(() => load({ [name]: value })).toThrow(name);
  });

  test.each([
    ['AllowedSubjects', 'repo:a/b:ref:refs/heads/main, repo:a@1/b@2:environment:my backups'],
    ['PlanSubjects', 'repo:a/b:pull_request,repo:a@1/b@2:pull_request'],
    ['OidcProviderArn', 'arn:aws-iso-f:iam::123456789012:oidc-provider/token.actions.githubusercontent.com'],
    ['BucketKeyArn', 'arn:aws-eusc:kms:eusc-de-east-1:123456789012:key/mrk-0123456789abcdef0123456789abcdef'],
    ['CopyKeyArns', 'arn:aws:kms:us-east-1:123456789012:key/1,arn:aws:kms:*:123456789012:key/*'],
    ['ReceiptBucketName', 'acme.backups-1'],
    ['DumpPrefix', 'db/prod_1/'],
    ['DumpPrefix', ''],
    ['DocumentPrefix', 'Acme-Holdfast-'],
    ['HookPrefix', 'HoldfastHook-'],
    ['HookPrefix', 'HoldfastHooks-'],
    ['HookPrefix', 'Acme-'],
  ])('%s can be %s', (name, value) => {
    expect(() => load({ [name]: value })).not.toThrow();
  });

  test('what is missing is said before anything is created, all at once', () => {
    expect(() => load({ ReceiptBucketName: '', AllowedSubjects: '', Users: 'yes' })).toThrow(
      [
        'ReceiptBucketName is required with Parts=everything.',
        'AllowedSubjects is required with Parts=everything, without empty entries.',
        'Users=yes needs DumpBucketName.',
      ].join('; '),
    );
  });

  test('two buckets of one name, and two prefixes that are one, are refused', () => {
    expect(() => load({ DumpBucketName: 'receipts' })).toThrow('DumpBucketName must be another bucket');
    expect(() => load({ DocumentPrefix: 'Acme-', HookPrefix: 'Acme-' })).toThrow('HookPrefix must differ');
  });

  test('each is described, in a group, and has a label', () => {
    const { Parameters, Metadata } = parse(template, { logLevel: 'silent' });
    const { ParameterGroups, ParameterLabels } = Metadata['AWS::CloudFormation::Interface'];
    const names = Object.keys(Parameters).sort();
    expect(ParameterGroups.flatMap((group: { Parameters: string[] }) => group.Parameters).sort()).toEqual(names);
    expect(Object.keys(ParameterLabels).sort()).toEqual(names);
    for (const { Description } of Object.values<{ Description: string }>(Parameters)) {
      expect(Description.length).toBeGreaterThan(20);
      expect(Description.length).toBeLessThanOrEqual(4000);
    }
  });
});

describe('parts', () => {
  const further = { Parts: 'documents', ReceiptBucketName: '', AllowedSubjects: '' };

  test('in a further region only the documents are made, the same as in the first', () => {
    const { roles, users, buckets, documents } = load(further);
    expect([roles, users, buckets]).toEqual([[], [], []]);
    expect(documents).toEqual(load().documents);
    const options = { region: 'eusc-de-east-1', accountId: '123456789012', parameters: further };
    expect(new Template(template, options).outputs()).toMatchObject([{ key: 'Region', value: 'eusc-de-east-1' }]);
  });

  test("ARNs are those of the region's partition", () => {
    const parameters = { AllowedSubjects: 'repo:a/b:ref:refs/heads/main', ReceiptBucketName: 'receipts' };
    const { roles } = loadStack(template, { region: 'us-isob-east-1', accountId: '123456789012', parameters });
    const partitions = JSON.stringify(roles.map(({ trust, policies }) => [trust, policies])).match(/arn:[a-z-]+:/g);
    expect([...new Set(partitions)]).toEqual(['arn:aws-iso-b:']);
  });

  test('other parameters make nothing more there, but for the rule of the Recycle Bin', () => {
    const all = { DumpBucketName: 'dumps', PlanSubjects: 'repo:a/b:pull_request', Users: 'yes', RecycleBinDays: '7' };
    const key = 'arn:aws:kms:us-east-1:123456789012:key/1';
    const { roles, users, buckets } = load({ ...further, ...all, BucketKeyArn: key, CopyKeyArns: key });
    expect([roles, users, buckets]).toEqual([[], [], []]);
  });
});

describe('buckets', () => {
  const dumps = { DumpBucketName: 'dumps' };
  const bucketsOf = (more: Record<string, string> = {}) =>
    load({ ...dumps, ...more }).buckets.toSorted((a, b) => (a.name < b.name ? -1 : 1));

  test('have versions, and answer over TLS only', () => {
    expect(bucketsOf().map(({ name, versioned }) => [name, versioned])).toEqual([
      ['dumps', true],
      ['receipts', true],
    ]);
    for (const { name, policy } of bucketsOf())
      expect(policy).toMatchObject([
        {
          Effect: 'Deny',
          Principal: '*',
          Action: 's3:*',
          Resource: [`arn:aws:s3:::${name}`, `arn:aws:s3:::${name}/*`],
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ]);
  });

  test('keep 45 older versions of each file of a dump, and give up unfinished uploads', () => {
    expect(bucketsOf()[0]?.lifecycle).toMatchObject([
      { prefix: 'db/', enabled: true, noncurrentDays: 1, newerNoncurrentVersions: 45 },
      { prefix: 'db/', enabled: true, abortUploadDays: 2 },
    ]);
    expect(bucketsOf()[1]?.lifecycle).toMatchObject([{ prefix: 'receipts/' }, { abortUploadDays: 2 }]);
  });

  test('are locked, both, as the parameters say, and by default not', () => {
    expect(bucketsOf().map(({ objectLock }) => objectLock)).toEqual([undefined, undefined]);
    for (const { objectLock } of bucketsOf({ ObjectLockMode: 'COMPLIANCE', ObjectLockDays: '30' }))
      expect(objectLock).toEqual({ retention: { mode: 'COMPLIANCE', days: 30 } });
  });

  test('no role may bypass or change a lock, or the settings of a bucket', () => {
    const all = load({ ...dumps, Users: 'yes', PlanSubjects: 'repo:a/b:pull_request', ObjectLockMode: 'GOVERNANCE' });
    const actions = [...all.roles, ...(all.users ?? [])].flatMap(({ policies }) =>
      policies.flatMap(({ statements }) => statements.flatMap(({ Action = [] }) => [Action].flat())),
    );
    expect(actions.filter((one) => /Retention|LegalHold|s3:Put(Bucket|Lifecycle)|s3:\*/.test(one))).toEqual([]);
  });

  test('a key of their own can be used by every role that reads or writes there, and by no other', () => {
    const key = 'arn:aws:kms:us-east-1:123456789012:key/1';
    const {
      roles,
      users = [],
      buckets,
    } = load({
      ...dumps,
      BucketKeyArn: key,
      Users: 'yes',
      PlanSubjects: 'repo:a/b:pull_request',
    });
    expect(buckets.map(({ keyArn }) => keyArn)).toEqual([key, key]);
    const using = [...roles, ...users].map(({ name, policies }) => [
      name,
      policies
        .flatMap(({ statements }) => statements)
        .filter(({ Resource }) => Resource === key)
        .flatMap(({ Action = [] }) => [Action].flat()),
    ]);
    expect(Object.fromEntries(using)).toEqual({
      'holdfast-backup': ['kms:Decrypt', 'kms:GenerateDataKey'],
      'holdfast-verify': ['kms:Decrypt', 'kms:GenerateDataKey'],
      'holdfast-watch': ['kms:Decrypt', 'kms:GenerateDataKey'],
      'holdfast-dump': ['kms:Decrypt', 'kms:GenerateDataKey'],
      'holdfast-rotate': [],
      'holdfast-plan': [],
      'holdfast-dumps-ro': ['kms:Decrypt'],
      'holdfast-dumps-rw': ['kms:Decrypt', 'kms:GenerateDataKey'],
    });
  });
});

/** It tells when all else is silent, so nothing else would notice that it sleeps. */
describe('the watchdog of the stack', () => {
  const resources = new Template(template, {
    ...{ region: 'us-east-1', accountId: '123456789012' },
    parameters: {
      ...{ AllowedSubjects: 'repo:a/b:ref:refs/heads/main', ReceiptBucketName: 'receipts' },
      WatchdogEmail: 'oncall@acme.example',
    },
  }).resources();
  const propertiesOf = (name: string) => resources.find(({ logicalId }) => logicalId === name)?.properties;

  test('looks every hour: a miss is told within its target and an hour; EventBridge may start it', () => {
    const rule = propertiesOf('WatchdogSchedule');
    expect(rule).toMatchObject({ ScheduleExpression: 'rate(1 hour)', Targets: [{ Id: 'watchdog' }] });
    // A rule without a State is enabled (CloudFormation, AWS::Events::Rule).
    expect(rule?.State ?? 'ENABLED').toBe('ENABLED');
    expect(propertiesOf('WatchdogPermission')).toMatchObject({
      Action: 'lambda:InvokeFunction',
      Principal: 'events.amazonaws.com',
    });
  });

  test('is missed after three hours: its alarm takes no data for bad, and sends to the topic that people read', () => {
    const alarm = propertiesOf('WatchdogAlarm');
    // A function that nobody starts gives no data: `missing` or `notBreaching` would never tell (CloudWatch, "Configuring how CloudWatch
    // alarms treat missing data"). Three periods of an hour are what its description says.
    expect(alarm).toMatchObject({
      TreatMissingData: 'breaching',
      EvaluationPeriods: 3,
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 1,
    });
    expect(alarm?.DatapointsToAlarm ?? 3).toBe(3);
    expect(alarm?.ActionsEnabled ?? true).toBe(true);
    const topic = propertiesOf('WatchdogSubscription')?.TopicArn;
    expect(topic).toBe('arn:aws:sns:us-east-1:123456789012:holdfast-watchdog');
    expect([alarm?.AlarmActions, alarm?.OKActions]).toEqual([[topic], [topic]]);
    expect(propertiesOf('WatchdogSubscription')).toMatchObject({ Protocol: 'email', Endpoint: 'oncall@acme.example' });
    const metrics = alarm?.Metrics as readonly { Id: string; Expression?: string; MetricStat?: { Period: number } }[];
    expect(metrics.map(({ Id, Expression, MetricStat }) => [Id, Expression ?? MetricStat?.Period])).toEqual([
      ['looked', 'invocations - errors'],
      ['invocations', 3600],
      ['errors', 3600],
    ]);
  });
});

describe('limits of AWS', () => {
  const full = {
    DumpBucketName: 'a'.repeat(63),
    ReceiptBucketName: 'b'.repeat(63),
    BucketKeyArn: `arn:aws-us-gov:kms:us-gov-west-1:123456789012:key/mrk-${'0'.repeat(32)}`,
    SnapshotLock: 'yes',
    Users: 'yes',
    DocumentPrefix: 'd'.repeat(60),
    HookPrefix: 'h'.repeat(60),
  };
  const size = (statements: unknown): number => JSON.stringify({ Version: '2012-10-17', Statement: statements }).length;

  test('the template is smaller than 1 MB', () => {
    expect(Buffer.byteLength(template)).toBeLessThan(1_000_000);
  });

  test('inline policies of a role have at most 10,240 characters together, managed ones 6,144 each', () => {
    const { roles, users = [] } = load(full);
    for (const { policies } of roles)
      expect(policies.reduce((sum, { statements }) => sum + size(statements), 0)).toBeLessThanOrEqual(10_240);
    for (const { policies } of users)
      for (const { statements } of policies) expect(size(statements)).toBeLessThanOrEqual(6144);
  });
});
