/** pg_dump on the runner, in the snapshot of another session. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Connection, clientEnvironment } from '../../../../dump/engines/postgres/connection.ts';
import { readCharacters, warningsOfPgDump } from '../../../../dump/engines/postgres/snapshot/pg-dump-warnings.ts';
import { asOptions } from '../../../../dump/engines/postgres/snapshot/snapshot.ts';
import type { LocalArchive } from '../../../../ports/dump-engine.ts';
import type { Upload } from '../../../../ports/objects.ts';
import type { WorkContext } from '../../../../runtime/context.ts';
import { pack, writeArchive } from '../../archive.ts';
import { checkedOutput, PipedProgram } from '../../piped-program.ts';
import { postgresCauses } from '../causes.ts';
import type { DumpOptions, DumpSource } from './dump-options.ts';
import type { SnapshotSession } from './snapshot.ts';

/** Milliseconds between looks at a folder in which pg_dump starts to write. */
const lookEvery = 50;

/** An archive in the making. */
export interface RunningDump {
  /** Application name of its sessions. */
  readonly name: string;
  /** Resolves once pg_dump has its locks: it writes nothing before it has read all definitions. @throws BackupError */
  readonly locked: Promise<void>;
  /**
   * Resolves once it needs no more locks. Each parallel job asks for those of its table when its turn comes, so with several
   * that is at the end.
   * @throws BackupError
   */
  readonly undisturbed: Promise<void>;
  /** @throws BackupError when the dump failed */
  readonly archive: (upload: Upload, onProgress: (bytes: number) => void) => Promise<LocalArchive>;
  /** Ends pg_dump, if it is still running. */
  readonly stop: () => Promise<void>;
  /** The same, and removes what it has written. */
  readonly discard: () => Promise<void>;
}

/** Application names have 63 bytes at most (NAMEDATALEN). */
function sessionName({ environment }: Connection): string {
  return `${(environment.PGAPPNAME ?? 'holdfast').slice(0, 40)} ${randomBytes(6).toString('hex')}`;
}

export function startPgDump(
  { connection, tools }: DumpSource,
  { id, encoding, settings }: SnapshotSession,
  folder: string,
  options: DumpOptions,
  { clock, signal }: WorkContext,
): RunningDump {
  const { archiveLevel, lockTimeoutSeconds, format, jobs } = options;
  const name = sessionName(connection);
  const environment = clientEnvironment(connection);
  const path = join(folder, 'archive');
  const directory = format === 'directory';
  let errors = '';
  const program = new PipedProgram({
    program: join(tools.folder, 'pg_dump'),
    parameters: [
      ...(directory ? ['--format=directory', `--jobs=${jobs}`, `--file=${path}`] : ['--format=custom']),
      `--compress=${archiveLevel}`,
      `--snapshot=${id}`,
      `--encoding=${encoding}`,
      `--lock-wait-timeout=${lockTimeoutSeconds}s`,
      '--no-password',
    ],
    environment: {
      ...environment,
      PGAPPNAME: name,
      ...(settings.length === 0 ? {} : { PGOPTIONS: [environment.PGOPTIONS, asOptions(settings)].join(' ').trim() }),
    },
    what: `pg_dump of ${connection.shown}`,
    signal,
    causes: postgresCauses,
    onErrors: (text) => {
      if (errors.length < readCharacters) errors += text;
    },
  });
  const stop = (): Promise<void> => program.discard();
  const discard = async (): Promise<void> => {
    await stop();
    await rm(path, { recursive: true, force: true });
  };
  const dumping = directory ? directoryDump(program, path, jobs, { clock, signal }) : customDump(program, path, signal);
  const archive: RunningDump['archive'] = async (upload, onProgress) => {
    const made = await dumping.archive(upload, onProgress);
    return { ...made, warnings: warningsOfPgDump(errors) };
  };
  return { name, stop, discard, ...dumping, archive };
}

type Dumping = Omit<RunningDump, 'name' | 'stop' | 'discard'>;

function customDump(program: PipedProgram, path: string, signal: AbortSignal): Dumping {
  const output = checkedOutput(program);
  const first = output.next();
  const locked = first.then(() => {});
  return {
    locked,
    undisturbed: locked,
    archive: async (upload, onProgress) => {
      const bytes = await writeArchive(startingWith(first, output), { path, upload, onProgress, signal });
      return { path, bytes };
    },
  };
}

function directoryDump(
  program: PipedProgram,
  path: string,
  jobs: number,
  { clock, signal }: Pick<WorkContext, 'clock' | 'signal'>,
): Dumping {
  const finished = program.finished();
  // The rejection is handled where the end is awaited.
  finished.catch(() => {});
  const begins = async (): Promise<void> => {
    while (program.running && !existsSync(join(path, 'toc.dat'))) await clock.sleep(lookEvery, signal);
    if (!program.running) await finished;
  };
  const locked = begins();
  return {
    locked,
    undisturbed: jobs > 1 ? finished : locked,
    archive: async (upload, onProgress) => {
      await finished;
      return { path, bytes: await writeArchive(pack(path, signal), { upload, onProgress, signal }) };
    },
  };
}

async function* startingWith(
  first: Promise<IteratorResult<Buffer, unknown>>,
  rest: AsyncGenerator<Buffer>,
): AsyncGenerator<Buffer> {
  const { value, done } = await first;
  if (!done) yield value;
  yield* rest;
}
