/** moto, an implementation of AWS for tests: the requests that our adapters make, against it and against the lab. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pythonTools } from '../../../scripts/lib/tools.ts';
import { dumpWhole } from '../../lib/dump-whole.ts';
import { partOf } from '../../lib/part.ts';
import { pinnedPython } from '../../lib/pinned.ts';
import type { Points } from '../../points.ts';
import type { Witness } from '../../witness.ts';
import { both } from './compare.ts';
import { deployments } from './deployment.ts';
import { known } from './known.ts';
import { startLabSide } from './lab-side.ts';
import { motoSide, startMoto } from './moto-side.ts';
import { retentions, rotations } from './rotations.ts';
import { scenes } from './scenes/all.ts';
import type { Side } from './side.ts';

const folder = join(dirname(fileURLToPath(import.meta.url)), 'install');

export const moto: Witness = {
  name: 'moto',
  compares:
    "The requests of the adapters for EC2, S3, STS and CloudFormation, their lists in pages too: every field and error code of the lab's answers; what two runs of ebs-rotate leave behind, and what ten weeks of them do and hold on moved dates; the stack by npm run deploy; a database dumped to its S3 by the bundle, proven, expired and restored.",
  known,
  async install() {
    pythonTools(folder);
    return pinnedPython(folder, 'moto');
  },
  async run(points) {
    const programs = pythonTools(folder);
    const asked = partOf(points);
    if (asked('calls')) await calls(points, programs);
    // What whole runs would find then has its cause in a single call.
    if (points.tally(false).unexplained.length > 0) return points.missed('whole runs: single calls differ');
    // Each has servers of its own, and mostly waits.
    const whole = { rotation: rotations, retention: retentions, deployment: deployments, dump: dumps };
    const runs = Object.entries(whole).flatMap(([name, work]) => (asked(name) ? [work(points, programs)] : []));
    const failed = (await Promise.allSettled(runs)).find((one) => one.status === 'rejected');
    if (failed) throw failed.reason;
  },
};

/** Single calls, one after the other. */
async function calls(points: Points, programs: string): Promise<void> {
  const server = await startMoto(programs);
  const lab = await startLabSide();
  try {
    await play(points, lab.side, await motoSide(server));
  } finally {
    await lab.stop();
    await server.stop();
  }
}

/** A database to its S3, by the bundle of db-dump. */
async function dumps(points: Points, programs: string): Promise<void> {
  const { url, credentials, stop } = await startMoto(programs);
  try {
    await dumpWhole({ url, keys: credentials }, points);
  } finally {
    await stop();
  }
}

async function play(points: Points, ours: Side, theirs: Side): Promise<void> {
  for (const scene of scenes) await both(points, scene, ours, theirs);
  theirs.close();
}
