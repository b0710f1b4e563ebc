/**
 * PostgreSQL where it runs: on a host, or in a container of it, through the SSM documents of the stack. The host uploads
 * the archive to presigned URLs and holds no credentials; the runner fetches it from the bucket and makes the other files.
 */
import type { DumpFingerprint } from '../../../../domain/dump.ts';
import {
  type FingerprintFacts,
  parseFingerprint,
} from '../../../../dump/engines/postgres/fingerprint/fingerprint-rows.ts';
import { warningsOfPgDump } from '../../../../dump/engines/postgres/snapshot/pg-dump-warnings.ts';
import { incompleteFingerprint } from '../../../../dump/proof/incomplete.ts';
import type {
  DatabaseFacts,
  DefinitionFacts,
  DescribedFingerprint,
  DumpEngine,
  DumpInProgress,
  SqlArchives,
} from '../../../../ports/dump-engine.ts';
import type { HostDumpContext } from '../../on-host/commands.ts';
import { OnHost, type OnHostPorts } from '../../on-host/engine.ts';
import type { HostDump } from '../../on-host/running.ts';
import { type InspectedHost, type InspectPorts, inspectHost, type PostgresHostOptions } from './inspect.ts';

export type HostDumpPorts = InspectPorts & OnHostPorts<InspectPorts['local']>;

export class PostgresOnHost extends OnHost<InspectPorts['local']> implements DumpEngine, SqlArchives {
  readonly #ports: HostDumpPorts;
  readonly #options: PostgresHostOptions;
  readonly #context: HostDumpContext;
  #host: InspectedHost | undefined;

  constructor(ports: HostDumpPorts, options: PostgresHostOptions, context: HostDumpContext) {
    super(ports, context);
    this.#ports = ports;
    this.#options = options;
    this.#context = context;
  }

  async inspect(): Promise<DatabaseFacts> {
    this.#host = await inspectHost(this.#ports, this.#options, this.#context);
    return this.#host.facts;
  }

  async begin(folder: string): Promise<DumpInProgress> {
    if (this.#host === undefined) throw new Error('inspect() comes first');
    const { commands, place, facts, tools } = this.#host;
    const { format, jobs, archiveLevel, lockTimeoutSeconds } = this.#options;
    const { serverVersion } = facts;
    const dump: HostDump = {
      commands,
      bytes: facts.bytes,
      start: (parameters) =>
        commands.run('dump-start', {
          ...place,
          ...parameters,
          Tools: tools.folder,
          Format: format,
          Jobs: String(jobs),
          Level: String(archiveLevel),
          LockSeconds: String(lockTimeoutSeconds),
        }),
      fingerprint: ({ rows, takenAt, seconds }) => fingerprintFrom(rows, { takenAt, seconds, serverVersion }),
      warnings: (rows) => warningsOfPgDump(rows.filter((row) => typeof row === 'string').join('\n')),
    };
    return this.beginDump(dump, folder);
  }

  sql(archive: string, definitionsOnly: boolean): AsyncIterable<Buffer> {
    return this.local.sql(archive, definitionsOnly);
  }

  describe(archive: string, fingerprint: DumpFingerprint): Promise<DescribedFingerprint> {
    return this.local.describe(archive, fingerprint);
  }

  definitions(sql: AsyncIterable<Buffer>): Promise<DefinitionFacts> {
    return this.local.definitions(sql);
  }

  withoutRows(sql: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
    return this.local.withoutRows(sql);
  }
}

/** @param rows of the host: the messages of the server and of pg_dump are strings, and `lost` says why the session ended early */
function fingerprintFrom(rows: readonly unknown[], facts: FingerprintFacts): DumpFingerprint {
  const lost = rows.find(
    (row): row is { lost: string } => typeof (row as { lost?: unknown } | null)?.lost === 'string',
  );
  const lines = rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row)));
  const fingerprint = parseFingerprint(lines, facts);
  return lost === undefined ? fingerprint : incompleteFingerprint(fingerprint, lost.lost);
}
