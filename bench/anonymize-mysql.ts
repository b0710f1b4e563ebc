/**
 * `npm run bench -- anonymize`: a dump of MySQL, beside the same file decompressed and compressed again, and beside myanon
 * (https://github.com/ppomes/myanon) where that is installed: HOLDFAST_BENCH_MYANON names it, or it is on the PATH.
 */
import { spawnSync } from 'node:child_process';
import { createWriteStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Contender, measure } from './commands.ts';
import { writeMysqlSample } from './mysql-sample.ts';

/**
 * Its rules name columns; it does not look for addresses in texts, so all of `notes.text` goes. An address has room for 32
 * characters, less its domain and the @ (myanon's main/configparser.y).
 */
const myanonRules = `secret = 'a key for the benchmark'
tables = {
  \`users\` = {
    \`email\` = emailhash 'example.com' 20
  }
  \`notes\` = {
    \`text\` = texthash 32
  }
}
`;

/** Makes `mysql.sql.gz` in the folder. @returns the bytes of SQL */
export async function makeMysqlDump(folder: string, megabytes: number): Promise<number> {
  const bytes = await writeMysqlSample(createWriteStream(join(folder, 'mysql.sql')), megabytes);
  await measure(`pigz -6 ${join(folder, 'mysql.sql')}`);
  writeFileSync(join(folder, 'myanon.conf'), myanonRules);
  return bytes;
}

/** @returns undefined where it is not installed, which the output says */
function findMyanon(): string | undefined {
  const name = process.env.HOLDFAST_BENCH_MYANON ?? 'myanon';
  if (spawnSync('bash', ['-c', 'command -v "$0"', name]).status === 0) return name;
  console.log(
    `\nnot measured: myanon, since no registry has it, and there is no ${name} (HOLDFAST_BENCH_MYANON names its program)`,
  );
  return undefined;
}

/** The commands to compare; the first is the base. */
export function mysqlContenders(folder: string): readonly Contender[] {
  const file = (name: string): string => join(folder, name);
  const input = file('mysql.sql.gz');
  const environment = { HOLDFAST_ANONYMIZE_KEY: 'a key for the benchmark' };
  const myanon = findMyanon();
  const theirs: Contender = {
    name: 'pigz -dc | myanon, two columns | pigz -6',
    line: `pigz -dc ${input} | '${myanon}' -f ${file('myanon.conf')} | pigz -6 > ${file('mysql.myanon.gz')}`,
    output: 'mysql.myanon.gz',
  };
  return [
    {
      name: 'pigz -dc | pigz -6 (rewrites nothing)',
      line: `pigz -dc ${input} | pigz -6 > ${file('mysql.pigz.gz')}`,
      output: 'mysql.pigz.gz',
    },
    {
      name: 'ours, default rule, .gz',
      line: `scripts/anonymize ${input} ${file('mysql.ours.sql.gz')}`,
      environment,
      output: 'mysql.ours.sql.gz',
    },
    {
      name: 'ours, two columns and all addresses, .gz',
      line: `scripts/anonymize ${input} ${file('mysql.rules.sql.gz')} --rules bench/rivals/ours-mysql.yml`,
      environment,
      output: 'mysql.rules.sql.gz',
    },
    ...(myanon === undefined ? [] : [theirs]),
  ];
}
