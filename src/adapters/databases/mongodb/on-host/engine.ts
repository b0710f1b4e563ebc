/**
 * MongoDB where it runs: on a host, or in a container of it, through the SSM documents of the stack. mongosh there reads the source, and
 * mongodump dumps it; the host uploads the tarball to presigned URLs, and the runner makes the other file of it and proves both.
 */
import type { Comparison, Difference, DumpFingerprint } from '../../../../domain/dump.ts';
import type {
  Anonymised,
  ArchiveOutcome,
  DatabaseFacts,
  Definitions,
  DescribedFingerprint,
  DumpEngine,
  DumpInProgress,
  Refusal,
  Scratch,
} from '../../../../ports/dump-engine.ts';
import type { Runs } from '../../../../ports/github.ts';
import type { Objects } from '../../../../ports/objects.ts';
import { BackupError } from '../../../../runtime/errors.ts';
import type { HostDumpContext } from '../../on-host/commands.ts';
import { beginOnHost, type HostDump, putAwayOnHost } from '../../on-host/running.ts';
import type { ServerIdentity } from '../scratch/scratch.ts';
import { fingerprintOnHost } from './fingerprint.ts';
import { type InspectedHost, type InspectPorts, inspectHost, type MongoHostOptions } from './inspect.ts';

export interface MongoHostPorts extends InspectPorts {
  /** What the runner does with dumps, wherever they were made. */
  readonly local: DumpEngine;
  readonly objects: Objects;
  readonly runs: Runs;
}

export class MongodbOnHost implements DumpEngine {
  readonly #ports: MongoHostPorts;
  readonly #options: MongoHostOptions;
  readonly #context: HostDumpContext;
  #host: InspectedHost | undefined;
  #takenAt = '';
  #words: Definitions | undefined;

  constructor(ports: MongoHostPorts, options: MongoHostOptions, context: HostDumpContext) {
    this.#ports = ports;
    this.#options = options;
    this.#context = context;
  }

  async inspect(): Promise<DatabaseFacts> {
    this.#host = await inspectHost(this.#ports, this.#options, this.#context);
    return this.#host.facts;
  }

  async begin(folder: string): Promise<DumpInProgress> {
    const { commands, place, facts, databases } = this.#inspected();
    const dump: HostDump = {
      commands,
      bytes: facts.bytes,
      start: (parameters) =>
        commands.run('mongodb-start', {
          ...place,
          ...parameters,
          Databases: databases,
          Level: String(this.#options.level),
        }),
      fingerprint: async (told) => {
        const { fingerprint, words } = await fingerprintOnHost(told, facts.serverVersion, this.#context.signal);
        this.#words = words;
        return fingerprint;
      },
    };
    const begun = await beginOnHost(dump, folder, this.#ports, this.#context);
    this.#takenAt = begun.takenAt;
    return begun;
  }

  /** What the server on the host says of itself now, so that a scratch server can be told from it. @throws BackupError */
  async identity(): Promise<ServerIdentity> {
    const { commands, place } = this.#inspected();
    const { server } = await commands.run('mongodb-inspect', place);
    if ('lacks' in server)
      throw new BackupError({
        what: `it cannot be seen whether scratch-url is another server than the one that was dumped: ${server.lacks}`,
        fix: 'install mongosh where the server runs (docs/mongodb.md)',
        code: 'shell-missing',
      });
    return { databases: server.databases.map(({ name }) => name), process: undefined };
  }

  async putAway(outcome: ArchiveOutcome): Promise<string | undefined> {
    return this.#host && putAwayOnHost(this.#host.commands, outcome, this.#takenAt);
  }

  async describe(_archive: string, fingerprint: DumpFingerprint): Promise<DescribedFingerprint> {
    return { ...fingerprint, sql: this.#words };
  }

  readThrough(archive: string): Promise<void> {
    return this.#ports.local.readThrough(archive);
  }

  scratch(owner: string, source: DumpFingerprint): Promise<Scratch> {
    return this.#ports.local.scratch(owner, source);
  }

  compare(source: DescribedFingerprint, copy: DescribedFingerprint, anonymised?: Anonymised): Comparison {
    return this.#ports.local.compare(source, copy, anonymised);
  }

  explained(difference: Difference, refusals: readonly Refusal[]): boolean {
    return this.#ports.local.explained(difference, refusals);
  }

  sweep(isOver: (owner: string) => Promise<boolean>): Promise<readonly string[]> {
    return this.#ports.local.sweep(isOver);
  }

  #inspected(): InspectedHost {
    if (this.#host === undefined) throw new Error('inspect() comes first');
    return this.#host;
  }
}
