/** An input given as the empty text, as `${{ vars.MISSING }}` gives it, for every input of every action. */
import { describe, expect, test } from '@jest/globals';
import { inputs as anonymize } from '../../../src/actions/anonymize/inputs.ts';
import { inputs as dbDump } from '../../../src/actions/db-dump/inputs.ts';
import { inputs as doctor } from '../../../src/actions/doctor/inputs.ts';
import { inputs as ebsRotate } from '../../../src/actions/ebs-rotate/inputs.ts';
import { inputs as ibSnapshot } from '../../../src/actions/ib-snapshot/inputs.ts';
import { inputs as verifyVolume } from '../../../src/actions/verify-volume/inputs.ts';
import { unknownRuns } from '../../../src/adapters/github/runs.ts';
import { ConfigurationError } from '../../../src/runtime/errors.ts';
import type { InputDefinition } from '../../../src/runtime/inputs.ts';
import { FakeLogger } from '../../fakes/clock.ts';

interface AnyInputs {
  readonly definitions: Readonly<Record<string, InputDefinition<unknown>>>;
  parse(read: (name: string) => string): Readonly<Record<string, unknown>>;
}

const actions: readonly (readonly [string, AnyInputs])[] = [
  ['anonymize', anonymize],
  ['db-dump', dbDump],
  ['doctor', doctor],
  ['ebs-rotate', ebsRotate],
  ['ib-snapshot', ibSnapshot],
  ['verify-volume', verifyVolume],
];

/** What the actions need at least. */
const needed: Readonly<Record<string, string>> = {
  'aws-region': 'us-east-1',
  regions: 'us-east-1',
  source: 'a',
  instance: 'i-0123456789abcdef0',
  'receipt-bucket': 'receipts',
  bucket: 'dumps',
  'database-url': '',
  database: 'd',
  prove: 'none',
  from: 'package.json',
  to: 'x.gz',
  'snapshot-id': 'newest',
};

function settingsOf(inputs: AnyInputs, given: Readonly<Record<string, string>>) {
  return inputs.parse((name) => given[name] ?? '');
}

describe.each(actions)('%s', (_name, inputs) => {
  const required = Object.fromEntries(Object.entries(needed).filter(([name]) => name in inputs.definitions));
  const names = Object.keys(inputs.definitions);

  test('empty inputs are the literal defaults, and never an expression', () => {
    const settings = settingsOf(inputs, required);
    expect(JSON.stringify(settings)).not.toContain('${{');
    for (const name of names.filter((one) => !(one in required))) {
      const preset = inputs.definitions[name]?.default ?? '';
      // Given, a literal default is the same as not given; an expression is never taken as it stands.
      if (!preset.startsWith('${{')) {
        const key = name.replace(/-([a-z])/g, (_all, letter: string) => letter.toUpperCase());
        const again = settingsOf(inputs, { ...required, [name]: preset });
        if (!(settings[key] instanceof Uint8Array)) expect(again[key]).toEqual(settings[key]);
      }
    }
    expect(settings).toMatchObject({ githubToken: '', runbookUrl: '', slackWebhookUrl: '', datadogApiKey: '' });
  });

  test.each(names)('%s: an expression that nobody evaluated is refused, and not sent', (name) => {
    const problems = (): readonly string[] => {
      try {
        settingsOf(inputs, { ...required, [name]: '${{ github.token }}' });
        return [];
      } catch (error) {
        return error instanceof ConfigurationError ? error.problems : [String(error)];
      }
    };
    expect(problems()).toContainEqual(
      expect.stringMatching(new RegExp(`^${name}: it is an expression that GitHub did not evaluate`)),
    );
  });
});

test('without a token the log says once that nobody knows whether runs are over', async () => {
  const logger = new FakeLogger();
  const runs = unknownRuns(logger);
  expect([await runs.state('a'), await runs.state('b')]).toEqual(['unknown', 'unknown']);
  expect(logger.lines).toEqual([expect.stringContaining('github-token is empty')]);
});

test('role-from: keys needs the keys in the environment of the step, and says which are missing', () => {
  const before = { ...process.env };
  const give = (): Readonly<Record<string, unknown>> =>
    anonymize.parse((name) => ({ from: 'package.json', to: 'x.gz', 'role-from': 'keys' })[name] ?? '');
  try {
    process.env.AWS_ACCESS_KEY_ID = 'AKIAIOSFODNN7EXAMPLE';
    delete process.env.AWS_SECRET_ACCESS_KEY;
    expect(give).toThrow('role-from: keys needs AWS_SECRET_ACCESS_KEY in the environment of the step');
    process.env.AWS_SECRET_ACCESS_KEY = 'x';
    expect(give()).toMatchObject({ roleFrom: 'keys' });
  } finally {
    process.env = before;
  }
});
