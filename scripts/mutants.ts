/** Restored copies with one thing changed: what does a proof notice? */
import { parseArgs } from 'node:util';
import { ensurePrerequisites } from '../lab/hosts/prerequisites.ts';
import { throughSudo } from '../lab/hosts/root.ts';
import { tryDumps } from './mutants/dumps.ts';

const usage = `Restored copies with one thing changed: what does a proof notice?

  npm run mutants                 dumps: all changes of lab/mutants/dumps, with what was noticed of each
  npm run mutants -- WORDS        those whose description contains one of the words
  npm run mutants -- --write      writes docs/mutants.md
  npm run mutants -- --clean 200  instead: so many dumps of a database that is written to meanwhile, each restored unchanged
`;

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
throughSudo();
ensurePrerequisites();
const right = await tryDumps({
  words: positionals,
  write: values.write,
  clean: values.clean === undefined ? undefined : Number(values.clean),
});
process.exit(right ? 0 : 1);
