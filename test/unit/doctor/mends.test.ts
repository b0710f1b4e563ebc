/** The commands that the doctor prints say what the programs that they name understand. */
import { expect, test } from '@jest/globals';
import { examine } from '../../../src/doctor/examine.ts';
import { deployCommand, lifecycleCommand, tlsCommand, trustCommand } from '../../../src/doctor/mends.ts';
import { read, unread } from '../../../src/doctor/reading.ts';
import { document, region, sound } from './sound.ts';

const { repository } = sound.identity;

test.each([
  ['repo:acme@7/backups@42:ref:refs/heads/main', ''],
  ['repo:acme/backups:ref:refs/heads/main', ''],
  ['repo:acme/backups:ref:refs/heads/release/1', ' --branch release/1'],
  ['repo:acme/backups:environment:live one', " --environment 'live one'"],
  ['repo:acme/backups:environment:a%3Ab', ' --environment a:b'],
  ['repo:acme/backups:pull_request', ' --plan-role'],
])('%s is trusted by deploy with the repository', (subject, options) => {
  const command = trustCommand(subject, 'AllowedSubjects', repository).split('  ')[0];
  expect(command).toBe(`npm run deploy -- --repository acme/backups${options}`);
});

test('a branch is named where nobody knows which is the default one', () => {
  const command = trustCommand('repo:acme/backups:ref:refs/heads/main', 'AllowedSubjects', unread('404'));
  expect(command).toContain('--repository acme/backups --branch main');
});

test.each(['repo:acme/backups:ref:refs/tags/v1', "organization's own:acme"])(
  '%s, which deploy cannot compute, is given itself, with the others',
  (subject) => {
    const command = trustCommand(subject, 'AllowedSubjects', repository);
    expect(command).toContain(`--subjects '${subject},…'`);
    expect(command).toContain('every other subject of AllowedSubjects');
  },
);

test('a stack of another name is named', () => {
  expect(deployCommand({ ...sound, stackName: 'other' })).toBe(
    'AWS_REGION=eu-west-1 npm run deploy -- --stack-name other',
  );
});

test('a further region gets its documents with --region, also anew', () => {
  const further = { ...region, name: 'us-east-1', documents: [{ ...document, document: read(undefined) }] };
  const found = examine({ ...sound, regions: [region, further] }).find(({ status }) => status === 'failed');
  const deploy = 'AWS_REGION=eu-west-1 npm run deploy -- --region us-east-1';
  expect(found?.fix).toContain(`${deploy}  (`);
  expect(found?.fix).toContain(`${deploy} --parameter DocumentPrefix=Repair- && ${deploy} --parameter`);
});

test('rules of buckets are those of the stack, in the words of the AWS CLI', () => {
  const given = (text: string): unknown => JSON.parse(/'(.*)'/.exec(text)?.[1] ?? '');
  expect(given(lifecycleCommand('dumps', 'HOLDFAST_DUMP_BUCKET'))).toMatchObject({
    Rules: [
      { Filter: { Prefix: 'db/' }, NoncurrentVersionExpiration: { NoncurrentDays: 1, NewerNoncurrentVersions: 45 } },
      { Filter: { Prefix: '' }, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 2 } },
    ],
  });
  expect(given(tlsCommand('dumps', 'us-gov-west-1'))).toMatchObject({
    Statement: [{ Resource: ['arn:aws-us-gov:s3:::dumps', 'arn:aws-us-gov:s3:::dumps/*'] }],
  });
});
