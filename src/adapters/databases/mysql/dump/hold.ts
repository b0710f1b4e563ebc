/** Holds a server at one moment until the transactions of dump and fingerprint have begun. */
import type { LogPosition } from '../../../../domain/dump.ts';
import type { Table } from '../../../../dump/engines/mysql/catalogue.ts';
import {
  attempts,
  isDenied,
  isLate,
  lockStatement,
  positionStatements,
  tablesToLock,
} from '../../../../dump/engines/mysql/moment.ts';
import { atLeast, type ServerIdentity } from '../../../../dump/engines/mysql/server.ts';
import type { WorkContext } from '../../../../runtime/context.ts';
import type { ServerError, Session } from '../session.ts';

export interface HoldOptions {
  readonly server: ServerIdentity;
  readonly tables: readonly Table[];
  readonly lockTimeoutSeconds: number;
  readonly open: () => Promise<Session>;
  /** Locks all tables of the server until `end`, or nothing. */
  readonly keep: boolean;
}

type Context = Pick<WorkContext, 'clock' | 'signal'>;

export interface Hold {
  /** Whether nothing can be written now. */
  readonly locked: boolean;
  /** Why it is not locked, for people. */
  readonly why?: string | undefined;
  /** Whether tables without transactions stay locked until `end`. */
  readonly keepsLocks: boolean;
  /** Lets writers go on, unless the lock is kept. */
  readonly release: () => Promise<void>;
  /** Ends all locks. @returns whether they were there until now */
  readonly end: () => Promise<boolean>;
}

/** @throws BackupError when the server cannot be reached; the signal's reason */
export async function hold(options: HoldOptions, context: Context): Promise<Hold> {
  const sessions: Session[] = [];
  const open = async (): Promise<Session> => {
    const session = await options.open();
    sessions.push(session);
    return session;
  };
  const end = async (): Promise<boolean> => {
    await Promise.all(sessions.map((session) => session.end()));
    return true;
  };
  try {
    const main = await open();
    if (options.keep) return await keepAll(main, options, context, end);
    const all = await lockAll(main, options, context);
    return { ...all, keepsLocks: tablesToLock(options.tables).length === 0, release: () => main.end(), end };
  } catch (error) {
    await end();
    throw error;
  }
}

/** Seconds after which the server ends a session that keeps its lock, when the runner is gone without a word. */
const aliveFor = 60;

async function keepAll(main: Session, options: HoldOptions, context: Context, end: Hold['end']): Promise<Hold> {
  await main.mustAsk(`SET wait_timeout = ${aliveFor}`);
  const { locked, why, denied } = await lockWithin(main, everything, options, context);
  if (!locked) await end();
  const beat = locked ? keepAlive(main, context) : undefined;
  return {
    locked,
    why: denied ? 'the account lacks RELOAD' : why,
    keepsLocks: locked,
    release: async () => {},
    end: async () => {
      const held = await beat?.();
      await end();
      return held ?? false;
    },
  };
}

/** @returns what ends it, and says whether the session was there all the time */
function keepAlive(session: Session, { clock, signal }: Context): () => Promise<boolean> {
  const over = new AbortController();
  let held = true;
  const look = async (): Promise<void> => {
    await session.ask('DO 0').catch(() => {
      held = false;
    });
  };
  const beating = (async (): Promise<void> => {
    const either = AbortSignal.any([signal, over.signal]);
    while (held && !either.aborted) {
      await clock.sleep((aliveFor / 4) * 1000, either);
      await look();
    }
  })().catch(() => {});
  return async () => {
    over.abort();
    await beating;
    if (held) await look();
    return held;
  };
}

interface Locked {
  readonly locked: boolean;
  readonly why?: string | undefined;
  /** The server does not take the statement at all, however long one waits. */
  readonly refused?: boolean | undefined;
  /** For lack of a privilege. */
  readonly denied?: boolean | undefined;
}

const everything = 'FLUSH TABLES WITH READ LOCK';

/** All tables of the server, or those that are dumped. */
async function lockAll(session: Session, options: HoldOptions, context: Context): Promise<Locked> {
  const all = await lockWithin(session, everything, options, context);
  if (!all.refused) return all;
  const statement = lockStatement(options.tables);
  if (statement === undefined) return { locked: true };
  const own = await lockWithin(session, statement, options, context);
  return own.denied ? { locked: false, why: 'the account has neither RELOAD nor LOCK TABLES' } : own;
}

async function lockWithin(
  session: Session,
  statement: string,
  options: HoldOptions,
  context: Context,
): Promise<Locked> {
  const verb = statement.startsWith('FLUSH') ? 'FLUSH TABLES WITH READ LOCK' : 'LOCK TABLES';
  for (const seconds of attempts(options.lockTimeoutSeconds)) {
    try {
      const result = await lockOnce(session, statement, seconds, options, context);
      if (result.locked) return result;
    } catch (error) {
      context.signal.throwIfAborted();
      // Of a connection that is lost, the next question tells. A part of it may have been granted.
      await session.mustAsk('UNLOCK TABLES');
      const denied = isDenied(error as ServerError);
      return { locked: false, refused: true, denied, why: `${verb} was refused: ${(error as Error).message}` };
    }
    await context.clock.sleep(seconds * 2000, context.signal);
  }
  return {
    locked: false,
    why: `${verb} was not granted within ${options.lockTimeoutSeconds} s, since long statements or transactions run`,
  };
}

/** @throws the server's error unless the lock was late */
async function lockOnce(
  session: Session,
  statement: string,
  seconds: number,
  { server, open }: HoldOptions,
  { clock, signal }: Context,
): Promise<Locked> {
  if (atLeast(server.version, 5, 5, 3)) await session.ask(`SET lock_wait_timeout = ${seconds}`);
  // Servers before 5.5 have no such limit, and some states of a wait ignore it.
  const watch = new AbortController();
  const late = clock
    .sleep((seconds + 1) * 1000, AbortSignal.any([signal, watch.signal]))
    .then(() => killQuery(session.id, open))
    .catch(() => {});
  try {
    await session.ask(statement);
    return { locked: true };
  } catch (error) {
    if (!isLate(error as ServerError)) throw error;
    // A part of it may have been granted.
    await session.value('UNLOCK TABLES');
    return { locked: false };
  } finally {
    watch.abort();
    await late;
  }
}

/** An account may always end its own statements. */
async function killQuery(id: number, open: () => Promise<Session>): Promise<void> {
  const other = await open();
  await other.value(`KILL QUERY ${id}`);
}

/** Where the log stands now; undefined when there is none, or the account may not see it. */
export async function readPosition(session: Session, server: ServerIdentity): Promise<LogPosition | undefined> {
  for (const statement of positionStatements(server)) {
    const rows = await session.ask(statement).catch(() => undefined);
    const [file, position, , , executed] = rows?.[0] ?? [];
    if (!file) continue;
    const gtid =
      server.product === 'MariaDB'
        ? await session.value('SELECT @@global.gtid_binlog_pos')
        : executed?.replace(/\n/g, '');
    return { binlog: `${file}:${position}`, ...(gtid ? { gtid } : {}) };
  }
  return undefined;
}
