import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { startPostgres } from '../../../lab/hosts/postgres/server.ts';
import { PostgresEngine } from '../../../src/adapters/databases/postgres/engine.ts';
import { parseConnection } from '../../../src/dump/engines/postgres/connection.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { FakeLogger } from '../../fakes/clock.ts';
import { dumpEngineSuite } from './dump-engine.ts';

dumpEngineSuite('PostgreSQL on the runner', async (folder) => {
  chmodSync(folder, 0o755);
  const server = await startPostgres({ directory: join(folder, 'postgres') });
  await server.createDatabase('shop');
  await server.sql(
    `CREATE TABLE public.users (id bigint NOT NULL, email text);
INSERT INTO public.users VALUES (1, 'ada@company.com'), (2, 'grace@company.com');`,
    'shop',
  );
  const engine = new PostgresEngine(
    {
      connection: parseConnection(server.url('shop'), 'database-url'),
      scratch: parseConnection(server.url('postgres'), 'scratch-url'),
      workDirectory: folder,
      lockTimeoutSeconds: 5,
      archiveLevel: 1,
      format: 'custom',
      jobs: 1,
    },
    { clock: systemClock, logger: new FakeLogger(), signal: new AbortController().signal },
  );
  return {
    engine,
    contentOf: async (archive, definitionsOnly) => text(engine.sql(archive, definitionsOnly)),
    scratchCount: async () =>
      Number(await server.sql("SELECT count(*) FROM pg_database WHERE datname LIKE 'holdfast%'")),
    addRow: async () => void (await server.sql("INSERT INTO public.users VALUES (3, 'linus@company.com')", 'shop')),
    stop: () => server.stop(),
  };
});
