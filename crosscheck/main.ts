/** `npm run crosscheck`: Holdfast, its lab and its templates against what nobody here wrote. */
import { throughSudo } from '../lab/hosts/root.ts';
import { readCommandLine } from '../scripts/lib/command-line.ts';
import { writeDifferences } from './differences.ts';
import { hear, isWhole, isWrong, linesOf } from './hear.ts';
import { record, recordedPoints } from './record.ts';
import { witnesses } from './witnesses/all.ts';

const names = [...witnesses.keys()];
const { values, positionals } = readCommandLine(
  `npm run crosscheck [-- NAME ...] [-- --without NAME] [-- --record] [-- --accept]

Compares Holdfast, its lab and its templates with what others wrote, and names every point at which they differ.
Without a name, all are asked: ${names.join(', ')}.
What this computer cannot have is named, with the reason; in CI that is a failure.
--without: all but this one; may be given several times.
--record: writes what was heard to docs/crosscheck.json and the table of docs/crosscheck.md.
--accept: writes what both sides say where they differ as known to crosscheck/witnesses/NAME/differences.jsonl; read what changed there.`,
  {
    options: { record: { type: 'boolean' }, accept: { type: 'boolean' }, without: { type: 'string', multiple: true } },
    allowPositionals: true,
  },
);
const { without = [] } = values;
const unknown = [...positionals, ...without].filter((name) => !witnesses.has(name));
if (unknown.length > 0) {
  console.error(`crosscheck: there is no ${unknown.join(', ')}; allowed: ${names.join(', ')}`);
  process.exit(2);
}
throughSudo();
const strict = Boolean(process.env.CI);
let [wrong, absent] = [0, 0];
const chosen = (positionals.length > 0 ? positionals : names).filter((name) => !without.includes(name));
for (const name of chosen) {
  const load = witnesses.get(name);
  if (!load) continue;
  const testimony = await hear(await load(), values.accept, values.record ? 0 : recordedPoints(name));
  console.log(linesOf(testimony, strict).join('\n'));
  if (testimony.absent !== undefined) absent += 1;
  if (values.accept && isWhole(testimony)) writeDifferences(name, testimony.named);
  if (isWrong(testimony, strict)) wrong += 1;
  else if (values.record && testimony.absent === undefined) record(testimony);
}
const notAsked = absent === 0 ? '' : `; ${absent} of ${chosen.length} could not be asked`;
console.log(
  wrong > 0
    ? `${wrong} of the witnesses disagree or were not asked: see ✗ above`
    : `every witness that was asked agrees${notAsked}`,
);
// Servers of a witness that failed may still hold the process.
process.exit(wrong === 0 ? 0 : 1);
