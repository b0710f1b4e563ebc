/** The lab's AWS in this process, without hosts, with the same world. Its time stands still until a scene settles. */
import { region } from '../../../lab/services/aws/account.ts';
import { type LabClock, manualClock } from '../../../lab/services/clock/clock.ts';
import { startGitHub } from '../../../lab/services/github/server.ts';
import type { JobIdentity } from '../../../lab/services/github/state.ts';
import { startLabAccount, undisturbed } from '../../lib/lab-account.ts';
import { crowdedRegion, Side } from './side.ts';

const world = {
  instanceId: 'i-0a1b2c3d4e5f60718',
  rootVolumeId: 'vol-0a1b2c3d4e5f60711',
  dataVolumeId: 'vol-0a1b2c3d4e5f60712',
  imageSnapshotId: 'snap-0a1b2c3d4e5f60713',
};
const ref = 'refs/heads/main';
const file = 'acme/backups/.github/workflows/ebs-rotate.yml@refs/heads/main';
const job: JobIdentity = {
  ...{ runId: 1, runNumber: 1, runAttempt: 1, job: 'rotate', workflow: 'EBS rotation', workflowPath: file },
  ...{ event: 'schedule', ref, sha: '0'.repeat(40), actor: 'octocat', permissions: {} },
  jobWorkflow: { ref: file, sha: '0'.repeat(40) },
};

export interface LabSide {
  readonly side: Side;
  stop(): Promise<void>;
}

export interface LabSideWanted {
  /** Default: one that stands still. */
  readonly clock?: LabClock;
  /** By how many milliseconds its time goes on when a scene settles. */
  readonly settling?: number;
  /** See AccountOptions. */
  readonly now?: () => Date;
}

export async function startLabSide(wanted: LabSideWanted = {}): Promise<LabSide> {
  const { clock = manualClock(), settling = 600_000, now } = wanted;
  const calls = undisturbed();
  const github = await startGitHub({ ...calls, repository: { owner: 'acme', name: 'backups', ownerId: 1, id: 2 } });
  const lab = await startLabAccount({
    ...calls,
    ...{ clock, now, stack: 'deployed' },
    issuer: github.oidc.issuer,
    subject: github.oidc.subject({ event: 'schedule', ref }),
    planSubject: github.oidc.subject({ event: 'pull_request', ref }),
    seed: { instances: [], regions: [east(clock.now()), { region: 'eu-west-1', instances: [] }, crowd(clock.now())] },
  });
  const { account } = lab;
  const settings = { endpoint: lab.url, credentials: lab.keys };
  const side = new Side(
    settings,
    {
      ...world,
      roleArn: account.roles.RotateRole ?? 'arn:aws:iam::123456789012:role/holdfast-rotate',
      token: () => github.oidc.token(job, 'sts.amazonaws.com'),
    },
    {
      now: () => clock.now(),
      settle: () => clock.advance(settling),
      keepVersions: async (bucket) => account.s3.bucket(bucket).change({ versioned: true }),
      lockedBucket: async (name, days) => {
        const objectLock = { retention: { mode: 'COMPLIANCE' as const, days } };
        account.s3.create({ name, versioned: true, lifecycle: [], objectLock }, region);
      },
      crowd: async () => {},
    },
  );
  return {
    side,
    stop: async () => {
      side.close();
      await lab.stop();
      await github.stop();
    },
  };
}

function east(now: Date) {
  return {
    region: 'us-east-1',
    instances: [
      {
        id: world.instanceId,
        name: 'db01',
        state: 'running' as const,
        zone: 'us-east-1a',
        type: 'm5.large',
        tags: { Backup: 'Yes' },
        rootVolumeId: world.rootVolumeId,
        volumes: [{ id: world.dataVolumeId, device: '/dev/sdf', sizeGiB: 20, tags: {} }],
      },
    ],
    snapshots: [
      {
        id: world.imageSnapshotId,
        volumeId: world.rootVolumeId,
        startedAt: now,
        sizeGiB: 8,
        description: 'of an AMI',
        tags: {},
      },
    ],
    images: [{ id: 'ami-0a1b2c3d4e5f60714', name: 'golden', snapshotIds: [world.imageSnapshotId] }],
  };
}

function crowd(startedAt: Date) {
  const numbers = Array.from({ length: 7 }, (_, index) => String(index));
  return {
    region: crowdedRegion,
    instances: numbers.map((number) => ({
      ...{ id: `i-0c0c0c0c0c0c0c0c${number}`, name: `web${number}`, state: 'running' as const },
      ...{ zone: `${crowdedRegion}a`, type: 'm5.large', tags: {}, rootVolumeId: `vol-0c0c0c0c0c0c0c0c${number}` },
      volumes: [],
    })),
    snapshots: numbers.map((number) => ({
      ...{ id: `snap-0c0c0c0c0c0c0c0c${number}`, volumeId: 'vol-0d0d0d0d0d0d0d0d0', startedAt, sizeGiB: 8, tags: {} },
    })),
    images: numbers.map((number) => ({
      ...{ id: `ami-0c0c0c0c0c0c0c0c${number}`, name: `web${number}` },
      snapshotIds: [`snap-0c0c0c0c0c0c0c0c${number}`],
    })),
  };
}
