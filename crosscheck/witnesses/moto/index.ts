/** moto, an implementation of AWS for tests: the requests that our adapters make, against it and against the lab. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { realClock } from '../../../lab/services/clock/clock.ts';
import { pythonTools } from '../../../scripts/lib/tools.ts';
import { dumpWhole } from '../../lib/dump-whole.ts';
import type { Points } from '../../points.ts';
import type { Witness } from '../../witness.ts';
import { known } from './known.ts';
import { startLabSide } from './lab-side.ts';
import { withLocks } from './locks.ts';
import { motoSide, startMoto } from './moto-side.ts';
import { leaves } from './normalise.ts';
import { rotate } from './rotation.ts';
import { scenes } from './scenes/all.ts';
import type { Answer, Scene, Side } from './side.ts';

const folder = join(dirname(fileURLToPath(import.meta.url)), 'install');

export const moto: Witness = {
  name: 'moto',
  compares:
    "The requests of the adapters for EC2, S3, STS and CloudFormation: every field and error code of the lab's answers; what two runs of ebs-rotate leave behind; a database dumped to its S3 by the bundle, proven, expired and restored.",
  known,
  async install() {
    pythonTools(folder);
    return 'moto 5.2.5';
  },
  async run(points) {
    const server = await startMoto(pythonTools(folder));
    const lab = await startLabSide();
    try {
      await play(points, lab.side, await motoSide(server));
    } finally {
      await lab.stop();
      await server.stop();
    }
    await rotations(points);
    await dumps(points);
  },
};

/** On servers of their own: nothing of the scenes is left. */
async function rotations(points: Points): Promise<void> {
  const server = await startMoto(pythonTools(folder));
  const locks = await withLocks(server.url);
  // Shorter than the difference of clocks at which the bundle expires nothing.
  const lab = await startLabSide(realClock(), 4_000);
  try {
    const theirs = await motoSide(locks);
    await both(points, { name: 'ebs-rotate', play: rotate }, lab.side, theirs);
    theirs.close();
  } finally {
    await lab.stop();
    await locks.stop();
    await server.stop();
  }
}

/** A database to its S3, by the bundle of db-dump. */
async function dumps(points: Points): Promise<void> {
  const { url, credentials, stop } = await startMoto(pythonTools(folder));
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

async function both(points: Points, scene: Scene, ours: Side, theirs: Side): Promise<void> {
  for (const side of [ours, theirs]) {
    side.begin();
    await scene.play(side);
  }
  for (const [index, answer] of ours.answers.entries()) compare(points, scene.name, answer, theirs.answers[index]);
}

/** Field by field; what one refuses and the other does not is one point. */
function compare(points: Points, scene: string, ours: Answer, theirs: Answer | undefined): void {
  const point = `${scene}: ${ours.step}`;
  const refused = (one: unknown): boolean => typeof one === 'object' && one !== null && 'refused' in one;
  if (refused(ours.value) !== refused(theirs?.value)) {
    points.differ(point, ours.value, theirs?.value);
    return;
  }
  const here = leaves(ours.value);
  const there = leaves(theirs?.value);
  // An answer without a field, to which both say yes.
  if (here.size === 0 && there.size === 0) points.agree();
  for (const path of new Set([...here.keys(), ...there.keys()]))
    points.compare(`${point}: ${path}`, here.get(path), there.get(path));
}
