/**
 * Dumps and reads databases at one moment: writers wait until the transactions of the dump tool and of the fingerprint have begun.
 * Where a server does not let them wait, everything is read before and after, and only what stood still is compared.
 */
import type { LogPosition } from '../../../../domain/dump.ts';
import type { Catalogue } from '../../../../dump/engines/mysql/catalogue.ts';
import { plainName, unreadOf, withoutLeftOut } from '../../../../dump/engines/mysql/left-out.ts';
import { tablesToLock } from '../../../../dump/engines/mysql/moment.ts';
import { atLeast, bestCharset } from '../../../../dump/engines/mysql/server.ts';
import type { DumpCommand } from '../../../../dump/engines/mysql/tools.ts';
import type { DumpInProgress } from '../../../../ports/dump-engine.ts';
import type { WorkContext } from '../../../../runtime/context.ts';
import { BackupError, explain } from '../../../../runtime/errors.ts';
import { openSession, readCatalogue } from '../catalogue.ts';
import { readDefinitions } from '../definitions.ts';
import type { Session } from '../session.ts';
import { type RunningTool, startTool } from './dump-tool.ts';
import { Reading } from './fingerprint.ts';
import { type Hold, hold, readPosition } from './hold.ts';
import type { Source, SourceOptions } from './source.ts';
import { watchLocks } from './stall.ts';

/** Sessions that read rows side by side. */
const readers = 2;

export async function beginDump(
  source: Source,
  folder: string,
  options: SourceOptions,
  context: WorkContext,
): Promise<DumpInProgress> {
  const sessions: Session[] = [];
  const open = async (what: string): Promise<Session> => {
    const { connection, server } = source;
    const opened = await openSession({ connection, server, what, signal: context.signal });
    sessions.push(opened.session);
    if (atLeast(server.version, 5, 5, 3))
      await opened.session.mustAsk(`SET lock_wait_timeout = ${options.lockTimeoutSeconds}`);
    return opened.session;
  };
  const end = async (): Promise<void> => void (await Promise.all(sessions.map((session) => session.end())));
  try {
    const control = await open('the fingerprint');
    const all = await readCatalogue(control, source.server, source.databases);
    const catalogue = withoutLeftOut(all, source.leftOut);
    const definitions = await readDefinitions(catalogue, { session: control, server: source.server });
    options.onDefinitions?.(definitions.definitions);
    const reading = new Reading(
      source,
      { catalogue, definitions, control, open, leftOut: unreadOf(source.leftOut, all) },
      context,
    );
    await reading.prepare(readers);
    return await atOneMoment({ source, catalogue, reading, control, open, end, folder, options }, context);
  } catch (error) {
    await end();
    throw error;
  }
}

interface Work {
  readonly source: Source;
  readonly catalogue: Catalogue;
  readonly reading: Reading;
  readonly control: Session;
  readonly open: (what: string) => Promise<Session>;
  readonly end: () => Promise<void>;
  readonly folder: string;
  readonly options: SourceOptions;
}

async function atOneMoment(work: Work, context: WorkContext): Promise<DumpInProgress> {
  const { source, reading, control, options } = work;
  const held = await holdFor(work, context);
  let tool: RunningTool | undefined;
  try {
    await reading.begin();
    const position = held.locked ? await readPosition(control, source.server) : undefined;
    const takenAt = await serverTime(control);
    tool = await startTool({
      command: commandOf(work),
      connection: source.there?.connection ?? source.connection,
      place: source.there?.place,
      level: options.archiveLevel,
      compression: options.compression,
      workDirectory: options.workDirectory,
      signal: context.signal,
    });
    const inTime = await begins(tool, held, options, context);
    if (!inTime && source.keepsLock && held.keepsLocks) throw tooLate(options);
    await held.release();
    const exact = held.locked && inTime;
    if (!exact) await reading.beginAgain();
    const why =
      held.why ?? (inTime ? undefined : 'the dump tool did not begin in time, and writers could not wait longer');
    return inProgress({ ...work, held, tool, takenAt, position, exact, why }, context);
  } catch (error) {
    await tool?.stop();
    await held.end();
    throw error;
  }
}

/** Tables that neither a lock nor a transaction keeps as they are, are read before anything else. */
async function holdFor({ source, catalogue, reading, open, options }: Work, context: WorkContext): Promise<Hold> {
  const { tables } = catalogue;
  const { lockTimeoutSeconds } = options;
  const asked = { server: source.server, tables, lockTimeoutSeconds, open: () => open('the lock') };
  if (source.keepsLock) {
    const kept = await hold({ ...asked, keep: true }, context);
    if (kept.locked) return kept;
  }
  await reading.readEarly(tablesToLock(tables));
  return hold({ ...asked, keep: false }, context);
}

