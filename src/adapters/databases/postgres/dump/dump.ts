/**
 * A dump in progress on the runner. A session locks the tables and exports the snapshot, pg_dump dumps it, and the session
 * reads the fingerprint once pg_dump has its own locks. What disturbs them before makes a new attempt necessary.
 */

import { parseFingerprint } from '../../../../dump/engines/postgres/fingerprint/fingerprint-rows.ts';
import { disturbanceIn, Patience } from '../../../../dump/engines/postgres/snapshot/disturbance.ts';
import { incompleteFingerprint } from '../../../../dump/proof/incomplete.ts';
import type { DumpInProgress } from '../../../../ports/dump-engine.ts';
import type { WorkContext } from '../../../../runtime/context.ts';
import { BackupError, explain } from '../../../../runtime/errors.ts';
import { retry } from '../../../../runtime/retry.ts';
import { Disturbed } from './disturbed.ts';
import type { DumpOptions, DumpSource } from './dump-options.ts';
import { type RunningDump, startPgDump } from './pg-dump.ts';
import { SnapshotSession } from './snapshot.ts';

/** Milliseconds between looks at what keeps pg_dump waiting. */
const lookEvery = 100;

/** @throws BackupError when the dump cannot begin; its first message is the server's */
export async function beginDump(
  source: DumpSource,
  folder: string,
  options: DumpOptions,
  context: WorkContext,
): Promise<DumpInProgress> {
  const { clock, signal, logger } = context;
  const patience = new Patience(options.lockTimeoutSeconds);
  return retry<DumpInProgress>(
    {
      clock,
      signal,
      backoff: { first: 0 },
      decide: (error) => {
        const wait = error instanceof Disturbed ? patience.after(error.kind) : undefined;
        return wait === undefined ? { fatal: error } : { again: explain(error).what, atLeast: wait };
      },
      onRetry: ({ reason }) => logger.info(`the dump begins again with a new snapshot: ${reason}`),
    },
    async () => {
      const session = await SnapshotSession.open(source, { ...options, lockWait: patience.lockWait }, signal);
      const jobs = patience.alone ? 1 : options.jobs;
      const dump = startPgDump(source, session, folder, { ...options, jobs }, context);
      try {
        return await beginWith(session, dump, source, patience, context);
      } catch (error) {
        await dump.discard();
        await session.end();
        throw error;
      }
    },
  );
}

async function beginWith(
  session: SnapshotSession,
  dump: RunningDump,
  { serverVersion }: DumpSource,
  patience: Patience,
  { clock, signal }: WorkContext,
): Promise<DumpInProgress> {
  await untilLocked(session, dump, patience.blockedFor, { clock, signal });
  const startedAt = clock.now().getTime();
  let seconds = 0;
  const reading = session.readFingerprint().then(() => {
    seconds = (clock.now().getTime() - startedAt) / 1000;
  });
  // The rejection, which only a cancelled run has, is handled where the fingerprint is awaited.
  reading.catch(() => {});
  await dump.undisturbed.catch((error: unknown) => {
    throw disturbedBy(error);
  });
  const { takenAt } = session;
  return {
    takenAt,
    fingerprint: async (archive) => {
      await reading;
      await archive.catch(() => {});
      await session.readSequencesAgain();
      const { lines, lost } = session.reading;
      const fingerprint = parseFingerprint(lines, { takenAt, seconds, serverVersion });
      return lost === undefined ? fingerprint : incompleteFingerprint(fingerprint, lost.what);
    },
    archive: dump.archive,
    end: async () => {
      await dump.stop();
      await session.end();
    },
  };
}

/**
 * Waits until pg_dump has its locks.
 * @param blockedFor milliseconds after which a pg_dump that waits for somebody who waits for this session is given up
 * @throws Disturbed when another attempt may succeed; BackupError with the message of who failed first
 */
async function untilLocked(
  session: SnapshotSession,
  dump: RunningDump,
  blockedFor: number,
  { clock, signal }: Pick<WorkContext, 'clock' | 'signal'>,
): Promise<void> {
  const locked = dump.locked.then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  let blockedSince: number | undefined;
  for (;;) {
    const look = clock.sleep(lookEvery, signal).then(() => 'look' as const);
    // Its rejection, which only a cancelled run has, comes after the race when pg_dump is faster.
    look.catch(() => {});
    const event = await Promise.race([locked, look]);
    if (event === undefined) return;
    const blockers = await session.blockersOf(dump.name);
    // The session is well, so pg_dump failed for a reason of its own.
    if (event !== 'look') throw disturbedBy(event.error);
    const now = clock.now().getTime();
    blockedSince = blockers.length === 0 ? undefined : (blockedSince ?? now);
    if (blockedSince !== undefined && now - blockedSince >= blockedFor)
      throw new Disturbed('blocked', `pg_dump waits for a lock behind ${blockers.join(', ')}`, {
        likelyCause: 'something asks for an exclusive lock again and again, faster than pg_dump can start',
        fix: 'dump at another time, or let TRUNCATE, ALTER TABLE and the like pause for a moment',
        code: 'locked',
      });
  }
}

function disturbedBy(error: unknown): unknown {
  if (!(error instanceof BackupError)) return error;
  return Disturbed.by(error, disturbanceIn((error.detail ?? error.what).split('\n')));
}
