import { expect, test } from '@jest/globals';
import { readOptions } from '../../../../scripts/deploy/options.ts';

const known = ['Parts', 'AllowedSubjects', 'ReceiptBucketName', 'KeptDumps'];

test('every mistake is named at once', () => {
  const given = [
    'word',
    '--no-such',
    '--repository',
    'acme',
    '--dump-bucket',
    'UPPER',
    '--watchdog-email',
    'ops',
    '--yes=no',
    '--branch',
    '--plan',
  ];
  const { mistakes } = readOptions(
    [...given, '--check', '--parameter', 'Nothing=1', '--parameter', 'Parts=documents'],
    known,
  );
  expect(mistakes).toEqual([
    'word: deploy takes options only (--help lists them)',
    'there is no option --no-such; --help lists them',
    '--repository acme: must be OWNER/NAME',
    '--dump-bucket UPPER: must be the name of a bucket, or none',
    '--watchdog-email ops: must be one address such as ops@example.com, or none',
    '--yes takes no value',
    '--branch needs a value',
    '--parameter Nothing: the template has no such parameter; it has Parts, AllowedSubjects, ReceiptBucketName, KeptDumps',
    '--parameter Parts: use --region',
    '--plan and --check do not go together',
  ]);
});

test('a further region takes nothing that is about roles and buckets', () => {
  const { mistakes } = readOptions(['--region', 'eu-west-1', '--branch', 'main', '--dump-bucket', 'none'], known);
  expect(mistakes).toEqual([
    '--branch: a further region (--region) gets documents only, no roles and buckets',
    '--dump-bucket: a further region (--region) gets documents only, no roles and buckets',
  ]);
});

test.each(['us-east-1', 'us-gov-west-1', 'eusc-de-east-1', 'ap-southeast-7', 'us-isob-east-1', 'mx-central-1'])(
  '%s is a region',
  (region) => expect(readOptions(['--region', region], known).mistakes).toEqual([]),
);

test('values keep what follows the first equals sign', () => {
  const { options, mistakes } = readOptions(
    ['--', '--parameter', 'KeptDumps=a=b', '--environment', 'a', '--environment', 'b'],
    known,
  );
  expect(mistakes).toEqual([]);
  expect(options).toMatchObject({ parameters: { KeptDumps: 'a=b' }, environments: ['a', 'b'], mode: 'deploy' });
});
