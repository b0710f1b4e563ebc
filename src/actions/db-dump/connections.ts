/** The URLs of databases among the inputs, read as their engine reads them. */
import { type EngineName, engineNames } from '../../domain/engine.ts';
import { parseMongoConnection } from '../../dump/engines/mongodb/connection.ts';
import { parseConnection as parseMysql } from '../../dump/engines/mysql/connection.ts';
import { parseConnection as parsePostgres } from '../../dump/engines/postgres/connection.ts';
import { parsed, type TextOf } from '../../runtime/inputs.ts';

/** A URL that its engine can read. */
export interface GivenConnection {
  /** As it was given, with its database. Holds the password. */
  readonly url: string;
  /** Undefined for the whole server. */
  readonly database: string | undefined;
  /** What no log may show, decoded. */
  readonly secrets: readonly string[];
}

type Reader = (url: string, name: string) => Pick<GivenConnection, 'database' | 'secrets'>;

const urlForms: Readonly<Record<EngineName, string>> = {
  postgres: 'postgresql://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=require',
  mysql: 'mysql://USER:PASSWORD@HOST:PORT/DATABASE?ssl-mode=REQUIRED, or without /DATABASE for all of them',
  mongodb: 'mongodb://USER:PASSWORD@HOST:PORT/DATABASE?authSource=admin, or without /DATABASE for all of them',
};

const readers: Readonly<Record<EngineName, Reader>> = {
  postgres: (url, name) => {
    const { database, password } = parsePostgres(url, name);
    return { database, secrets: [password] };
  },
  mysql: (url, name) => {
    const { database, password } = parseMysql(url, name);
    return { database, secrets: [password] };
  },
  mongodb: (url, name) => {
    const { database, secrets } = parseMongoConnection(url, name);
    return { database, secrets };
  },
};

/** The engine that the inputs name; PostgreSQL where they name none that is known, which is a mistake of its own. */
export function engineOf(textOf: TextOf): EngineName {
  return engineNames.find((engine) => engine === textOf('engine')) ?? 'postgres';
}

/** A database URL, read by its engine; undefined when it is not given. */
export const databaseUrl = (name: string, description: string) =>
  parsed({
    description,
    secret: true,
    allowed: Object.values(urlForms).join('; '),
    parse: (url, textOf): GivenConnection | undefined =>
      url === '' ? undefined : { ...readers[engineOf(textOf)](url, name), url },
  });
