/** The psql session that locks the tables, holds the snapshot, and reads the fingerprint in it. */
import { join } from 'node:path';
import { clientEnvironment } from '../../../../dump/engines/postgres/connection.ts';
import { fingerprintScript, sequencesScript } from '../../../../dump/engines/postgres/fingerprint/fingerprint.ts';
import { disturbanceIn } from '../../../../dump/engines/postgres/snapshot/disturbance.ts';
import {
  blockedScript,
  lockScript,
  prepareScript,
  valuesOf,
  withoutItsLocks,
} from '../../../../dump/engines/postgres/snapshot/snapshot.ts';
import type { BackupError } from '../../../../runtime/errors.ts';
import { literal, PsqlSession, SessionEnded } from '../psql.ts';
import { Disturbed } from './disturbed.ts';
import type { DumpSource } from './dump-options.ts';

export class SnapshotSession {
  readonly id: string;
  /** By the server's clock (ISO 8601). */
  readonly takenAt: string;
  /** Encoding in which pg_dump writes. */
  readonly encoding: string;
  /** Settings that pg_dump's session needs, each NAME=VALUE. */
  readonly settings: readonly string[];
  readonly #session: PsqlSession;
  /** Lines of the fingerprint so far. */
  readonly #lines: string[] = [];
  #lost: BackupError | undefined;

  private constructor(session: PsqlSession, prepared: readonly string[], locked: readonly string[]) {
    this.#session = session;
    const [snapshot = ''] = valuesOf(locked, 'snapshot');
    const [id = '', takenAt = ''] = snapshot.split(' ');
    this.id = id;
    this.takenAt = takenAt;
    this.encoding = valuesOf(prepared, 'encoding')[0] ?? 'UTF8';
    this.settings = valuesOf(prepared, 'option');
  }

  /**
   * Locks all tables, exports a snapshot, and reads the sequences, which ignore it.
   * @param lockWait milliseconds to wait for each lock of a table; for others, read later, lockTimeoutSeconds
   * @throws Disturbed when another attempt may succeed; BackupError with the server's message
   */
  static async open(
    { connection, tools }: DumpSource,
    { lockWait, lockTimeoutSeconds }: { readonly lockWait: number; readonly lockTimeoutSeconds: number },
    signal: AbortSignal,
  ): Promise<SnapshotSession> {
    const session = new PsqlSession({
      program: join(tools.folder, 'psql'),
      environment: clientEnvironment(connection),
      what: `the session that holds the snapshot of ${connection.shown}`,
      signal,
    });
    try {
      const prepared = await session.query(prepareScript);
      // What the fingerprint reads besides may be locked for a while: a view that is being refreshed, a sequence.
      const locking = `SET lock_timeout = '${lockWait}ms';\n${lockScript}\nSET lock_timeout = '${lockTimeoutSeconds}s';`;
      const locked = await session.query(locking);
      const [unlocked] = valuesOf(locked, 'unlocked');
      if (unlocked !== undefined)
        throw new Disturbed('changed', `${unlocked} was created while the tables were locked`);
      const snapshot = new SnapshotSession(session, prepared, locked);
      await snapshot.#readSequences();
      return snapshot;
    } catch (error) {
      await session.end();
      return throwDisturbed(error);
    }
  }

  async #readSequences(): Promise<void> {
    const lines = await this.#session.query(withoutItsLocks(sequencesScript));
    // What the role may not read, pg_dump reports.
    if (disturbanceIn(lines) === 'changed')
      throw new Disturbed('changed', 'a sequence was dropped while the sequences were read');
    this.#lines.push(...lines);
  }

  /**
   * What keeps a session waiting that waits for this one.
   * @param name application name of that session
   * @throws Disturbed, or BackupError with the server's message, when this session has ended
   */
  async blockersOf(name: string): Promise<readonly string[]> {
    const lines = await this.#session.query(blockedScript(literal(name))).catch(throwDisturbed);
    return valuesOf(lines, 'blocked');
  }

  /** Reads the fingerprint. The session may end before; then `reading` says why, and the dump goes on without it. */
  async readFingerprint(): Promise<void> {
    await this.#read(fingerprintScript);
  }

  /** Reads the sequences once more, which ignore the snapshot, and may have advanced. */
  async readSequencesAgain(): Promise<void> {
    await this.#read(sequencesScript);
  }

  /** Lines of all that was read, the server's messages among them; and the error that ended the session, if one did. */
  get reading(): { readonly lines: readonly string[]; readonly lost: BackupError | undefined } {
    return { lines: this.#lines, lost: this.#lost };
  }

  async #read(script: string): Promise<void> {
    if (this.#lost !== undefined) return;
    try {
      this.#lines.push(...(await this.#session.query(script)));
    } catch (error) {
      if (!(error instanceof SessionEnded)) throw error;
      this.#lines.push(...error.lines);
      this.#lost = error;
    }
  }

  end(): Promise<void> {
    return this.#session.end();
  }
}

function throwDisturbed(error: unknown): never {
  throw error instanceof SessionEnded ? Disturbed.by(error, disturbanceIn(error.lines)) : error;
}