interface Begun extends Work {
  readonly held: Hold;
  readonly tool: RunningTool;
  readonly takenAt: string;
  readonly position: LogPosition | undefined;
  readonly exact: boolean;
  readonly why: string | undefined;
}

function inProgress(begun: Begun, context: WorkContext): DumpInProgress {
  const { source, catalogue, reading, control, held, tool, takenAt, position, exact, why, options, folder, end } =
    begun;
  const notes = notesOf(begun);
  return {
    takenAt,
    fingerprint: async (archive) => {
      const read = await reading.finish({ archive, takenAt, exact, held, locked: source.keepsLock && held.keepsLocks });
      return { ...read, databases: source.databases, ...(position ? { position } : {}) };
    },
    archive: async (upload, onProgress) => {
      const watch = watchLocks(control, tool, options.lockTimeoutSeconds, context);
      try {
        const made = await tool.archive(folder, upload, (bytes) => {
          watch.moved();
          onProgress(bytes);
        });
        return { ...made, warnings: [...(made.warnings ?? []), ...notes] };
      } catch (error) {
        throw await withLostServer(error, control, context.signal);
      } finally {
        await watch.end();
      }
    },
    end: async () => {
      await tool.stop();
      await held.end();
      await end();
    },
  };
  function notesOf({ held: { keepsLocks } }: Begun): readonly string[] {
    const without = tablesToLock(catalogue.tables);
    return [
      ...(source.keepsLock && keepsLocks
        ? [
            'all writers of the server waited until everything was read, since no transaction keeps most of it as it was',
          ]
        : []),
      ...(exact
        ? []
        : [`dump and fingerprint are not of one moment, so what moved between them is not compared: ${why}`]),
      ...(keepsLocks || without.length === 0
        ? []
        : [
            `the rows of ${without.length} tables without transactions could move while they were dumped, so of those the proof compares what stood still`,
          ]),
    ];
  }
}

function commandOf({ source, catalogue }: Work): DumpCommand {
  const { server, tool, databases, withNames, leftOut } = source;
  const names = [
    ...databases,
    ...catalogue.tables.map(({ name }) => name),
    ...catalogue.objects.map(({ name }) => name),
  ];
  return {
    server,
    tool,
    databases,
    withNames,
    charset: bestCharset(server),
    ignored: leftOut.map(plainName),
    history: source.history && catalogue.tables.some(({ kind }) => kind === 'versioned'),
    // Tools of old write names into comments as they are: what follows a line end in one is read as a statement (CVE-2016-5483).
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
    comments: !names.some((name) => /[\u0000-\u001f]/.test(name)),
  };
}

/** Waits until the tool's transaction has begun, as long as writers can wait. @throws BackupError when the tool failed */
async function begins(
  tool: RunningTool,
  { locked }: Hold,
  { lockTimeoutSeconds }: SourceOptions,
  { clock, signal }: WorkContext,
): Promise<boolean> {
  if (!locked) {
    await tool.begun;
    return true;
  }
  const over = new AbortController();
  const late = clock.sleep(lockTimeoutSeconds * 1000, AbortSignal.any([signal, over.signal])).then(
    () => false,
    () => true,
  );
  try {
    return await Promise.race([tool.begun.then(() => true), late]);
  } finally {
    over.abort();
  }
}

const tooLate = ({ lockTimeoutSeconds }: SourceOptions): BackupError =>
  new BackupError({
    what: `the dump tool did not begin within ${lockTimeoutSeconds} s, and all writers of the server wait for it`,
    likelyCause: 'the server is busy, or the network is slow',
    fix: 'raise lock-timeout, or dump at another time',
    code: 'locked',
  });

/** By the server's clock. Servers before 5.6 know whole seconds alone. */
async function serverTime(session: Session): Promise<string> {
  const text = (await session.value('SELECT UTC_TIMESTAMP(3)')) ?? (await session.value('SELECT UTC_TIMESTAMP()'));
  if (text === undefined)
    throw new BackupError({ what: 'the server does not say what time it is', code: 'connection-lost' });
  return new Date(`${text.replace(' ', 'T')}Z`).toISOString();
}

/** The tools may end without a word when the server ends their session. */
async function withLostServer(error: unknown, control: Session, signal: AbortSignal): Promise<unknown> {
  if (signal.aborted || !(error instanceof BackupError) || error.likelyCause !== undefined) return error;
  try {
    await control.mustAsk('DO 0');
    return error;
  } catch (lost) {
    const { likelyCause, fix, code } = explain(lost);
    return new BackupError({
      what: `${error.what}; the server is gone: ${explain(lost).what}`,
      likelyCause,
      fix,
      code,
    });
  }
}
