/** `npm run lab -- down`. */
import { labDirectories, ownerOf } from '../directory.ts';
import { throughSudo } from '../hosts/root.ts';
import { sweepLab } from '../hosts/sweep.ts';
import { killAll, runningUnder } from '../runner/process-tree.ts';
import { print } from './output.ts';

/** Seconds that a lab gets to stop by itself. */
const patience = 30;

/** Stops every lab of this checkout: asks those that run to stop, then removes what dead ones have left. */
export async function down(): Promise<number> {
  const labs = labDirectories();
  if (labs.length === 0) {
    print('no lab was started in this checkout');
    return 0;
  }
  // Labs run as root: another user can neither stop them nor remove what they have left.
  throughSudo();
  for (const directory of labs) {
    await stopOwner(directory);
    killAll(() => runningUnder(directory));
    await sweepLab(directory);
  }
  print(`${labs.length} ${labs.length === 1 ? 'lab' : 'labs'} stopped; nothing is left running`);
  return 0;
}

async function stopOwner(directory: string): Promise<void> {
  const pid = ownerOf(directory);
  if (pid === undefined) return;
  print(`stopping the lab of process ${pid}`);
  process.kill(pid, 'SIGTERM');
  const until = performance.now() + patience * 1000;
  while (ownerOf(directory) !== undefined && performance.now() < until)
    await new Promise((resolve) => setTimeout(resolve, 200));
}
