/**
 * `npm run bench -- anonymize [--megabytes 500] [--rounds 3]`: the anonymiser beside the ordinary pipelines, on the same
 * dump in the same run. Medians; the contenders take turns, so that the machine's own changes meet all of them.
 */
import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { startPostgres } from '../lab/hosts/postgres/server.ts';
import { ensurePrerequisites } from '../lab/hosts/prerequisites.ts';
import { throughSudo } from '../lab/hosts/root.ts';
import { fillDatabase } from '../lab/rehearsals/postgres/sample/fill.ts';
import { type Contender, measure, median } from './commands.ts';

const address = '[[:alnum:]._%+-]+@[[:alnum:]-]+(\\.[[:alnum:]-]+)*\\.[[:alpha:]]{2,}';

export async function anonymize({
  megabytes = 500,
  rounds = 3,
}: {
  megabytes?: number;
  rounds?: number;
}): Promise<void> {
  throughSudo();
  ensurePrerequisites();
  const folder = mkdtempSync('/var/tmp/holdfast-bench-');
  chmodSync(folder, 0o755);
  const file = (name: string): string => join(folder, name);
  try {
    const server = await startPostgres({ directory: file('postgres') });
    let sqlBytes = 0;
    try {
      await server.createDatabase('bench');
      await fillDatabase(server, 'bench', { megabytes });
      const environment = { PGPASSWORD: server.password };
      const dump = `${server.binaries}/pg_dump -h ${server.host} -p ${server.port} -U ${server.user} --no-owner --no-acl`;
      await measure(`${dump} --schema-only -f ${file('schema.sql')} bench`, environment);
      await measure(
        `${dump} bench | tee >(wc -c > ${file('bytes')}) | pigz -6 > ${file('in.gz')}; sleep 1`,
        environment,
      );
      sqlBytes = Number(await import('node:fs').then(({ readFileSync }) => readFileSync(file('bytes'), 'utf8')));
    } finally {
      await server.stop();
      rmSync(file('postgres'), { recursive: true, force: true });
    }
    const input = file('in.gz');
    const ours = (output: string, more = ''): string => `scripts/anonymize ${input} ${file(output)} ${more}`;
    const environment = { HOLDFAST_ANONYMIZE_KEY: 'a key for the benchmark' };
    const contenders: Contender[] = [
      {
        name: 'pigz -dc | pigz -6 (rewrites nothing)',
        line: `pigz -dc ${input} | pigz -6 > ${file('pigz.gz')}`,
        output: 'pigz.gz',
      },
      { name: 'ours, default rule, .gz', line: ours('ours.gz'), environment, output: 'ours.gz' },
      {
        name: 'ours, default rule, .gz, level 6',
        line: ours('ours6.gz', '--level 6'),
        environment,
        output: 'ours6.gz',
      },
      {
        name: 'ours, default rule, definitions given',
        line: ours('ours-s.gz', `--schema ${file('schema.sql')}`),
        environment,
        output: 'ours-s.gz',
      },
      {
        name: 'ours, twenty column rules, .gz',
        line: ours('rules.gz', '--rules bench/anonymize-rules.yml'),
        environment,
        output: 'rules.gz',
      },
      { name: 'ours, default rule, .zst', line: ours('ours.zst'), environment, output: 'ours.zst' },
    ];
    if (megabytes <= 1000)
      contenders.push({
        name: 'zcat | sed -E | pigz -6',
        line: `zcat ${input} | LC_ALL=C sed -E 's/${address}/nobody@example.com/g' | pigz -6 > ${file('sed.gz')}`,
        output: 'sed.gz',
      });
    const seconds = new Map(contenders.map(({ name }) => [name, [] as number[]]));
    const memory = new Map<string, number>();
    for (let round = 1; round <= rounds; round += 1)
      for (const { name, line, environment: own } of contenders) {
        const one = await measure(line, own);
        seconds.get(name)?.push(one.seconds);
        memory.set(name, Math.max(memory.get(name) ?? 0, one.memory));
        console.error(`round ${round}: ${name}: ${one.seconds.toFixed(1)} s`);
      }
    const base = median(seconds.get(contenders[0]?.name ?? '') ?? []);
    console.log(
      `${(sqlBytes / 1e6).toFixed(0)} MB of SQL, ${(statSync(input).size / 1e6).toFixed(0)} MB as .gz; medians of ${rounds}\n`,
    );
    console.log('| command | MB of SQL a second | against the first | peak memory (MiB) | result (MB) |');
    console.log('|---|---|---|---|---|');
    for (const { name, output } of contenders) {
      const middle = median(seconds.get(name) ?? []);
      const size = output === undefined ? '' : (statSync(file(output)).size / 1e6).toFixed(0);
      console.log(
        `| ${name} | ${(sqlBytes / 1e6 / middle).toFixed(0)} | ${(base / middle).toFixed(2)} | ${(memory.get(name) ?? 0).toFixed(0)} | ${size} |`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
