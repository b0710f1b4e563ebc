import { describe, expect, test } from '@jest/globals';
import { readArguments, usage } from '../../../lab/cli/arguments.ts';
import {
  expectedExit,
  jobOf,
  jobs,
  namedFault,
  namedFaults,
  seedFor,
  workflowsOf,
} from '../../../lab/rehearsals/jobs.ts';

const run = {
  kind: 'run',
  workflow: 'infobright-backup',
  fault: undefined,
  inputs: {},
  keep: false,
  followUp: false,
  profile: 'current',
};

describe('the arguments of npm run lab', () => {
  test.each<[string[], object]>([
    [[], run],
    [['--', '--fault', 'throttle', '--follow-up'], { ...run, fault: 'throttle', followUp: true }],
    [['--fault=wrong-rows', '--keep'], { ...run, fault: 'wrong-rows', keep: true }],
    [
      ['x.yml', '--input', 'dry-run=true', '--input=mode=a=b'],
      { ...run, workflow: 'x.yml', inputs: { 'dry-run': 'true', mode: 'a=b' } },
    ],
    [['up'], { kind: 'up', workflow: undefined, profile: 'current' }],
    [['up', '--profile=old-host'], { kind: 'up', workflow: undefined, profile: 'old-host' }],
    [['--profile', 'old-host'], { ...run, profile: 'old-host' }],
    [['up', 'ebs-rotate'], { kind: 'up', workflow: 'ebs-rotate', profile: 'current' }],
    [['down'], { kind: 'down' }],
    [['--help'], { kind: 'help' }],
    [['-h'], { kind: 'help' }],
    [['--nonsense', '--help'], { kind: 'help' }],
    [['x.yml', '--input', 'empty='], { ...run, workflow: 'x.yml', inputs: { empty: '' } }],
    [['--list-faults'], { kind: 'list-faults' }],
  ])('%j', (given, expected) => {
    expect(readArguments(given)).toEqual(expected);
  });

  test.each<[string[], string]>([
    [['--fault', 'nope'], 'there is no fault "nope"; the faults are corrupt-volume, missing-table'],
    [['--fault'], '--fault needs a name: corrupt-volume, missing-table'],
    [['--fault', '--keep'], '--fault needs a name: corrupt-volume, missing-table'],
    [['--fault='], '--fault needs a name: corrupt-volume, missing-table'],
    [['--keep=no'], '--keep takes no value'],
    [['-x'], 'there is no option -x'],
    [
      ['--falt', 'x'],
      'there is no option --falt; the options are --fault, --follow-up, --input, --keep, --profile, --list-faults, --help',
    ],
    [['up', '--keep'], 'up takes no options'],
    [['down', '--profile', 'old-host'], 'down takes no options'],
    [['--profile'], '--profile takes current or old-host'],
    [['--profile', 'ancient'], '--profile takes current or old-host'],
    [['up', 'down'], 'give one workflow, or up, or down, and not several: up down'],
    [['up', 'ebs-rotate', 'postgres-backup'], 'give one workflow, or up, or down, and not several'],
    [
      ['up', 'ebs-rotation'],
      'there is no job ebs-rotation; the jobs are infobright-backup, ebs-rotate, postgres-backup',
    ],
    [['--follow-up'], '--follow-up needs a --fault'],
    [['--input', 'x'], '--input takes NAME=VALUE'],
    [['--input'], '--input takes NAME=VALUE'],
  ])('%j is refused', (given, message) => {
    expect(() => readArguments(given)).toThrow(message);
  });

  test('all mistakes are named at once, one a line', () => {
    const mistakes = (given: string[]): string[] => {
      try {
        readArguments(given);
      } catch (error) {
        return (error as Error).message.split('\n');
      }
      return [];
    };
    expect(mistakes(['--falt', '--input', 'x', '--fault', 'nope', '--keep=yes'])).toEqual([
      expect.stringContaining('there is no option --falt'),
      '--input takes NAME=VALUE',
      expect.stringContaining('there is no fault "nope"'),
      '--keep takes no value',
    ]);
    expect(mistakes(['down', 'up', '--keep', '--nothing'])).toEqual([
      expect.stringContaining('there is no option --nothing'),
      'give one workflow, or up, or down, and not several: down up',
      'down takes no options',
    ]);
  });

  test('the help names every option and every job', () => {
    for (const word of ['--fault', '--follow-up', '--input', '--keep', '--profile', '--list-faults', '--help'])
      expect(usage).toContain(`  ${word === '--help' ? '-h, --help' : word}`);
    for (const { workflow } of jobs) expect(usage).toContain(workflow);
  });
});

