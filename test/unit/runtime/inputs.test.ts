import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { inputs } from '../../../src/actions/ib-snapshot/inputs.ts';
import { inputs as verifyInputs } from '../../../src/actions/verify-volume/inputs.ts';
import { ConfigurationError } from '../../../src/runtime/errors.ts';
import { duration, showDuration } from '../../../src/runtime/inputs.ts';

const needed: Record<string, string> = {
  'aws-region': 'us-east-1',
  source: 'ib01.prod',
  instance: 'ib01.prod',
  'receipt-bucket': 'receipts',
};

function problems(
  given: Record<string, string>,
  parse: (read: (name: string) => string) => unknown = inputs.parse,
): readonly string[] {
  try {
    parse((name) => ({ ...needed, 'runbook-url': 'https://example.com/r', ...given })[name] ?? '');
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}

test('defaults are enough beside what is required', () => {
  const settings = inputs.parse((name) => ({ ...needed, 'runbook-url': 'https://example.com' })[name] ?? '');
  expect(settings).toMatchObject({
    maxPause: 120,
    apiTimeout: 30,
    quiesce: 'stop',
    dryRun: false,
    retentionDays: 14,
    checks: '',
    checksFile: '',
  });
});

test('an empty token stays empty: GitHub has evaluated the default by then', () => {
  expect(inputs.parse((name) => needed[name] ?? '')).toMatchObject({ githubToken: '', runbookUrl: '' });
});

test('every mistake is named at once, with what is allowed', () => {
  const found = problems({
    'max-pause': 'soon',
    quiesce: 'halt',
    'dry-run': 'yes',
    'aws-region': 'moon',
    instance: '',
    'checks-file': '/no/such/file.sql',
    checks: 'SELECT 1;',
    'retention-days': '0',
  });
  expect(found).toHaveLength(8);
  expect(found.every((one) => one.includes('allowed: '))).toBe(true);
  expect(found.find((one) => one.startsWith('max-pause'))).toBe(
    'max-pause: "soon" is not allowed; allowed: a duration such as 90s, 2m or 1h30m, 4s to 1h',
  );
});

describe('rules over several inputs', () => {
  test.each([
    [{ 'max-pause': '10s', 'api-timeout': '5s' }, 'api-timeout'],
    [{ tags: 'holdfast:run=x' }, 'tags: "holdfast:run"'],
    [{ tags: 'nonsense' }, 'tags: has the line "nonsense"'],
    [{ 'mount-point': '/' }, 'mount-point'],
    [{ 'mount-point': '/a/../b' }, 'mount-point'],
    [{ service: 'a b' }, 'service'],
    [
      { 'lock-mode': 'governance', 'lock-days': '15' },
      'lock-days: 15 is more than retention-days keeps a snapshot (14 days)',
    ],
  ])('%j', (given, words) => {
    const found = problems(given);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(words);
  });
});

test('a secret is never quoted', () => {
  const [found] = problems({ 'slack-webhook-url': 'hunter2' });
  expect(found).toContain('slack-webhook-url');
  expect(found).not.toContain('hunter2');
});

test('verify-volume refuses what is not a snapshot, and an initialization rate outside 100 to 300', () => {
  expect(problems({ 'snapshot-id': 'latest', 'volume-initialization-rate': '50' }, verifyInputs.parse)).toHaveLength(2);
  expect(problems({ 'snapshot-id': 'newest', 'volume-initialization-rate': '300' }, verifyInputs.parse)).toEqual([]);
});

test('durations: what is shown parses back to the same seconds', () => {
  const definition = duration({ description: '', default: '1s', min: 1, max: 1e6 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e6 }), (seconds) => definition.parse(showDuration(seconds)) === seconds),
  );
});

test.each(['', 'soon', '5', '5 m', '-5s', '1.5h', '5s5', 'NaN', '1e3s'])('%j is not a duration', (text) => {
  // A refusal has no words of its own here: the allowed form is added separately.
  expect(() => duration({ description: '', default: '1s', min: 1, max: 100 }).parse(text)).toThrow(/^$/);
});
