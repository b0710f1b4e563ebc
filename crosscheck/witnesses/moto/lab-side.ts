/** The lab's AWS in this process, without hosts, with the same world. Its time stands still until a scene settles. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LabAccount, startAccount } from '../../../lab/services/aws/account.ts';
import { type LabClock, manualClock } from '../../../lab/services/clock/clock.ts';
import { startGitHub } from '../../../lab/services/github/server.ts';
import type { JobIdentity } from '../../../lab/services/github/state.ts';
import { faultRules } from '../../../lab/services/http/faults.ts';
import { Side } from './side.ts';

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
  readonly account: LabAccount;
  stop(): Promise<void>;
}

export async function startLabSide(clock: LabClock = manualClock(), settling = 600_000): Promise<LabSide> {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-moto-'));
  const calls = { log: { path: '/dev/null', records: [], add: () => {} }, faults: faultRules() };
  const github = await startGitHub({ ...calls, repository: { owner: 'acme', name: 'backups', ownerId: 1, id: 2 } });
  const account = await startAccount({
    ...calls,
    directory,
    clock,
    issuer: github.oidc.issuer,
    subject: github.oidc.subject({ event: 'schedule', ref }),
    planSubject: github.oidc.subject({ event: 'pull_request', ref }),
    hosts: { storage: { copy: async (image) => image, remove: async () => {} }, host: () => undefined },
    seed: { instances: [], regions: [east(clock.now()), { region: 'eu-west-1', instances: [] }] },
  });
  const settings = { endpoint: account.url, credentials: account.administrator };
  const side = new Side(
    settings,
    {
      ...world,
      roleArn: account.roles.RotateRole ?? 'arn:aws:iam::123456789012:role/holdfast-rotate',
      token: () => github.oidc.token(job, 'sts.amazonaws.com'),
    },
    {
      settle: () => clock.advance(settling),
      keepVersions: async (bucket) => account.s3.bucket(bucket).change({ versioned: true }),
    },
  );
  return {
    side,
    account,
    stop: async () => {
      side.close();
      await account.stop();
      await github.stop();
      rmSync(directory, { recursive: true, force: true });
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