test('every named fault is found by its name and says how it ends', () => {
  expect(namedFaults.map((fault) => namedFault(fault.name))).toEqual(namedFaults);
  expect(Object.fromEntries(namedFaults.map((fault) => [fault.name, expectedExit(fault)]))).toEqual({
    'corrupt-volume': 1,
    'missing-table': 1,
    'wrong-rows': 1,
    'damaged-filesystem': 1,
    'newer-filesystem': 1,
    'agent-offline': 1,
    throttle: 0,
    'detach-stuck': 0,
    'snapshot-error': 1,
    'credentials-expire': 0,
    'role-refused': 1,
    'runner-killed-in-pause': 0,
    'bad-tags': 1,
    'region-down': 1,
    'copies-fail': 1,
    'everything-due': 1,
    'throttled-regions': 0,
    'truncated-dump': 1,
    'dump-killed': 1,
    'upload-broken': 1,
    'disk-full': 1,
    'wrong-rows-restored': 1,
    'definition-changed': 1,
    'restore-refused': 1,
    'truncated-archive': 1,
    'missing-collection': 1,
    'exec-cut': 1,
    'lost-documents': 1,
    'lost-table': 1,
    'lost-rows': 1,
    'lost-trigger': 1,
    'lost-routine': 1,
  });
});

test('no two faults have the same name, and each belongs to a job', () => {
  expect(new Set(namedFaults.map((fault) => fault.name)).size).toBe(namedFaults.length);
  expect(namedFaults.filter((fault) => workflowsOf(fault).length === 0)).toEqual([]);
  expect(workflowsOf(namedFault('credentials-expire'))).toEqual([
    'infobright-backup',
    'postgres-backup',
    'mongodb-backup',
    'mysql-backup',
  ]);
});

test('a job is found by the name and by the path of its workflow, and its seed also for those beside it', () => {
  expect(jobOf('ebs-rotate')?.workflow).toBe('ebs-rotate');
  expect(jobOf('.github/workflows/ebs-rotate.yml')?.workflow).toBe('ebs-rotate');
  expect(jobOf('test/scenario/workflows/rotate.yml')).toBeUndefined();
  expect(
    seedFor('ebs-rotate')
      ?.regions?.(new Date('2026-11-20'))
      .map(({ region }) => region),
  ).toContain('eu-west-1');
  expect(seedFor('deploy-example')?.database).toMatchObject({ name: 'infinite' });
  expect(seedFor('infobright-backup')).toBeUndefined();
});

test('a fault brings its workflow, and is refused with another one', () => {
  expect(readArguments(['--fault', 'bad-tags'])).toMatchObject({ workflow: 'ebs-rotate' });
  expect(readArguments(['--fault', 'throttle'])).toMatchObject({ workflow: 'infobright-backup' });
  expect(() => readArguments(['ebs-rotate', '--fault', 'throttle'])).toThrow('one of infobright-backup');
  // One that can happen to two workflows brings the first, and is accepted with the other.
  expect(readArguments(['--fault', 'credentials-expire'])).toMatchObject({ workflow: 'infobright-backup' });
  expect(readArguments(['postgres-backup', '--fault', 'credentials-expire'])).toMatchObject({
    workflow: 'postgres-backup',
  });
});
