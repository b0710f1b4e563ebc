/** Restored copies with one thing changed: what does a proof notice? */
import { parseArgs } from 'node:util';
import { ensurePrerequisites } from '../lab/hosts/prerequisites.ts';
import { throughSudo } from '../lab/hosts/root.ts';
import { tryDumps } from './mutants/dumps.ts';
import { tryMongo } from './mutants/mongodb.ts';
import { tryMysql } from './mutants/mysql.ts';
import { tryVolumes } from './mutants/volumes.ts';

const usage = `Restored copies with one thing changed: what does a proof notice?

  npm run mutants                            dumps of PostgreSQL: all changes of lab/mutants/dumps, with what was noticed of each
  npm run mutants -- WORDS                   those whose description contains one of the words
  npm run mutants -- --write                 writes docs/mutants.md
  npm run mutants -- --clean 200             instead: so many dumps of a database that is written to meanwhile, each restored unchanged

  npm run mutants -- volumes                 data volumes of MariaDB: all changes of lab/mutants/volumes
  npm run mutants -- volumes WORDS           those whose description contains one of the words
  npm run mutants -- volumes --write         writes docs/mutants-volumes.md
  npm run mutants -- volumes --clean 100     instead: so many backups of a server that is written to meanwhile, each proven unchanged

  npm run mutants -- mongodb                 dumps of MongoDB: all changes of lab/mutants/mongodb
  npm run mutants -- mongodb WORDS           those whose description contains one of the words
  npm run mutants -- mongodb --write         writes docs/mutants-mongodb.md
  npm run mutants -- mongodb --clean 50      instead: so many dumps of servers that are written to meanwhile, each restored unchanged

  npm run mutants -- mysql                   dumps of MariaDB: all changes of lab/mutants/mysql
  npm run mutants -- mysql WORDS             those whose description contains one of the words
  npm run mutants -- mysql --write           writes docs/mutants-mysql.md
  npm run mutants -- mysql --clean 50        instead: so many dumps of a server that is written to meanwhile, each restored unchanged

It ends with status 1 when a change was overlooked that a user could miss, or a faithful copy was called bad. What an interrupted
run with volumes has left, npm run lab -- down removes.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    write: { type: 'boolean', default: false },
    clean: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help) {
  console.log(usage);
  process.exit(0);
}
if (values.clean !== undefined && !/^[1-9]\d{0,4}$/.test(values.clean)) {
  console.error(`--clean: "${values.clean}" is no number of copies; allowed: 1 to 99999`);
  process.exit(2);
}
throughSudo();
ensurePrerequisites();
const others = new Map([
  ['volumes', tryVolumes],
  ['mongodb', tryMongo],
  ['mysql', tryMysql],
]);
const other = others.get(positionals[0] ?? '');
const right = await (other ?? tryDumps)({
  words: other ? positionals.slice(1) : positionals,
  write: values.write,
  clean: values.clean === undefined ? undefined : Number(values.clean),
});
process.exit(right ? 0 : 1);
