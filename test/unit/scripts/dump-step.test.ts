import { describe, expect, test } from '@jest/globals';
import { asCalled } from '../../../scripts/lib/command-line.ts';
import { JobLog, optionNames, stepEnvironment, usage, variableOf, variables } from '../../../scripts/lib/dump-step.ts';
import { inputs } from '../../../src/actions/db-dump/inputs.ts';

describe('the inputs of db-dump outside of GitHub', () => {
  const environment = (options: Record<string, string>, env: Record<string, string> = {}) =>
    stepEnvironment({ options, env, host: 'web 01.example.org', now: 1_764_000_000_000 });

  test('come from options, then from variables, then from the defaults of the action', () => {
    const given = environment({ source: 'by option' }, { HOLDFAST_SOURCE: 'by variable', HOLDFAST_KEEP_AS: 'dated' });
    expect(given).toMatchObject({
      INPUT_SOURCE: 'by option',
      'INPUT_KEEP-AS': 'dated',
      'INPUT_ARCHIVE-LEVEL': '5',
      'INPUT_DATABASE-URL': '',
    });
    expect(environment({}, { HOLDFAST_DATABASE_URL: 'postgresql://u:p@h/d' })['INPUT_DATABASE-URL']).toBe(
      'postgresql://u:p@h/d',
    );
  });

  test('have the region of the other commands', () => {
    expect(environment({}, { AWS_REGION: 'eu-west-1' })['INPUT_AWS-REGION']).toBe('eu-west-1');
    // The AWS CLI's variable, which the SDK does not read.
    expect(environment({}, { AWS_DEFAULT_REGION: 'eu-west-1' })['INPUT_AWS-REGION']).toBe('eu-west-1');
    const both = { AWS_REGION: 'eu-west-1', HOLDFAST_REGION: 'us-east-1' };
    expect(environment({}, both)['INPUT_AWS-REGION']).toBe('us-east-1');
    expect(environment({ 'aws-region': 'us-west-2' }, both)['INPUT_AWS-REGION']).toBe('us-west-2');
  });

  test('are all there, without an expression that only GitHub evaluates', () => {
    const given = environment({});
    for (const name of Object.keys(inputs.definitions)) expect(given).toHaveProperty([`INPUT_${name.toUpperCase()}`]);
    expect(Object.values(given).filter((value) => value.includes('${{'))).toEqual([]);
  });

  test('are no options where they are secret, since every account sees the arguments of a process', () => {
    const secret = Object.entries(inputs.definitions).filter(([, one]) => one.secret);
    expect(secret.length).toBeGreaterThan(3);
    for (const [name] of secret) expect(optionNames).not.toContain(name);
    expect(variables).toEqual(expect.arrayContaining(['database-url', 'scratch-url', 'anonymize-key'].map(variableOf)));
    expect(variables).not.toContain('HOLDFAST_GITHUB_TOKEN');
    expect(usage).toContain('HOLDFAST_DATABASE_URL');
  });

  test('the run has a name of the form that receipts demand', () => {
    const { GITHUB_REPOSITORY, GITHUB_RUN_ID, GITHUB_SERVER_URL } = environment({});
    expect([GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_RUN_ID]).toEqual([
      'https://web-01.example.org',
      'host/web-01.example.org',
      '1764000000000',
    ]);
  });
});

test('the log is plain text: commands for the runner are read or left out, and secrets hidden from then on', () => {
  const log = new JobLog();
  const lines = [
    'before: hunter2',
    '::add-mask::hunter2',
    '::group::Dumping',
    'the password is hunter2',
    '::endgroup::',
    '::warning title=x::one%0Atwo hunter2',
    '::debug::quiet',
    'a line with :: colons',
  ];
  expect(lines.map((line) => log.read(line)).filter((line) => line !== undefined)).toEqual([
    'before: hunter2',
    'Dumping:',
    'the password is ***',
    'warning: one\ntwo ***',
    'a line with :: colons',
  ]);
  expect(log.hide('| hunter2 |')).toBe('| *** |');
});

test('in the ops image, texts name the commands as they are called there', () => {
  const text = `npm run fetchdb [-- options]
npm run -s anonymize -- FROM [TO] [options]
npm run restore -- --list
fetched; npm run populatedb loads it; npm run build`;
  expect(asCalled(text, false)).toBe(text);
  expect(asCalled(text, true)).toBe(`holdfast fetchdb [options]
holdfast anonymize FROM [TO] [options]
holdfast restore --list
fetched; holdfast populatedb loads it; npm run build`);
});
