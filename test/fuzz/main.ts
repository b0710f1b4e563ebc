/** `npm run fuzz -- anonymize`: searches for dumps that the anonymiser gets wrong. */
import { parseArgs } from 'node:util';
import { fuzz, tryForms } from './fuzz.ts';

const usage = `npm run fuzz -- anonymize [options]

Makes up databases, anonymises their dumps, and reads the results with a search of its own. Each find is made as small as it
can be and kept in test/fuzz/corpus, where it stays as a test.

  --minutes N   how long; default 1
  --seed S      the first seed; default: drawn by chance, and printed
  --keep-going  go on after a find
  --forms       instead: each form of an address once, with what is wrong about it`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string' },
    'keep-going': { type: 'boolean', default: false },
    forms: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help || positionals[0] !== 'anonymize') {
  console.log(usage);
  process.exit(values.help ? 0 : 2);
}
if (values.forms) process.exit((await tryForms((line) => console.log(line))) === 0 ? 0 : 1);
const finds = await fuzz({
  seconds: Number(values.minutes) * 60,
  seed: values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed),
  keepGoing: values['keep-going'],
  print: (line) => console.log(line),
});
process.exit(finds === 0 ? 0 : 1);
