/** The bundle of ebs-rotate, run whole against both: creates, copies, expires; and once more, which changes nothing. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateSnapshotCommand,
  CreateTagsCommand,
  DescribeSnapshotsCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import { root } from '../../../scripts/lib/actions.ts';
import type { Side } from './side.ts';

const bundle = join(root, 'dist', 'ebs-rotate', 'index.js');
/** Tags whose values tell the time or the run. */
const timed = /^(DeleteOn|holdfast:(slot|keep|started|point-in-time|taken-at|run|attempt|volume-started).*)$/;

/** Notes what both regions hold after each of two runs. @throws Error when a run fails */
export async function rotate(side: Side): Promise<void> {
  await arrange(side);
  for (const run of [1, 2]) {
    const { status, output } = await runBundle(side, run);
    if (status !== 0) throw new Error(`ebs-rotate ended with ${status}: ${output.slice(-3000)}`);
    side.settle();
    await held(side, `primaries after run ${run}`, side.ec2);
    await held(side, `copies after run ${run}`, side.far);
  }
}

/** Two snapshots that were due long ago, and a region to copy to. */
async function arrange(side: Side): Promise<void> {
  const { instanceId, dataVolumeId } = side.world;
  await side.ec2.send(
    new CreateTagsCommand({ Resources: [instanceId], Tags: [{ Key: 'Copy_Dest', Value: 'eu-west-1' }] }),
  );
  for (const Description of ['old 1', 'old 2'])
    await side.ec2.send(
      new CreateSnapshotCommand({
        VolumeId: dataVolumeId,
        Description,
        TagSpecifications: [
          {
            ResourceType: 'snapshot',
            Tags: [
              { Key: 'Type', Value: 'Automated' },
              { Key: 'DeleteOn', Value: '2020-01-01' },
            ],
          },
        ],
      }),
    );
  side.settle();
}

async function held(side: Side, step: string, client: EC2Client): Promise<void> {
  const { Snapshots = [] } = await client.send(
    new DescribeSnapshotsCommand({ OwnerIds: ['self'], Filters: [{ Name: 'tag:Type', Values: ['Automated'] }] }),
  );
  const all = Snapshots.map(({ State, VolumeSize, Description = '', Tags = [] }) => ({
    State,
    VolumeSize,
    Description: Description.replace(/\b(vol|snap|i)-[0-9a-f]{17}\b/g, '$1'),
    tags: Object.fromEntries(
      Tags.map(({ Key = '', Value = '' }): [string, string] => [
        Key,
        timed.test(Key) ? 'given' : Value.replace(/\b(vol|snap|i)-[0-9a-f]{17}\b/g, '$1'),
      ]).sort(),
    ),
  }));
  const order = (one: unknown): string => JSON.stringify(one);
  side.note(step, { list: all.sort((one, other) => (order(one) < order(other) ? -1 : 1)) });
}

function runBundle({ settings }: Side, run: number): Promise<{ status: number | null; output: string }> {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-rotation-'));
  const child = spawn(process.execPath, [bundle], {
    cwd: directory,
    env: {
      ...{ PATH: process.env.PATH, HOME: directory, RUNNER_TEMP: directory, GITHUB_WORKSPACE: directory },
      ...{ AWS_ENDPOINT_URL: settings.endpoint, AWS_ACCESS_KEY_ID: settings.credentials.accessKeyId },
      AWS_SECRET_ACCESS_KEY: settings.credentials.secretAccessKey,
      ...{ GITHUB_REPOSITORY: 'acme/backups', GITHUB_WORKFLOW: 'EBS rotation', GITHUB_JOB: 'rotate' },
      ...{ GITHUB_RUN_ID: String(run), GITHUB_RUN_ATTEMPT: '1', GITHUB_SERVER_URL: 'https://github.com' },
      ...{
        'INPUT_AWS-REGION': 'us-east-1',
        INPUT_MODE: 'all',
        'INPUT_COPY-WAIT': '1m',
        'INPUT_MAX-EXPIRY-SHARE': '100',
      },
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => {
      output += text;
    });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => {
      rmSync(directory, { recursive: true, force: true });
      resolve({ status, output });
    });
  });
}
