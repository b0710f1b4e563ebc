import { describe, expect, test } from '@jest/globals';
import { readArguments } from '../../../lab/cli/arguments.ts';
import { expectedExit, namedFault, namedFaults } from '../../../lab/rehearsals/faults.ts';

const run = { kind: 'run', workflow: 'infobright-backup', fault: undefined, inputs: {}, keep: false, followUp: false };

describe('the arguments of npm run lab', () => {
  test.each<[string[], object]>([
    [[], run],
    [['--', '--fault', 'throttle', '--follow-up'], { ...run, fault: 'throttle', followUp: true }],
    [['--fault=wrong-rows', '--keep'], { ...run, fault: 'wrong-rows', keep: true }],
    [
      ['x.yml', '--input', 'dry-run=true', '--input=mode=a=b'],
      { ...run, workflow: 'x.yml', inputs: { 'dry-run': 'true', mode: 'a=b' } },
    ],
    [['up'], { kind: 'up' }],
    [['down'], { kind: 'down' }],
    [['--help'], { kind: 'help' }],
    [['--list-faults'], { kind: 'list-faults' }],
  ])('%j', (given, expected) => {
    expect(readArguments(given)).toEqual(expected);
  });

  test.each<[string[], string]>([
    [['--fault', 'nope'], 'there is no fault "nope"; there are corrupt-volume, missing-table'],
    [['--fault'], '--fault needs a name: corrupt-volume, missing-table'],
    [['--falt', 'x'], 'there is no option --falt; there are --fault'],
    [['up', '--keep'], 'up takes no options'],
    [['up', 'down'], 'one workflow, up or down is enough: up down'],
    [['--follow-up'], '--follow-up needs a --fault'],
    [['--input', 'x'], '--input takes NAME=VALUE'],
  ])('%j is refused', (given, message) => {
    expect(() => readArguments(given)).toThrow(message);
  });
});

test('every named fault is found by its name and says how it ends', () => {
  expect(namedFaults.map((fault) => namedFault(fault.name))).toEqual(namedFaults);
  expect(Object.fromEntries(namedFaults.map((fault) => [fault.name, expectedExit(fault)]))).toEqual({
    'corrupt-volume': 1,
    'missing-table': 1,
    'wrong-rows': 1,
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
    'throttled-estate': 0,
    'truncated-dump': 1,
    'dump-killed': 1,
    'upload-broken': 1,
    'disk-full': 1,
    'wrong-rows-restored': 1,
  });
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
