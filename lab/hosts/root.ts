/** The lab needs root; a user who may use sudo gets it after being told. */
import { spawnSync } from 'node:child_process';

/** Runs this very command once more through sudo, and ends with its status; returns when that is not possible or needed. */
export function throughSudo(): void {
  if (process.platform !== 'linux' || process.getuid?.() === 0) return;
  const asks = process.stdin.isTTY === true;
  if (
    spawnSync('sudo', [...(asks ? [] : ['--non-interactive']), 'true'], { stdio: asks ? 'inherit' : 'ignore' })
      .status !== 0
  )
    return;
  console.log('The lab needs root (hosts are containers, volumes are loop devices): going on through sudo.');
  const kept = ['CI', 'NO_COLOR', 'HOLDFAST_CRASH'].filter((name) => process.env[name] !== undefined);
  const preserve = kept.length > 0 ? [`--preserve-env=${kept.join(',')}`] : [];
  const result = spawnSync('sudo', [...preserve, process.execPath, ...process.execArgv, ...process.argv.slice(1)], {
    stdio: 'inherit',
  });
  process.exit(result.status ?? 1);
}
