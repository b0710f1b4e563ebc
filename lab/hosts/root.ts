/** The lab needs root. A user who may use sudo gets it, with a message that says why. */
import { spawnSync } from 'node:child_process';

/** Names of the variables that sudo passes on: all that Holdfast, its tests, witnesses and benchmarks read. */
export function handedOn(environment: NodeJS.ProcessEnv): string[] {
  const others = ['CI', 'NO_COLOR'];
  const isRead = (name: string): boolean => others.includes(name) || name.startsWith('HOLDFAST_');
  return Object.keys(environment)
    .filter((name) => isRead(name) && environment[name] !== undefined)
    .sort();
}

/** Runs this command again through sudo and exits with its status. Returns when that is not needed, or not possible. */
export function throughSudo(): void {
  if (process.platform !== 'linux' || process.getuid?.() === 0) return;
  if (!mayUseSudo()) return;
  console.log('The lab needs root (hosts are containers, volumes are loop devices): continuing through sudo.');
  const names = handedOn(process.env);
  const preserve = names.length > 0 ? [`--preserve-env=${names.join(',')}`] : [];
  const result = spawnSync('sudo', [...preserve, process.execPath, ...process.execArgv, ...process.argv.slice(1)], {
    stdio: 'inherit',
  });
  process.exit(result.status ?? 1);
}

/** At a terminal sudo may ask for a password. */
function mayUseSudo(): boolean {
  const isTerminal = process.stdin.isTTY === true;
  const check = spawnSync('sudo', [...(isTerminal ? [] : ['--non-interactive']), 'true'], {
    stdio: isTerminal ? 'inherit' : 'ignore',
  });
  return check.status === 0;
}
