/** The faults of the Infobright backup. */
import { source } from '../../hosts/pair.ts';
import { overwrite, unknownXfsFeature, xfsIncompatible } from '../../hosts/superblocks.ts';
import type { Lab, Undo } from '../../lab.ts';
import { credentialsExpire } from '../common-faults.ts';
import { disturbCalls, type NamedFault, override, throttle } from '../fault.ts';
import { type Damage, damage } from './damage.ts';

/** Damages every copy as its volume is filled from the snapshot. */
function damageCopies(kind: Damage) {
  return ({ aws }: Lab): Undo =>
    override(aws.ec2.switches, 'onVolumeFilled', (_volumeId, _snapshotId, image) => damage(image, kind));
}

/** Changes the filesystem of every copy. */
function changeVolumes(change: (path: string) => void) {
  return ({ aws }: Lab): Undo =>
    override(aws.ec2.switches, 'onVolumeFilled', async (_volumeId, _snapshotId, image) => change(image.path));
}

export const infobrightFaults: readonly NamedFault[] = [
  {
    name: 'corrupt-volume',
    description: 'the restored volume has flipped bytes in its data files',
    ends: 'bad',
    arrange: damageCopies('bytes'),
  },
  {
    name: 'missing-table',
    description: 'a table is missing from the restored copy',
    ends: 'bad',
    arrange: damageCopies('table'),
  },
  {
    name: 'wrong-rows',
    description: 'rows of the restored copy differ from the source',
    ends: 'bad',
    arrange: damageCopies('rows'),
  },
  {
    name: 'damaged-filesystem',
    description: 'the filesystem of the restored volume is damaged',
    ends: 'bad',
    // The header of the inodes of the first group: its checksum no longer fits.
    arrange: changeVolumes((path) => overwrite(path, 1024 + 20, Buffer.alloc(64, 0xa7))),
  },
  {
    name: 'newer-filesystem',
    description: "the restored volume's filesystem has a feature that the verification host's kernel does not know",
    ends: 'unproven',
    arrange: changeVolumes((path) => unknownXfsFeature(path, xfsIncompatible)),
  },
  {
    name: 'agent-offline',
    description: "the source's SSM agent does not answer",
    ends: 'unproven',
    arrange: ({ aws }) => {
      aws.ssm.agentOffline(source.id, true);
      return () => aws.ssm.agentOffline(source.id, false);
    },
  },
  {
    name: 'throttle',
    description: 'AWS answers several calls to EC2 and SSM with "slow down"',
    ends: 'good',
    arrange: disturbCalls(
      ...throttle('ec2', { DescribeInstances: 2, DescribeVolumes: 2, CreateVolume: 2, AttachVolume: 1 }),
      ...throttle('ssm', { SendCommand: 2, GetCommandInvocation: 3 }),
    ),
  },
  {
    name: 'detach-stuck',
    description: 'the verified volume does not detach until it is forced to',
    ends: 'good',
    arrange: ({ aws }) => override(aws.ec2.switches, 'detachStuck', true),
  },
  {
    name: 'snapshot-error',
    description: 'the snapshot ends in the state "error" instead of "completed"',
    ends: 'unproven',
    arrange: ({ aws }) => override(aws.ec2.switches, 'snapshotsFail', true),
  },
  credentialsExpire,
  {
    name: 'role-refused',
    description: "the job's token names a branch that the roles do not trust",
    ends: 'unproven',
    arrange: ({ github }) => override(github.oidc, 'subjectOverride', 'repo:acme/backups:ref:refs/heads/not-trusted'),
  },
  {
    name: 'runner-killed-in-pause',
    description: 'the runner is killed between quiesce and resume; the lease must bring the source back',
    ends: 'recovers',
    arrange: disturbCalls({
      name: 'runner-killed-in-pause',
      endpoint: 'ec2',
      operation: 'CreateSnapshot',
      effect: { kind: 'kill-before' },
    }),
  },
];
