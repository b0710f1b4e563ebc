/** The lab needs root. A user who may use sudo gets it, with a message that says why. */
import { spawnSync } from 'node:child_process';

/** Environment variables that sudo passes on. */
const kept = ['CI', 'NO_COLOR', 'HOLDFAST_CRASH', 'HOLDFAST_LAB_EXCHANGES'];

/** Runs this command again through sudo and exits with its status. Returns when that is not needed, or not possible. */
export function throughSudo(): void {
  if (process.platform !== 'linux' || process.getuid?.() === 0) return;
  if (!mayUseSudo()) return;
  console.log('The lab needs root (hosts are containers, volumes are loop devices): continuing through sudo.');
  const names = kept.filter((name) => process.env[name] !== undefined);
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
