/** The rotation's lab for the scenarios: three regions and one real host, and what a test asks of them. */
import { type Lab, type LabOptions, startLab } from '../../lab/lab.ts';
import { rotationSeed } from '../../lab/rehearsals/rotation/seed.ts';
import type { RunResult } from '../../lab/runner/runner.ts';

export const minutes = 60_000;
export const [virginia, ireland, sydney] = ['us-east-1', 'eu-west-1', 'ap-southeast-2'] as const;

/** Boots the host and three regions with a year of snapshots; leases are short. */
export const startRegions = (options: Pick<LabOptions, 'profile'> = {}): Promise<Lab> =>
  startLab({ ...options, seed: rotationSeed, vars: { HOLDFAST_ROTATE_MAX_PAUSE: '12s' } });

export const job = (run: RunResult, region: string) => run.jobs.find((one) => one.key.includes(region));

/** What the tests ask of a lab that `beforeAll` starts. */
export function rotations(lab: () => Lab) {
  const world = (region: string) => lab().aws.ec2.world(region);
  const snapshots = (region: string) => [...world(region).snapshots.values()];
  return {
    world,
    snapshots,
    rotate: (inputs?: Record<string, string>): Promise<RunResult> =>
      lab().runWorkflow('ebs-rotate', inputs ? { inputs } : {}),
    openIssues: (): string[] =>
      lab()
        .github.state.issues.filter((one) => one.state === 'open')
        .map((one) => one.title)
        .sort(),
    named: (region: string, name: string) => {
      const instance = [...world(region).instances.values()].find((one) => one.tags.get('Name') === name);
      if (instance === undefined) throw new Error(`there is no ${name} in ${region}`);
      return instance;
    },
    today: (): string => lab().clock.now().toISOString().slice(0, 10),
    /** Snapshots of this slot of an instance. */
    ofSlot: (region: string, instanceId: string, slot: string) =>
      snapshots(region).filter(
        ({ tags }) => tags.get('holdfast:instance') === instanceId && (tags.get('holdfast:slot') ?? '').endsWith(slot),
      ),
  };
}
