/** MySQL and MariaDB for the commands restore and populatedb. */
import type { DumpFile, DumpReceipt } from '../../../../src/domain/dump.ts';
import { type Connection, parseConnection } from '../../../../src/dump/engines/mysql/connection.ts';
import { isServerDatabase, quoted } from '../../../../src/dump/engines/mysql/names.ts';
import { decompress } from '../../../../src/runtime/compression/format.ts';
import { BackupError } from '../../../../src/runtime/errors.ts';
import {
  fetchByHand,
  fileName,
  type Loader,
  type LoadRequest,
  type LoadTarget,
  loadedBy,
  type RestoreOptions,
  reader,
  word,
} from '../loader.ts';
import { DumpFilter, type Placing } from './dump-filter.ts';
import { beginFresh, discardFresh, type Fresh, finishFresh } from './replace.ts';
import { feedClient, type OpenServer, openServer, stateOf } from './server.ts';

export const mysqlLoader: Loader = {
  engine: 'mysql',
  product: 'MySQL',
  scheme: /^(mysql|mariadb):/,
  urlForm: 'mysql://USER:PASSWORD@HOST:PORT/DATABASE',
  localUrl: 'mysql://root@127.0.0.1:3306/app',
  choices: ['only'],
  endings: ['.anon.sql.gz', '.anon.sql.zst'],
  target(url, setting): LoadTarget {
    const connection = parseConnection(url, setting);
    return {
      shown: connection.shown,
      host: connection.socket ?? connection.host,
      byHand: (file, receipt, options) => byHand(file, receipt, connection, options),
      ...loadedBy((request) => loadInto(connection, request)),
    };
  },
};

async function loadInto(connection: Connection, request: LoadRequest): Promise<void> {
  const server = await openServer(connection);
  try {
    await new DumpLoad(server, request).run();
  } finally {
    await server.session.end();
  }
}

/** One load of a dump of one database or of several. */
class DumpLoad {
  readonly #server: OpenServer;
  readonly #request: LoadRequest;
  /** By the name of their target. */
  readonly #fresh = new Map<string, Fresh>();

  constructor(server: OpenServer, request: LoadRequest) {
    this.#server = server;
    this.#request = request;
  }

  async run(): Promise<void> {
    const { through, only, note } = this.#request;
    const { database } = this.#server.connection;
    // Its target is known before anything of the dump is; of all databases, each is asked when it comes.
    const into = database === undefined ? undefined : await this.#prepare(database, '');
    const filter = new DumpFilter(this.#placing(into));
    try {
      await through((bytes) => feedClient(this.#server, into, filter.apply(decompress(bytes))));
      this.#refuseNothing(filter.databases, only);
      for (const one of this.#fresh.values()) await finishFresh(one, note);
    } finally {
      // Nothing is left of those that are in their place.
      for (const one of this.#fresh.values()) await discardFresh(one).catch(() => {});
    }
    for (const text of filter.notes) console.error(`note: ${text}`);
  }

  /** @returns where to load @throws BackupError when the database may not be replaced */
  async #prepare(target: string, options: string): Promise<string> {
    const { beside, refuse, note } = this.#request;
    const { session, connection } = this.#server;
    const { exists, empty, note: found } = await stateOf(session, target);
    const ours = note !== undefined && found === note;
    if (refuse !== undefined && !empty && !ours)
      throw refuse(connection.database === undefined ? `${target} on ${connection.shown}` : connection.shown);
    if (!beside) {
      if (exists) return target;
      if (connection.database !== undefined)
        throw new BackupError({
          what: `there is no database ${connection.shown}`,
          fix: `make it first: CREATE DATABASE ${quoted(target)}; or give --replace, which makes it`,
        });
      await session.mustAsk(`CREATE DATABASE ${quoted(target)}${options}`);
      return target;
    }
    const fresh = await beginFresh(session, target, options);
    this.#fresh.set(target, fresh);
    return fresh.name;
  }

  #placing(into: string | undefined): Placing {
    const { only } = this.#request;
    let first: string | undefined;
    return async (database, options) => {
      if (isServerDatabase(database)) return undefined;
      if (only !== undefined && database !== only) return undefined;
      if (into === undefined) return this.#prepare(database, options);
      first ??= database;
      if (first === database) return into;
      throw new BackupError({
        what: `the dump holds several databases, such as ${first} and ${database}`,
        likelyCause: 'it is a dump of a whole server',
        fix: 'choose one with --only DATABASE; or give a URL without a database, for all of them',
      });
    };
  }

  /** A dump without the database that is wanted would replace one with nothing. */
  #refuseNothing(databases: readonly string[], only: string | undefined): void {
    if (only !== undefined && databases.length > 0 && !databases.includes(only))
      throw new BackupError({
        what: `the dump has no database ${only}; nothing was replaced`,
        fix: `choose one of ${databases.join(', ')}`,
      });
  }
}

function byHand(file: DumpFile, { database }: DumpReceipt, to: Connection, { only }: RestoreOptions): string {
  const name = word(fileName(file));
  const client = `mysql --host=${word(to.host)} --port=${to.port} --user=${word(to.user)} --password`;
  // The client takes a database in the dump, and leaves out the others, only under its own name (--one-database).
  const one = only === undefined ? '' : ` --one-database ${word(only)}`;
  const into = to.database === undefined || only !== undefined ? '' : ` ${word(to.database)}`;
  return `${fetchByHand(file)}
  ${reader(name)} ${name} | sed '1{/sandbox mode/d}' | ${client}${one}${into}
  (the dump is of ${database}; MariaDB's client is called mariadb, and knows the first line that sed removes)
`;
}
