/** A dump that runs on a host: its archive in the bucket and on the runner, and what the host says of its source. */
import type { DumpFingerprint } from '../../../domain/dump.ts';
import type { DumpInProgress, LocalArchive } from '../../../ports/dump-engine.ts';
import type { Runs } from '../../../ports/github.ts';
import type { Objects } from '../../../ports/objects.ts';
import { type CompleteDump, type HostCommands, type HostDumpContext, hostPartBytes } from './commands.ts';
import { followDump, type StartParameters, startDump } from './dump.ts';
import { fetchArchive, uploadFromHost } from './transfer.ts';

/** What the host tells with a complete dump. */
export interface ToldByHost {
  readonly rows: readonly unknown[];
  readonly takenAt: string;
  readonly seconds: number;
  /** The archive, once the runner has it. */
  readonly archive: Promise<LocalArchive>;
}

export interface HostDump {
  readonly commands: HostCommands;
  /** Bytes of the database. */
  readonly bytes: number;
  /** Runs the engine's script that starts a dump. */
  readonly start: (parameters: StartParameters) => Promise<{ readonly takenAt: string }>;
  /** What that means. */
  readonly fingerprint: (told: ToldByHost) => DumpFingerprint | Promise<DumpFingerprint>;
  /** What the tool warned of, in those rows. */
  readonly warnings?: (rows: readonly unknown[]) => readonly string[];
}

/** @param folder on the runner, where the archive is written */
export async function beginOnHost(
  { commands, bytes, start, fingerprint, warnings = () => [] }: HostDump,
  folder: string,
  { objects, runs }: { readonly objects: Objects; readonly runs: Runs },
  context: HostDumpContext,
): Promise<DumpInProgress> {
  const startedAt = context.clock.now().getTime();
  const takenAt = await startDump(commands, bytes, start, runs, context);
  let report: (bytes: number) => void = () => {};
  let following: Promise<CompleteDump> | undefined;
  const complete = (): Promise<CompleteDump> => {
    following ??= followDump(commands, context, (done) => report(done));
    return following;
  };
  return {
    takenAt,
    fingerprint: async (archive) => {
      const { fingerprint: rows } = await complete();
      const seconds = (context.clock.now().getTime() - startedAt) / 1000;
      return fingerprint({ rows, takenAt, seconds, archive });
    },
    archive: async (upload, onProgress): Promise<LocalArchive> => {
      report = onProgress;
      const dump = await complete();
      await uploadFromHost(commands, dump, upload, { partBytes: hostPartBytes(bytes), onProgress, context });
      const { signal } = context;
      const fetched = await fetchArchive(commands, dump, upload, objects, { folder, onProgress, signal });
      const said = warnings(dump.fingerprint);
      return said.length === 0 ? fetched : { ...fetched, warnings: said };
    },
    // The snapshot ends with its session on the host, which ends with the dump.
    end: async () => {},
  };
}
