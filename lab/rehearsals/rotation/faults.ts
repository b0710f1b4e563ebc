/** The faults of the rotation. */
import type { Lab, Undo } from '../../lab.ts';
import type { LabAccount } from '../../services/aws/account.ts';
import { disturbCalls, type NamedFault, override, throttle } from '../fault.ts';

const [ireland, sydney] = ['eu-west-1', 'ap-southeast-2'] as const;

/** Lets EC2 answer no call in a region until the fault is cleared. */
export function takeDown({ ec2 }: LabAccount, region: string): Undo {
  ec2.switches.regionsDown.add(region);
  return () => void ec2.switches.regionsDown.delete(region);
}

/** Sets a tag until the fault is cleared. */
function setTag(tags: Map<string, string> | undefined, key: string, value: string): Undo {
  const before = tags?.get(key);
  tags?.set(key, value);
  return () => void (before === undefined ? tags?.delete(key) : tags?.set(key, before));
}

function all(undos: readonly Undo[]): Undo {
  return () => {
    for (const undo of undos) undo();
  };
}

function breakTags({ aws }: Lab): Undo {
  const [one, other] = [...aws.ec2.world(ireland).instances.values()];
  return all([setTag(one?.tags, 'Retention', 'soon'), setTag(other?.tags, 'Copy_Dest', 'mars-north-1')]);
}

/**
 * Copies in other regions follow the dates of their primaries and are deleted there: clearing the fault does not bring them
 * back, so a follow-up finds them missing.
 */
function makeEverythingDue({ aws }: Lab): Undo {
  const dated = [...aws.ec2.world(sydney).snapshots.values()].filter(({ tags }) => tags.has('DeleteOn'));
  return all(dated.map(({ tags }) => setTag(tags, 'DeleteOn', '2020-01-01')));
}

export const rotationFaults: readonly NamedFault[] = [
  {
    name: 'bad-tags',
    description: 'one instance has the tag Retention=soon, another is to be copied to a region that does not exist',
    ends: 'failed',
    arrange: breakTags,
  },
  {
    name: 'region-down',
    description: 'EC2 does not answer in one region',
    ends: 'failed',
    arrange: ({ aws }) => takeDown(aws, ireland),
  },
  {
    name: 'copies-fail',
    description: 'copies end in the state "error"',
    ends: 'failed',
    arrange: ({ aws }) => override(aws.ec2.switches, 'copiesFail', true),
  },
  {
    name: 'everything-due',
    description: 'almost every snapshot of a region is due: somebody has changed the dates',
    ends: 'failed',
    arrange: makeEverythingDue,
  },
  {
    name: 'throttled-regions',
    description: 'EC2 answers many calls with "slow down"',
    ends: 'good',
    arrange: disturbCalls(
      ...throttle('ec2', {
        DescribeInstances: 4,
        DescribeSnapshots: 4,
        CreateSnapshots: 4,
        CopySnapshot: 4,
        DeleteSnapshot: 3,
        CreateTags: 3,
      }),
    ),
  },
];
