/** A server that is somebody else's, and the command that restarts it, where the environment names one. */
import { setTimeout as sleep } from 'node:timers/promises';
import { command } from '../../../lab/hosts/command.ts';

/** Longer than a server takes to recover. */
const attempts = 300;

/**
 * @param shell which stops the server at once, and starts it: `docker restart -t 0 ID`
 * @param ask fails while the server is not there
 * @returns undefined where there is no command
 */
export function restartBy(shell: string | undefined, ask: () => Promise<unknown>): (() => Promise<void>) | undefined {
  if (!shell) return undefined;
  return async () => {
    await command('sh', '-c', shell);
    for (let attempt = 1; ; attempt += 1)
      try {
        await ask();
        return;
      } catch (error) {
        if (attempt === attempts) throw error;
        await sleep(200);
      }
  };
}
