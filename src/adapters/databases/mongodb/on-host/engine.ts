/**
 * MongoDB where it runs: on a host, or in a container of it, through the SSM documents of the stack. mongosh there reads the source, and
 * mongodump dumps it; the host uploads the tarball to presigned URLs, and the runner makes the other file of it and proves both.
 */
import type { DumpFingerprint } from '../../../../domain/dump.ts';
import type {
  DatabaseFacts,
  Definitions,
  DescribedFingerprint,
  DumpEngine,
  DumpInProgress,
} from '../../../../ports/dump-engine.ts';
import { BackupError } from '../../../../runtime/errors.ts';
import type { HostDumpContext } from '../../on-host/commands.ts';
import { OnHost, type OnHostPorts } from '../../on-host/engine.ts';
import type { HostDump } from '../../on-host/running.ts';
import type { ServerIdentity } from '../scratch/identity.ts';
import { fingerprintOnHost } from './fingerprint.ts';
import { type InspectedHost, type InspectPorts, inspectHost, type MongoHostOptions } from './inspect.ts';

export type MongoHostPorts = InspectPorts & OnHostPorts<DumpEngine>;

export class MongodbOnHost extends OnHost<DumpEngine> implements DumpEngine {
  readonly #ports: MongoHostPorts;
  readonly #options: MongoHostOptions;
  readonly #context: HostDumpContext;
  #host: InspectedHost | undefined;
  #words: Definitions | undefined;

  constructor(ports: MongoHostPorts, options: MongoHostOptions, context: HostDumpContext) {
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
    return this.beginDump(dump, folder);
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
    return {
      databases: server.databases.map(({ name }) => name),
      complete: server.extent === 'all',
      process: undefined,
    };
  }

  async describe(_archive: string, fingerprint: DumpFingerprint): Promise<DescribedFingerprint> {
    return { ...fingerprint, sql: this.#words };
  }

  #inspected(): InspectedHost {
    if (this.#host === undefined) throw new Error('inspect() comes first');
    return this.#host;
  }
}
