import { expect, test } from '@jest/globals';
import type { Instance, Volume } from '../../../src/domain/ec2.ts';
import { type Inspection, sourceProblems } from '../../../src/volume/source.ts';

const inspection = {
  mountPoint: '/ibdata',
  mounted: true,
  isRoot: false,
  device: '/dev/nvme1n1',
  volumeIds: ['vol-1'],
  filesystem: 'xfs',
  serviceState: 'active',
  answers: true,
} as unknown as Inspection;
const instance = { id: 'i-1', devices: {} } as unknown as Instance;
const volume = { id: 'vol-1', attachment: { instanceId: 'i-1' } } as unknown as Volume;

const problems = (serviceState: string, answers: boolean): string[] =>
  sourceProblems({ ...inspection, serviceState, answers }, instance, volume, 'stop');

test.each([
  ['active', true, []],
  ['active', false, [/active on i-1 but answers no query/]],
  ['inactive', false, [/"inactive" on i-1, not active/]],
  // A server that an administrator has started without systemd: systemctl would not stop it.
  ['inactive', true, [/"inactive" on i-1, but the server answers: it was started by hand/]],
  // A unit made from a SysV script whose server died.
  ['dead', false, [/active on i-1, but its server has ended/]],
])('a service that is %s and whose server answers: %s', (state, answers, expected) => {
  expect(problems(state, answers)).toEqual(expected.map((one) => expect.stringMatching(one)));
});
