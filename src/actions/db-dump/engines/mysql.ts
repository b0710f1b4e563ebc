/** MySQL, MariaDB, and an Infobright port. */
import { MysqlEngine } from '../../../adapters/databases/mysql/engine.ts';
import type { DumpReceipt } from '../../../domain/dump.ts';
import { type Connection, parseConnection } from '../../../dump/engines/mysql/connection.ts';
import { mysqlDialect } from '../../../dump/engines/mysql/dialect.ts';
import type { WorkContext } from '../../../runtime/context.ts';
import { ConfigurationError } from '../../../runtime/errors.ts';
import type { KeptEngine } from '../again/ports.ts';
import { SqlFiles } from '../files/sql-files.ts';
import type { Settings } from '../inputs.ts';
import type { EngineRequest, OpenedEngine } from './request.ts';

export function openMysql({ settings, context, place }: EngineRequest): OpenedEngine {
  const { databases, excludeDatabases, prove, scratchUrl, workDirectory, lockTimeout } = settings;
  const connection = connectionOf(settings);
  const engine = new MysqlEngine(
    {
      connection,
      databases: databases.length === 0 ? undefined : databases,
      excluded: excludeDatabases,
      scratch: prove.length > 0 && scratchUrl ? parseConnection(scratchUrl.url, 'scratch-url') : undefined,
      workDirectory,
      lockTimeoutSeconds: lockTimeout,
      compression: settings.compression,
      archiveLevel: settings.compressionLevel,
      place,
    },
    context,
  );
  return { engine, files: new SqlFiles(engine, mysqlDialect(connection.database)) };
}

/** For a kept dump: nothing reaches its source. */
export function openKeptMysql(settings: Settings, { database }: DumpReceipt, context: WorkContext): KeptEngine {
  const { scratchUrl, workDirectory, lockTimeout, compression, compressionLevel } = settings;
  const engine = new MysqlEngine(
    {
      connection: undefined,
      databases: undefined,
      excluded: [],
      scratch: scratchUrl && parseConnection(scratchUrl.url, 'scratch-url'),
      workDirectory,
      lockTimeoutSeconds: lockTimeout,
      compression,
      archiveLevel: compressionLevel,
    },
    context,
  );
  return { engine, files: new SqlFiles(engine, mysqlDialect(database)) };
}

function connectionOf({ databaseUrl }: Settings): Connection {
  if (databaseUrl === undefined)
    throw new ConfigurationError({ what: 'nothing was done', problems: ['database-url: it is missing'] });
  return parseConnection(databaseUrl.url, 'database-url');
}
