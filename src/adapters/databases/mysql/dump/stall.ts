/** Ends a dump that waits for ever: the tools have no limit for the locks that others hold. */
import type { WorkContext } from '../../../../runtime/context.ts';
import { BackupError } from '../../../../runtime/errors.ts';
import type { Session } from '../session.ts';
import type { RunningTool } from './dump-tool.ts';

/** Milliseconds between looks. */
const lookEvery = 2000;

export interface StallWatch {
  /** The tool wrote something. */
  readonly moved: () => void;
  readonly end: () => Promise<void>;
}

/** @param session may see the sessions of its own account */
export function watchLocks(
  session: Session,
  tool: Pick<RunningTool, 'stop' | 'running'>,
  lockTimeoutSeconds: number,
  { clock, signal }: Pick<WorkContext, 'clock' | 'signal'>,
): StallWatch {
  const over = new AbortController();
  let moved = false;
  const look = async (): Promise<void> => {
    const waiting = await waitsFor(session);
    if (moved || waiting === undefined || waiting < lockTimeoutSeconds) return;
    await tool.stop(
      new BackupError({
        what: `the dump waits for the lock of a table since ${waiting} s`,
        likelyCause: 'another session alters a table, or wants to, and waits for a transaction that is open',
        fix: 'dump at another time, or end the session that holds the lock (SHOW PROCESSLIST)',
        code: 'locked',
      }),
    );
  };
  const watching = (async (): Promise<void> => {
    while (!over.signal.aborted && tool.running()) {
      moved = false;
      await clock.sleep(lookEvery, AbortSignal.any([signal, over.signal]));
      // The session may be busy, or gone with its server, of which the tool itself tells.
      if (!moved) await look().catch(() => {});
    }
  })().catch(() => {});
  return {
    moved: () => {
      moved = true;
    },
    end: async () => {
      over.abort();
      await watching;
    },
  };
}

/** Seconds for which a session of the same account waits for the lock of a table, with a statement as the tools have them. */
async function waitsFor(session: Session): Promise<number | undefined> {
  const rows = await session.ask('SHOW FULL PROCESSLIST');
  const seconds = rows.flatMap(([id, , , , , time, state, info]) =>
    Number(id) !== session.id &&
    /Waiting for .*lock/i.test(state ?? '') &&
    /^(SHOW|SELECT \/\*!40001)/i.test(info ?? '')
      ? [Number(time)]
      : [],
  );
  return seconds.length === 0 ? undefined : Math.max(...seconds);
}
