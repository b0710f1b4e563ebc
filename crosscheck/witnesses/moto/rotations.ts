/** The bundle of ebs-rotate on the lab and on moto, each time on servers of their own: nothing of the scenes is left. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realClock } from '../../../lab/services/clock/clock.ts';
import type { Points } from '../../points.ts';
import { both } from './compare.ts';
import { startLabSide } from './lab-side.ts';
import { withLocks } from './locks.ts';
import { motoSide, startMoto } from './moto-side.ts';
import { type Move, retain } from './retention.ts';
import { rotate } from './rotation.ts';
import type { Side } from './side.ts';

/** Twice, at the computer's time. */
export async function rotations(points: Points, programs: string): Promise<void> {
  const server = await startMoto(programs);
  const locks = await withLocks(server.url);
  // Shorter than the difference of clocks at which the bundle expires nothing.
  const lab = await startLabSide({ clock: realClock(), settling: 4_000 });
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

/** The same with times that are moved on both sides. */
export async function retentions(points: Points, programs: string): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-moved-'));
  const file = join(directory, 'clock');
  writeFileSync(file, '0');
  const server = await startMoto(programs, file);
  const locks = await withLocks(server.url);
  const clock = realClock();
  const lab = await startLabSide({ clock, settling: 4_000, now: () => clock.now() });
  const theirs = await motoSide(locks, () => new Date(Date.now() + Number(readFileSync(file, 'utf8')) * 1000));
  const moves = new Map<Side, Move>([
    [
      lab.side,
      (seconds) => {
        clock.advance(Date.now() + seconds * 1000 - clock.now().getTime());
        for (const { config } of [lab.side.ec2, lab.side.far]) config.systemClockOffset = seconds * 1000;
      },
    ],
    // The server reads it with each question.
    [theirs, (seconds) => writeFileSync(file, String(seconds))],
  ]);
  try {
    const play = (side: Side): Promise<void> => retain(side, moves.get(side) ?? (() => {}));
    await both(points, { name: 'retention', play }, lab.side, theirs);
  } finally {
    theirs.close();
    await lab.stop();
    await locks.stop();
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}
