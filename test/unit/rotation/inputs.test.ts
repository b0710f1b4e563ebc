import { describe, expect, test } from '@jest/globals';
import { inputs, type Settings } from '../../../src/actions/ebs-rotate/inputs.ts';
import { ConfigurationError } from '../../../src/runtime/errors.ts';
import { settingsFrom } from '../../fakes/context.ts';

const settings = (given: Readonly<Record<string, string>>): Settings =>
  settingsFrom(inputs, { 'aws-region': 'us-east-1', 'github-token': 'token', ...given });

function problems(given: Readonly<Record<string, string>>): readonly string[] {
  try {
    settings(given);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}

test('the defaults', () => {
  expect(settings({})).toMatchObject({
    mode: 'all',
    retention: { days: 7, weeks: 0, months: 0 },
    compareRetention: undefined,
    every: 24,
    slot: '',
    timeZone: 'UTC',
    kmsKeys: {},
    maxPause: 30,
    maxExpiryShare: 50,
    waitFor: [],
    pricePerGib: 0.05,
  });
});

test('each input is parsed once', () => {
  const given = {
    retention: '7d 4w',
    'compare-retention': '14',
    every: '6h',
    'time-zone': 'Europe/Berlin',
    'kms-keys': 'eu-west-1=alias/copies\nap-southeast-2=arn:aws:kms:ap-southeast-2:123456789012:key/1234-abcd\n',
    'wait-for': 'postgres-backup.yml  mysql-backup.yaml',
    'price-per-gib': '0.1',
  };
  expect(settings(given)).toMatchObject({
    retention: { days: 7, weeks: 4, months: 0 },
    compareRetention: { days: 14, weeks: 0, months: 0 },
    every: 6,
    timeZone: 'Europe/Berlin',
    kmsKeys: {
      'eu-west-1': 'alias/copies',
      'ap-southeast-2': 'arn:aws:kms:ap-southeast-2:123456789012:key/1234-abcd',
    },
    waitFor: ['postgres-backup.yml', 'mysql-backup.yaml'],
    pricePerGib: 0.1,
  });
});

describe('an input that is wrong is named, with what is allowed', () => {
  test.each([
    [{ retention: 'soon' }, 'retention: "soon" is not allowed; allowed: days'],
    [{ 'compare-retention': '0' }, 'compare-retention: "0" is not allowed; allowed: days'],
    [{ every: '5h' }, 'every: "5h" is not allowed; allowed: 1d or 12h'],
    [
      { 'time-zone': 'Mars/Olympus' },
      'time-zone: "Mars/Olympus" is not a time zone that is known here; allowed: an IANA',
    ],
    [{ 'kms-keys': 'alias/copies' }, 'kms-keys: has the line "alias/copies"; allowed: lines of region=key'],
    [{ 'kms-keys': 'mars=alias/copies' }, 'kms-keys: "mars" is not the name of a region; allowed: lines of region=key'],
    [{ 'kms-keys': 'eu-west-1=copies' }, 'kms-keys: "copies" is not a KMS key; allowed: the ARN'],
    [{ 'wait-for': 'postgres-backup' }, 'wait-for: "postgres-backup" is not allowed; allowed: file names'],
    [{ 'price-per-gib': 'cheap' }, 'price-per-gib: "cheap" is not allowed; allowed: a number'],
    [{ 'api-timeout': '60s' }, 'api-timeout: 60 s is more than max-pause (30 s)'],
    [{ 'lock-mode': 'governance' }, 'lock-days: is missing; lock-mode needs it'],
    [{ 'lock-days': '3' }, 'lock-days: is without effect while lock-mode is none'],
    [
      { 'lock-mode': 'compliance', 'lock-days': '8', retention: '7d 4w' },
      'lock-days: 8 is more than retention keeps a snapshot (7 days)',
    ],
    [{ 'wait-for': 'a.yml', 'github-token': '' }, 'github-token: wait-for asks GitHub'],
  ])('%j', (given, words) => {
    expect(problems(given)).toEqual([expect.stringContaining(words)]);
  });

  test('every mistake at once', () => {
    expect(problems({ retention: 'soon', 'kms-keys': 'mars=copies', every: '5h' })).toHaveLength(4);
  });
});
