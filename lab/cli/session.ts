/** A lab for one command: started, worked with, and taken down again whatever happens. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { install, missing, unable } from '../hosts/prerequisites.ts';
import { throughSudo } from '../hosts/root.ts';
import { sweepLab } from '../hosts/sweep.ts';
import { type Lab, type LabOptions, labsDirectory, newLabDirectory, startLab } from '../lab.ts';
import { killAll, runningUnder } from '../runner/process-tree.ts';
import { writeLabFile } from './lab-file.ts';
import { paint as painter } from './terminal/paint.ts';
import { progressLines } from './terminal/progress.ts';

const colour = process.stdout.isTTY === true && !process.env.NO_COLOR;
export const paint = painter(colour);
/** Columns to print in. */
export const width = Math.max(60, Math.min(140, process.stdout.columns ?? 100));

/** Set once the lab is being taken down: what the run still says is of no use any more. */
let quiet = false;
export function print(text: string): void {
  if (!quiet) process.stdout.write(`${text}\n`);
}

/** Starts the lab, does the work, and takes everything down again, also when interrupted at any moment. */
export async function withLab(
  work: (lab: Lab) => Promise<number>,
  options: Pick<LabOptions, 'estate'> = {},
): Promise<number> {
  throughSudo();
  const reasons = [...unable()];
  if (reasons.length === 0 && (await missing()).length > 0) reasons.push(...(await install(print)));
  if (reasons.length > 0) {
    console.error('lab: this machine cannot carry the lab:');
    for (const reason of reasons) console.error(`  - ${reason}`);
    return 2;
  }
  const directory = newLabDirectory();
  const show = progressLines(paint);
  let lab: Lab | undefined;
  let ending: Promise<void> | undefined;
  const end = (): Promise<void> => {
    ending ??= (async () => {
      await lab?.stop();
      await sweepLab(directory);
    })();
    return ending;
  };
  const interrupted = (name: NodeJS.Signals): void => {
    print(`\n${name}: taking the lab down`);
    quiet = true;
    void end()
      .catch((error: unknown) => console.error(`lab: ${messageOf(error)}`))
      .finally(() => process.exit(name === 'SIGINT' ? 130 : 143));
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interrupted(name));
  try {
    const began = performance.now();
    lab = await startLab({
      ...options,
      directory,
      onLine: (line) => {
        const text = show(line);
        if (text !== undefined) print(text);
      },
      onProgress: (text) =>
        print(`${paint.dim(`${((performance.now() - began) / 1000).toFixed(1)} s`.padStart(8))}  ${text}`),
    });
    return await work(lab);
  } catch (error) {
    if (ending) await new Promise(() => {});
    console.error(`lab: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return 1;
  } finally {
    await end();
  }
}

/** Prints how to reach the lab and waits for Ctrl-C. */
export async function stay(lab: Lab): Promise<void> {
  writeLabFile(lab);
  print('\nThe lab is running. In another shell:\n');
  for (const [name, value] of Object.entries(lab.environment())) print(`export ${name}=${value}`);
  print(`\nGitHub   ${lab.github.apiUrl}\nAPI log  ${lab.log.path}\n\nCtrl-C, or npm run lab -- down, ends it.`);
  await new Promise(() => {});
}

/** Ends every lab of this checkout: asks those that run to stop, then removes what dead ones left. */
export async function down(): Promise<number> {
  if (!existsSync(labsDirectory)) {
    print('no lab has been started here');
    return 0;
  }
  const labs = readdirSync(labsDirectory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && /^\d{8}-\d{6}-\d+$/.test(entry.name))
    .map((entry) => join(labsDirectory, entry.name));
  for (const directory of labs) {
    const pid = ownerOf(directory);
    if (pid !== undefined) {
      print(`asking the lab of process ${pid} to end`);
      process.kill(pid, 'SIGTERM');
      for (let n = 0; n < 150 && ownerOf(directory) !== undefined; n += 1) {
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
    killAll(() => runningUnder(directory));
    await sweepLab(directory);
  }
  print(`nothing of ${labs.length} ${labs.length === 1 ? 'lab' : 'labs'} is left running`);
  return 0;
}

/** The process that runs this lab; undefined when it is gone or the number now belongs to something else. */
function ownerOf(directory: string): number | undefined {
  try {
    const pid = Number(readFileSync(join(directory, 'pid'), 'utf8'));
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('lab/cli/main.ts') ? pid : undefined;
  } catch {
    return undefined;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
