/** Loads a dump as it is, with the roles that it names. */

import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { quoteName } from '../hosts/postgres/psql.ts';
import type { PostgresServer } from '../hosts/postgres/server.ts';
import { TrialDatabase } from './database.ts';

/** Errors that leave nothing out of the database: settings of other releases, and what every database has already. */
const harmless =
  /unrecognized configuration parameter|(schema|language|extension) "(public|plpgsql)" already exists|must be owner of (extension|schema)|database "[^"]*" does not exist/;

export interface Loaded {
  readonly database: TrialDatabase;
  /** The server's messages, in order. */
  readonly errors: readonly string[];
  /** Those that leave something out. */
  readonly harmful: readonly string[];
}

export async function load(server: PostgresServer, file: string, name: string): Promise<Loaded> {
  // Some objects may only belong to a superuser.
  for (let tries = 1; ; tries += 1) {
    const database = await TrialDatabase.create(server, name);
    const errors = await database.run(file, 'end');
    const roles = new Set(errors.flatMap((error) => /role "([^"]+)" does not exist/.exec(error)?.[1] ?? []));
    if (roles.size === 0 || tries === 3)
      return { database, errors, harmful: errors.filter((error) => !harmless.test(error)) };
    const known = new Set((await server.sql('SELECT rolname FROM pg_roles')).split('\n'));
    // A file may have made the role itself, after it was missed.
    for (const role of roles) if (!known.has(role)) await server.sql(`CREATE ROLE ${quoteName(role)} SUPERUSER`);
  }
}

/**
 * Copies a dump without what names its database: every dump here goes into a database of its own. The statements of
 * pg_dump --create stand on lines of their own.
 */
export async function copyWithoutDatabase(from: string, to: string): Promise<void> {
  const out = createWriteStream(to, { encoding: 'latin1' });
  const lines = createInterface({ input: createReadStream(from, { encoding: 'latin1' }), crlfDelay: 0 });
  for await (const line of lines)
    if (!/^(CREATE|DROP|ALTER) DATABASE\b|^\\(c|connect) /i.test(line) && !out.write(`${line}\n`))
      await once(out, 'drain');
  out.end();
  await once(out, 'close');
}
