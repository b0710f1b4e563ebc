/** Dumps of one's own, anonymised, restored and compared with what they were. */
import {
  appendFileSync,
  chmodSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { type MysqlServer, startMysql } from '../lab/hosts/mysql/server.ts';
import { startPostgres } from '../lab/hosts/postgres/server.ts';
import { ensurePrerequisites } from '../lab/hosts/prerequisites.ts';
import { throughSudo } from '../lab/hosts/root.ts';
import type { Trial } from '../lab/trydumps/anonymised.ts';
import { tryMysqlDump } from '../lab/trydumps/mysql/trial.ts';
import { tryDump } from '../lab/trydumps/trial.ts';
import { beginsLikeMysql } from '../src/anonymize/format/input/mysql-heads.ts';
import { readCommandLine } from './lib/command-line.ts';

const usage = `npm run trydumps -- FOLDER [options]

Takes every .sql file of a folder through the anonymiser, on servers of its own (PostgreSQL, or MariaDB for files of mysqldump, whose
tables are not filled): loads it, dumps it again, anonymises
both without rules, with the rules that --audit proposes, and with rules derived from the definitions; restores each result, and
compares it with the source: definitions, sequences, large objects, and each value of each row with its rule, read in SQL.
Of files that do not load whole, such as those that need an extension, what loads is tried, and the server's first message listed. Nothing leaves this computer.

  --fill N        make up N rows with addresses for each table that has none
  --report FILE   also write the outcomes as JSON, one line a dump
  --only WORD     only files whose path holds this word
  --keep FOLDER   keep the files of the last dump there, for looking into a difference
  -h, --help      print this text

Exit status: 0 when every result is the same, 1 when one is not, 2 for wrong arguments.`;

const { values, positionals } = readCommandLine(usage, {
  allowPositionals: true,
  options: {
    fill: { type: 'string', default: '0' },
    report: { type: 'string' },
    only: { type: 'string' },
    keep: { type: 'string' },
  },
});
const [folder, more] = positionals;
if (folder === undefined || more !== undefined || !statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
  console.error(`one FOLDER with dumps is needed\n${usage}`);
  process.exit(2);
}
const fill = Number(values.fill);
if (!Number.isInteger(fill) || fill < 0) {
  console.error(`--fill: ${values.fill} is not a number of rows\n${usage}`);
  process.exit(2);
}
throughSudo();
ensurePrerequisites();
process.exit((await tryAll(folder)) ? 0 : 1);

async function tryAll(from: string): Promise<boolean> {
  const files = (readdirSync(from, { recursive: true }) as string[])
    .filter((name) => name.endsWith('.sql') && name.includes(values.only ?? ''))
    .toSorted();
  const own = values.keep ?? mkdtempSync('/var/tmp/holdfast-trydumps-');
  mkdirSync(own, { recursive: true });
  const directory = mkdtempSync('/var/tmp/holdfast-trydumps-server-');
  if (values.report !== undefined) writeFileSync(values.report, '');
  chmodSync(directory, 0o755);
  const server = await startPostgres({ directory: join(directory, 'postgres') });
  const mysqlDirectory = join(directory, 'mariadb');
  let mariadb: MysqlServer | undefined;
  const counts = { same: 0, unloaded: 0, wrong: 0 };
  try {
    for (const name of files) {
      const file = join(from, name);
      const isMysql = beginsLikeMysql(headOf(file));
      if (isMysql) mariadb ??= await startMysql({ directory: mysqlDirectory });
      const trial =
        mariadb && isMysql
          ? await tryMysqlDump(mariadb, mysqlDirectory, file, own)
          : await tryDump(server, file, own, fill);
      print(trial, relative(from, trial.file));
      if (values.report !== undefined) appendFileSync(values.report, `${JSON.stringify(trial)}\n`);
      if (trial.tables === 0 && trial.loadErrors.length > 0) counts.unloaded += 1;
      else if (trial.outcomes.every(({ result }) => result === 'same')) counts.same += 1;
      else counts.wrong += 1;
    }
  } finally {
    await server.stop();
    await mariadb?.stop();
    rmSync(directory, { recursive: true, force: true });
    if (values.keep === undefined) rmSync(own, { recursive: true, force: true });
  }
  console.log(`${counts.same} dumps the same, ${counts.wrong} not, ${counts.unloaded} do not load`);
  return counts.wrong === 0;
}

function headOf(file: string): string {
  const head = Buffer.alloc(4096);
  const descriptor = openSync(file, 'r');
  try {
    return head.toString('utf8', 0, readSync(descriptor, head));
  } finally {
    closeSync(descriptor);
  }
}

function print({ loadErrors, tables, rows, filled, outcomes }: Trial, name: string): void {
  if (tables === 0 && loadErrors.length > 0) {
    console.log(`${name}: does not load: ${loadErrors[0]}`);
    return;
  }
  const wrong = outcomes.filter(({ result }) => result !== 'same');
  console.log(
    `${name}: ${tables} tables, ${rows} rows${filled > 0 ? `, ${filled} of them made up` : ''}${loadErrors.length > 0 ? `, without what needs ${JSON.stringify(loadErrors[0])}` : ''}: ${wrong.length === 0 ? 'the same' : 'NOT the same'} in ${outcomes.length} ways`,
  );
  for (const { input, way, result, details } of wrong)
    for (const line of details.slice(0, 5)) console.log(`  ${input}, ${way}: ${result}: ${line.slice(0, 300)}`);
}
