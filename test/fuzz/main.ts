/** `npm run fuzz -- anonymize`: searches for dumps that the anonymiser gets wrong. */
import { parseArgs } from 'node:util';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { throughSudo } from '../../lab/hosts/root.ts';
import { tryForms } from './forms.ts';
import { type FuzzOptions, fuzz } from './fuzz.ts';
import { tryMutants } from './mutants/run.ts';
import { FuzzServer } from './servers.ts';

const usage = `npm run fuzz -- anonymize [options]

Makes up databases, anonymises their dumps, and reads the results with a search of its own. Each find is made as small as it
can be and kept in test/fuzz/corpus, where it stays as a test.

  --minutes N   how long; default 1
  --seed S      the first seed; default: drawn by chance, and printed; of --mutants 1
  --keep-going  go on after a find
  --servers     also on a real PostgreSQL: what comes out is restored, and compared
  --forms       instead: each form of an address once, with what is wrong about it; with --servers each kind of constraint
  --mutants     instead: changes rewriter and leak check in one small way at a time; words name files
  --sample N    so many of the mutants, which the seed chooses; default: all`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string' },
    'keep-going': { type: 'boolean', default: false },
    servers: { type: 'boolean', default: false },
    mutants: { type: 'boolean', default: false },
    sample: { type: 'string' },
    forms: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help || positionals[0] !== 'anonymize') {
  console.log(usage);
  process.exit(values.help ? 0 : 2);
}
if (values.servers) {
  throughSudo();
  ensurePrerequisites();
}
const server = values.servers ? await FuzzServer.start() : undefined;
const print = (line: string): void => console.log(line);
try {
  process.exitCode = (await chosen(server)) === 0 ? 0 : 1;
} finally {
  await server?.stop();
}

/** @returns how many finds there were */
function chosen(started: FuzzServer | undefined): Promise<number> {
  if (values.mutants) {
    const sample = values.sample === undefined ? undefined : Number(values.sample);
    return tryMutants({ words: positionals.slice(1), sample, seed: Number(values.seed ?? 1), print });
  }
  return values.forms ? tryForms(print, started) : fuzz(options(started));
}

function options(started: FuzzServer | undefined): FuzzOptions {
  return {
    seconds: Number(values.minutes) * 60,
    seed: values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed),
    keepGoing: values['keep-going'],
    server: started,
    print,
  };
}
