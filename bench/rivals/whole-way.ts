/**
 * `npm run bench -- anonymize`: the whole way from one running database to an anonymised dump, beside rivals with the same columns and
 * comparable rules: ours.yml, greenmask.yml, nxs.yml. Only ours looks for addresses everywhere else, too, and checks what it wrote.
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type PostgresServer, startPostgres } from '../../lab/hosts/postgres/server.ts';
import { fillDatabase } from '../../lab/rehearsals/postgres/sample/fill.ts';
import { type Contender, measure } from '../commands.ts';
import { measureAll, printTable } from '../rounds.ts';
import { greenmask, nxs, rivalProgram } from './programs.ts';

/** Beyond this size nxs-data-anonymizer takes too long: it rewrites about 1 MB a second (docs/performance.md: 30 MB in 34.3 s). */
const maxNxsMegabytes = 60;

export async function compareWholeWay(folder: string, megabytes: number, rounds: number): Promise<void> {
  const directory = join(folder, 'postgres-rivals');
  const server = await startPostgres({ directory });
  try {
    await server.createDatabase('bench');
    await fillDatabase(server, 'bench', { megabytes });
    const environment = environmentOf(server, folder);
    await measure(`${dump} | wc -c > "$BENCH_FOLDER/bytes"`, environment);
    const bytes = Number(readFileSync(join(folder, 'bytes'), 'utf8'));
    const contenders = (await listContenders(megabytes)).map((one) => ({ ...one, environment }));
    const results = await measureAll(contenders, rounds);
    console.log(
      `\npostgres, from a running database: ${(bytes / 1e6).toFixed(0)} MB of SQL; medians of ${rounds} rounds\n`,
    );
    printTable(folder, 'SQL', bytes, contenders, results);
  } finally {
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

function environmentOf(server: PostgresServer, folder: string): Readonly<Record<string, string>> {
  // greenmask keeps its dumps there.
  mkdirSync(join(folder, 'greenmask'), { recursive: true });
  return {
    PGPASSWORD: server.password,
    BENCH_DATABASE: `host=${server.host} port=${server.port} user=${server.user} dbname=bench`,
    BENCH_BINARIES: server.binaries,
    BENCH_FOLDER: folder,
    HOLDFAST_ANONYMIZE_KEY: 'a key for the benchmark',
    GREENMASK_GLOBAL_SALT: '00112233445566778899aabbccddeeff',
  };
}

const dump = '"$BENCH_BINARIES/pg_dump" --no-owner --no-acl "$BENCH_DATABASE"';

/** The commands to compare; the first is the base. */
async function listContenders(megabytes: number): Promise<readonly Contender[]> {
  const contenders: Contender[] = [
    {
      name: 'pg_dump | pigz -6 (rewrites nothing)',
      line: `${dump} | pigz -6 > "$BENCH_FOLDER/whole.gz"`,
      output: 'whole.gz',
    },
    {
      name: 'pg_dump --schema-only; pg_dump | ours, ten columns and all addresses, .gz',
      line: `${dump} --schema-only > "$BENCH_FOLDER/whole.sql"; ${dump} | scripts/anonymize - "$BENCH_FOLDER/ours.gz" --schema "$BENCH_FOLDER/whole.sql" --rules bench/rivals/ours.yml`,
      output: 'ours.gz',
    },
  ];
  const theirs = await rivalProgram(greenmask);
  if (theirs !== undefined)
    contenders.push({
      name: 'greenmask dump --pgzip, two jobs, ten columns',
      line: `rm -rf "$BENCH_FOLDER/greenmask/"*; '${theirs}' --config bench/rivals/greenmask.yml dump --pgzip`,
      output: 'greenmask',
    });
  const slow = megabytes > maxNxsMegabytes ? undefined : await rivalProgram(nxs);
  if (slow !== undefined)
    contenders.push({
      name: 'pg_dump | nxs-data-anonymizer, ten columns | pigz -6',
      line: `${dump} | '${slow}' -t pgsql -c bench/rivals/nxs.yml -l plain | pigz -6 > "$BENCH_FOLDER/nxs.gz"`,
      output: 'nxs.gz',
    });
  if (megabytes > maxNxsMegabytes)
    console.log(`not measured: ${nxs.name}, since it takes too long beyond ${maxNxsMegabytes} MB`);
  return contenders;
}
