/** The faults that `npm run lab -- --fault NAME` rehearses: what each does, and how the run should end. */

import { source } from '../machines.ts';
import type { Faults } from '../services/http/faults.ts';
import type { FaultTarget, NamedFault } from './fault.ts';
import { clearDumpFaults, dumpFaults } from './postgres/faults.ts';

/** The workflows it can happen to, the likeliest first. */
export function workflowsOf({ workflows = ['infobright-backup'] }: NamedFault): readonly string[] {
  return workflows;
}

/** Ways a copy is damaged while its volume is filled from the snapshot: what a broken restore looks like. */
function damagedCopy(how: 'bytes' | 'table' | 'rows') {
  return ({ machines }: FaultTarget): void => {
    machines.onVolumeFilled = (_volume, _snapshot, image) => machines.damage(image, how);
  };
}

function throttle(faults: Faults, endpoint: 'ec2' | 'ssm', operation: string, times: number): void {
  faults.add({ name: `throttle ${operation}`, endpoint, operation, times, effect: { kind: 'throttle' } });
}

const volumeFaults: readonly NamedFault[] = [
  {
    name: 'corrupt-volume',
    description: 'the restored volume has flipped bytes in its data files',
    ends: 'bad',
    arrange: damagedCopy('bytes'),
  },
  {
    name: 'missing-table',
    description: 'a table is missing from the restored copy',
    ends: 'bad',
    arrange: damagedCopy('table'),
  },
  {
    name: 'wrong-rows',
    description: 'rows of the restored copy differ from the source',
    ends: 'bad',
    arrange: damagedCopy('rows'),
  },
  {
    name: 'agent-offline',
    description: "the source's SSM agent does not answer",
    ends: 'unproven',
    arrange: ({ machines }) => machines.agentOffline(source.id, true),
  },
  {
    name: 'throttle',
    description: 'AWS answers several calls to EC2 and SSM with "slow down"',
    ends: 'good',
    arrange: ({ faults }) => {
      throttle(faults, 'ec2', 'DescribeInstances', 2);
      throttle(faults, 'ec2', 'DescribeVolumes', 2);
      throttle(faults, 'ec2', 'CreateVolume', 2);
      throttle(faults, 'ec2', 'AttachVolume', 1);
      throttle(faults, 'ssm', 'SendCommand', 2);
      throttle(faults, 'ssm', 'GetCommandInvocation', 3);
    },
  },
  {
    name: 'detach-stuck',
    description: 'the verified volume does not detach until it is forced to',
    ends: 'good',
    arrange: ({ machines }) => {
      machines.detachStuck = true;
    },
  },
  {
    name: 'snapshot-error',
    description: 'the snapshot ends in the state "error" while it is being completed',
    ends: 'unproven',
    arrange: ({ machines }) => {
      machines.snapshotsFail = true;
    },
  },
  {
    name: 'credentials-expire',
    description: 'role sessions last seconds, so that they expire in the middle of the run',
    ends: 'good',
    workflows: ['infobright-backup', 'postgres-backup'],
    arrange: ({ machines }) => {
      // A dump takes less time than a backup of a volume.
      machines.sessionSeconds = machines.databases ? 2 : 10;
    },
  },
  {
    name: 'role-refused',
    description: "the job's token names a branch that the roles do not trust",
    ends: 'unproven',
    arrange: ({ oidc }) => {
      oidc.subjectOverride = 'repo:acme/backups:ref:refs/heads/not-trusted';
    },
  },
  {
    name: 'runner-killed-in-pause',
    description: 'the runner is killed between quiesce and resume; the lease must bring the source back',
    ends: 'recovers',
    arrange: ({ faults }) =>
      faults.add({
        name: 'runner-killed-in-pause',
        endpoint: 'ec2',
        operation: 'CreateSnapshot',
        effect: { kind: 'kill-before' },
      }),
  },
  {
    name: 'bad-tags',
    description: 'an instance is tagged Retention=soon, another is to be copied to a region that does not exist',
    ends: 'red',
    workflows: ['ebs-rotate'],
    arrange: ({ machines }) => {
      const [one, other] = [...machines.ec2.world('eu-west-1').instances.values()];
      one?.tags.set('Retention', 'soon');
      other?.tags.set('Copy_Dest', 'mars-north-1');
    },
  },
  {
    name: 'region-down',
    description: 'EC2 does not answer in one region',
    ends: 'red',
    workflows: ['ebs-rotate'],
    arrange: ({ machines }) => void machines.ec2.switches.regionsDown.add('eu-west-1'),
  },
  {
    name: 'copies-fail',
    description: 'copies end in the state "error"',
    ends: 'red',
    workflows: ['ebs-rotate'],
    arrange: ({ machines }) => {
      machines.ec2.switches.copiesFail = true;
    },
  },
  {
    name: 'everything-due',
    description: 'the dates of most snapshots of a region are changed to yesterday',
    ends: 'red',
    workflows: ['ebs-rotate'],
    arrange: ({ machines }) => {
      for (const one of machines.ec2.world('ap-southeast-2').snapshots.values())
        if (one.tags.has('DeleteOn')) one.tags.set('DeleteOn', '2020-01-01');
    },
  },
  {
    name: 'throttled-estate',
    description: 'EC2 answers many calls with "slow down"',
    ends: 'good',
    workflows: ['ebs-rotate'],
    arrange: ({ faults }) => {
      for (const operation of ['DescribeInstances', 'DescribeSnapshots', 'CreateSnapshots', 'CopySnapshot'])
        throttle(faults, 'ec2', operation, 4);
      throttle(faults, 'ec2', 'DeleteSnapshot', 3);
      throttle(faults, 'ec2', 'CreateTags', 3);
    },
  },
];

/** All that can be rehearsed. */
export const namedFaults: readonly NamedFault[] = [...volumeFaults, ...dumpFaults];

/** The exit status the rehearsal should have: 1 where the run must fail, 0 where it ends well. */
export function expectedExit(fault: NamedFault): 0 | 1 {
  return fault.ends === 'good' || fault.ends === 'recovers' ? 0 : 1;
}

/** @throws Error that names every fault there is */
export function namedFault(name: string): NamedFault {
  const found = namedFaults.find((fault) => fault.name === name);
  if (found) return found;
  throw new Error(
    `there is no fault ${JSON.stringify(name)}; there are ${namedFaults.map((one) => one.name).join(', ')}`,
  );
}

/** Takes back what the named faults arranged. */
export function clearFaults({ machines, faults, oidc }: FaultTarget): void {
  faults.clear();
  oidc.subjectOverride = undefined;
  machines.onVolumeFilled = undefined;
  machines.snapshotsFail = false;
  machines.detachStuck = false;
  machines.sessionSeconds = undefined;
  machines.vssFails = false;
  machines.agentOffline(source.id, false);
  machines.ec2.switches.regionsDown.clear();
  machines.ec2.switches.copiesFail = false;
  machines.s3.truncate = undefined;
  clearDumpFaults();
}

export type { NamedFault } from './fault.ts';
