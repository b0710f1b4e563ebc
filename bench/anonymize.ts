/**
 * `npm run bench -- anonymize [--megabytes 500] [--rounds 3] [--engines postgres,mysql,mongodb]`: compares the anonymiser with ordinary pipelines, on the same
 * dump in the same run, and with rivals from the same running database (rivals/). Prints medians.
 */
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startPostgres } from '../lab/hosts/postgres/server.ts';
import { ensurePrerequisites } from '../lab/hosts/prerequisites.ts';
import { throughSudo } from '../lab/hosts/root.ts';
import { fillDatabase } from '../lab/rehearsals/postgres/sample/fill.ts';
import { bsonContenders, makeBsonDumps } from './anonymize-bson.ts';
import { makeMysqlDump, mysqlContenders } from './anonymize-mysql.ts';
import { type Contender, type EngineName, engineNames, measure } from './commands.ts';
import { compareWholeWay } from './rivals/whole-way.ts';
import { measureAll, printTable } from './rounds.ts';

/** A regular expression for most addresses, for sed. */
const email = '[[:alnum:]._%+-]+@[[:alnum:]-]+(\\.[[:alnum:]-]+)*\\.[[:alpha:]]{2,}';
/** Beyond this size sed takes too long. */
const maxSedMegabytes = 1000;

export async function anonymize({
  megabytes = 500,
  rounds = 3,
  engines = engineNames,
}: {
  megabytes?: number;
  rounds?: number;
  engines?: readonly EngineName[];
}): Promise<void> {
  throughSudo();
  ensurePrerequisites();
  const folder = mkdtempSync('/var/tmp/holdfast-bench-');
  chmodSync(folder, 0o755);
  try {
    for (const engine of engines) {
      const { what, make, contenders } = parts[engine];
      const bytes = await make(folder, megabytes);
      const listed = contenders(folder, megabytes);
      const results = await measureAll(listed, rounds);
      console.log(`\n${engine}: ${(bytes / 1e6).toFixed(0)} MB of ${what}; medians of ${rounds} rounds\n`);
      printTable(folder, what, bytes, listed, results);
    }
    if (engines.includes('postgres')) await compareWholeWay(folder, megabytes, rounds);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Part {
  readonly what: string;
  /** Makes the files to read. @returns bytes of what they hold */
  readonly make: (folder: string, megabytes: number) => Promise<number>;
  readonly contenders: (folder: string, megabytes: number) => readonly Contender[];
}

const parts: Readonly<Record<EngineName, Part>> = {
  postgres: { what: 'SQL', make: makeDump, contenders: listContenders },
  mysql: { what: 'SQL', make: makeMysqlDump, contenders: mysqlContenders },
  mongodb: { what: 'BSON', make: makeBsonDumps, contenders: bsonContenders },
};

/** Makes `in.gz`, `in.zst` and `schema.sql` in the folder. @returns the bytes of SQL */
async function makeDump(folder: string, megabytes: number): Promise<number> {
  const directory = join(folder, 'postgres');
  const server = await startPostgres({ directory });
  try {
    await server.createDatabase('bench');
    await fillDatabase(server, 'bench', { megabytes });
    const environment = { PGPASSWORD: server.password };
    const dump = `cd ${folder}; ${server.binaries}/pg_dump -h ${server.host} -p ${server.port} -U ${server.user} --no-owner --no-acl bench`;
    await measure(`${dump} --schema-only -f schema.sql`, environment);
    await measure(`${dump} | tee >(wc -c > bytes) | pigz -6 > in.gz; sleep 1`, environment);
    await measure(`cd ${folder}; pigz -dc in.gz | zstd -q -T2 -3 > in.zst`);
    return Number(readFileSync(join(folder, 'bytes'), 'utf8'));
  } finally {
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The commands to compare; the first is the base. */
function listContenders(folder: string, megabytes: number): readonly Contender[] {
  const file = (name: string): string => join(folder, name);
  const input = file('in.gz');
  const environment = { HOLDFAST_ANONYMIZE_KEY: 'a key for the benchmark' };
  const ours = (name: string, output: string, options = '', from = input): Contender => ({
    name: `ours, ${name}`,
    line: `scripts/anonymize ${from} ${file(output)} ${options}`,
    environment,
    output,
  });
  const recompressed = (ending: string): Contender => ({
    name: `ours, from .${ending} to .${ending}, rewriting nothing`,
    line: `MALLOC_ARENA_MAX=2 scripts/node24 bench/recompress.ts ${file(`in.${ending}`)} ${file(`again.${ending}`)}`,
    output: `again.${ending}`,
  });
  const sed: Contender = {
    name: 'zcat | sed -E | pigz -6',
    line: `zcat ${input} | LC_ALL=C sed -E 's/${email}/nobody@example.com/g' | pigz -6 > ${file('sed.gz')}`,
    output: 'sed.gz',
  };
  return [
    {
      name: 'pigz -dc | pigz -6 (rewrites nothing)',
      line: `pigz -dc ${input} | pigz -6 > ${file('pigz.gz')}`,
      output: 'pigz.gz',
    },
    ours('default rule, .gz', 'ours.gz'),
    ours('default rule, .gz, level 6', 'ours6.gz', '--level 6'),
    ours('default rule, definitions given', 'ours-s.gz', `--schema ${file('schema.sql')}`),
    ours('twenty column rules, .gz', 'rules.gz', '--rules bench/anonymize-rules.yml'),
    ours('default rule, .zst', 'ours.zst'),
    ours('default rule, .zst to .zst', 'ours-z.zst', '', file('in.zst')),
    {
      name: 'zstd -dc | zstd -T2 -3 (rewrites nothing)',
      line: `zstd -qdc ${file('in.zst')} | zstd -q -T2 -3 > ${file('zstd.zst')}`,
      output: 'zstd.zst',
    },
    recompressed('gz'),
    recompressed('zst'),
    ...(megabytes <= maxSedMegabytes ? [sed] : []),
  ];
}
