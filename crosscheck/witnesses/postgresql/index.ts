/** What db-dump wrote of servers of many series, restored by PostgreSQL's own programs on each of these and on every newer one. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { command } from '../../../lab/hosts/command.ts';
import { tooOld, versionIn } from '../../../lab/hosts/postgres/binaries.ts';
import { type PostgresServer, startPostgres } from '../../../lab/hosts/postgres/server.ts';
import { prepareComputer } from '../../../lab/hosts/prerequisites.ts';
import { root } from '../../../scripts/lib/actions.ts';
import { ToolMissing } from '../../../scripts/lib/tools.ts';
import { type Dumps, startDumps } from '../../lib/dump-files.ts';
import type { Points } from '../../points.ts';
import type { Witness } from '../../witness.ts';
import { compareRestored, type Source, toolsFor } from './compare.ts';
import { absentSeries, installSeries, type Series } from './series.ts';

export const postgresqlWitness: Witness = {
  name: 'postgresql',
  compares:
    "A database of PostgreSQL 13 to 18, dumped by db-dump's bundle: its three files restored by psql and pg_restore on servers of the same and of each newer series, beside what pg_dump itself makes of it: messages, pg_dump's text, the rows of each table, sequences and large objects.",
  known: [],
  install: async () => {
    const [problem] = prepareComputer((text) => console.log(text));
    if (problem !== undefined) throw new ToolMissing(problem);
    return `PostgreSQL ${installSeries()
      .series.map(({ major }) => major)
      .join(', ')}`;
  },
  run: async (points) => {
    const { series, newest } = installSeries();
    for (const major of absentSeries(series))
      points.missed(`PostgreSQL ${major}: this computer does not have it, nor do the registries`, 'nowhere');
    const directory = mkdtempSync('/var/tmp/holdfast-series-');
    chmodSync(directory, 0o755);
    const servers: PostgresServer[] = [];
    try {
      for (const one of series) servers.push(await start(directory, one));
      const dumps = await startDumps(join(directory, 'dumps'));
      try {
        for (const [at, server] of servers.entries()) {
          const source = await dumped(points, dumps, server, newest);
          for (const target of servers.slice(at)) await compareRestored(points, source, target, newest);
        }
      } finally {
        await dumps.stop();
      }
    } finally {
      for (const server of servers) await server.stop();
      rmSync(directory, { recursive: true, force: true });
    }
  },
};

const sample = readFileSync(join(root, 'crosscheck', 'witnesses', 'postgresql', 'sample.sql'), 'utf8');

async function start(directory: string, { major, programs }: Series): Promise<PostgresServer> {
  // The server's account may not be able to enter the folder of the repository.
  const own = join(directory, `programs-${major}`);
  if (programs) await command('cp', '-a', programs.folder, own);
  const server = await startPostgres({
    directory: join(directory, `server-${major}`),
    programs: programs && join(own, programs.bin),
    // A publication needs it to be useful.
    settings: { wal_level: 'logical', max_wal_senders: '4', shared_buffers: '64MB' },
  });
  await server.sql('CREATE DATABASE shop TEMPLATE template0');
  await server.sql(sample, 'shop');
  return server;
}

function versionOf(tools: string): string {
  return versionIn(spawnSync(join(tools, 'pg_dump'), ['--version'], { encoding: 'utf8' }).stdout);
}

async function dumped(points: Points, dumps: Dumps, server: PostgresServer, newest: string): Promise<Source> {
  const name = `shop-${Number.parseInt(server.version, 10)}`;
  // The newest client, which alone reads the newer series, has known holes: db-dump proves nothing with it.
  const scratch = tooOld(versionOf(toolsFor(server, newest))) ? undefined : server.url();
  const { ran, files } = await dumps.dump({
    ...{ name, database: server.url('shop'), scratch, path: `${process.env.PATH}:${newest}` },
    options: { 'archive-level': '1', ...(scratch === undefined ? {} : { 'scratch-superuser': 'true' }) },
  });
  const said = ran.status === 0 ? '' : `exit status ${ran.status}: ${ran.out.slice(-3000)}${ran.err.slice(-1000)}`;
  points.compare(`${name}: db-dump ends well`, said, '');
  points.compare(`${name}: files`, Object.keys(files).sort(), ['anon.gz', 'dump', 'gz']);
  return { name, server, database: 'shop', files };
}
