/** A lab for one command: started, used, and stopped whatever happens. */
import { newLabDirectory, repositoryRoot } from '../directory.ts';
import { prepareComputer } from '../hosts/prerequisites.ts';
import { throughSudo } from '../hosts/root.ts';
import { sweepLab } from '../hosts/sweep.ts';
import { type Lab, type LabOptions, startLab } from '../lab.ts';
import { staleBundles } from '../runner/bundles.ts';
import { writeLabFile } from './lab-file.ts';
import { paint, print, silence } from './output.ts';
import { elapsed, progressLines } from './terminal/progress.ts';

/**
 * Starts the lab, does the work, and stops the lab, also when it is interrupted.
 * @returns what `work` gives; 1 when it throws, 2 when the lab cannot run on this computer
 */
export async function withLab(
  work: (lab: Lab) => Promise<number>,
  options: Pick<LabOptions, 'seed' | 'profile'> = {},
): Promise<number> {
  throughSudo();
  if (!isReady()) return 2;
  const stale = staleBundles(repositoryRoot);
  if (stale !== undefined) print(`${paint.yellow('note')} ${stale}`);
  const directory = newLabDirectory();
  let lab: Lab | undefined;
  let ending: Promise<void> | undefined;
  const end = (): Promise<void> => {
    ending ??= (async () => {
      await lab?.stop();
      await sweepLab(directory);
    })();
    return ending;
  };
  endOnSignal(end);
  try {
    lab = await startLab({ ...options, directory, ...progress() });
    return await work(lab);
  } catch (error) {
    // After a signal the errors of what was interrupted are expected; the handler ends the process.
    if (ending) await new Promise(() => {});
    console.error(`lab: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return 1;
  } finally {
    await end();
  }
}

function isReady(): boolean {
  const reasons = prepareComputer(print);
  if (reasons.length === 0) return true;
  console.error('lab: the lab cannot run on this computer:');
  for (const reason of reasons) console.error(`  - ${reason}`);
  return false;
}

function progress(): Pick<LabOptions, 'onLine' | 'onProgress'> {
  const started = performance.now();
  const show = progressLines(paint);
  return {
    onLine: (line) => {
      const text = show(line);
      if (text !== undefined) print(text);
    },
    onProgress: (text) => print(`${paint.dim(elapsed(performance.now() - started).padStart(8))}  ${text}`),
  };
}

/** Exits with 130 after SIGINT and 143 after the others, once the lab is stopped. */
function endOnSignal(end: () => Promise<void>): void {
  const onSignal = (name: NodeJS.Signals): void => {
    print(`\n${name}: stopping the lab`);
    silence();
    void end()
      .catch((error: unknown) => console.error(`lab: ${error instanceof Error ? error.message : String(error)}`))
      .finally(() => process.exit(name === 'SIGINT' ? 130 : 143));
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => onSignal(name));
}

/** Prints how to reach the lab and waits for Ctrl-C. */
export async function stay(lab: Lab): Promise<void> {
  writeLabFile(lab);
  print('\nThe lab is running. In another shell:\n');
  for (const [name, value] of Object.entries(lab.environment())) print(`export ${name}=${value}`);
  print(`\nGitHub   ${lab.github.apiUrl}\nAPI log  ${lab.log.path}\n\nCtrl-C, or npm run lab -- down, stops it.`);
  await new Promise(() => {});
}
