/** `npm run reschedule`: changes when a workflow runs, in the one line that says so. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { BackupError, ConfigurationError } from '../src/runtime/errors.ts';
import { problemsOfExpression, tidy } from '../src/runtime/schedule/expression.ts';
import { nextRuns, timeZoneOf } from '../src/runtime/schedule/runs.ts';
import { readCommandLine, reportFailure } from './lib/command-line.ts';
import { clockTime, inWords, warningsOf } from './schedule/warnings.ts';
import { type CronLine, cronLines, withExpression } from './schedule/workflow-line.ts';

const usage = `npm run reschedule -- WORKFLOW 'MINUTE HOUR DAY MONTH WEEKDAY' [options]
npm run reschedule -- --file FILE 'MINUTE HOUR DAY MONTH WEEKDAY' [options]

Says in words when a schedule runs, and changes the one cron line of .github/workflows/WORKFLOW.yml, and nothing else in it.

  --file FILE      the workflow file, also of another repository, in place of WORKFLOW
  --which WHICH    where a workflow has several cron lines: the number of one, or its expression
  --timezone ZONE  show the next runs also by this clock, such as Europe/Zurich; the schedule keeps its own time zone
  --dry-run        change nothing
  -h, --help       print this text

Exit status: 0 done, 1 failed, 2 wrong arguments.`;

const folder = '.github/workflows';

function main(): void {
  const { values, positionals } = readCommandLine(usage, {
    allowPositionals: true,
    options: {
      file: { type: 'string' },
      which: { type: 'string' },
      timezone: { type: 'string' },
      'dry-run': { type: 'boolean' },
    },
  });
  const words = values.file === undefined ? positionals.slice(1) : positionals;
  const [given = ''] = words;
  const expression = tidy(given);
  const zone = values.timezone === undefined ? undefined : timeZoneOf(values.timezone);
  refuse([
    ...(values.file === undefined && positionals.length === 0 ? ['WORKFLOW: such as mongodb-backup'] : []),
    ...(words.length === 1
      ? problemsOfExpression(expression)
      : [`the expression: ${words.length} words are given; allowed: one, in single quotes: '23 2 * * *'`]),
    ...(values.timezone !== undefined && zone === undefined
      ? [`--timezone: "${values.timezone}" is not a time zone; allowed: names of IANA's, such as Europe/Zurich`]
      : []),
  ]);
  const file = values.file ?? workflowFile(positionals[0] ?? '');
  const text = read(file);
  const chosen = choose(cronLines(text, file), values.which, file);
  describe(chosen, expression, zone);
  const changed = withExpression(text, chosen, expression, file);
  if (changed === text) console.log(`\nline ${chosen.line} of ${file} says so already`);
  else if (values['dry-run']) show(file, text, changed, chosen.line);
  else {
    writeFileSync(file, changed);
    show(file, text, changed, chosen.line);
    handIn(file, expression);
  }
  if (changed !== text) noteConditions(text, chosen);
}

/** @throws ConfigurationError that lists them */
function refuse(problems: readonly string[]): void {
  if (problems.length === 0) return;
  throw new ConfigurationError({
    what: 'these arguments are missing or wrong; nothing was changed',
    problems,
    fix: 'npm run reschedule -- --help',
  });
}

/** @throws BackupError that names the workflows there are */
function workflowFile(name: string): string {
  const names = [name, `${name}.yml`, `${name}.yaml`].filter((one) => /^[\w.-]+\.ya?ml$/.test(one));
  const found = names.map((one) => join(folder, one)).find((path) => existsSync(path));
  if (found !== undefined) return found;
  const there = existsSync(folder) ? readdirSync(folder).filter((one) => /\.ya?ml$/.test(one)) : [];
  const scheduled = there.filter((one) => cronLines(read(join(folder, one)), one).length > 0);
  throw new BackupError({
    what: `there is no workflow ${name} in ${folder}`,
    fix: `those with a schedule are ${scheduled.map((one) => one.replace(/\.ya?ml$/, '')).join(', ') || 'none'}; --file names a file elsewhere`,
  });
}

/** @throws BackupError when it cannot be read, or is not in UTF-8, of which no byte would be kept */
function read(file: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const near = existsSync(dirname(file)) ? readdirSync(dirname(file)).filter((one) => /\.ya?ml$/.test(one)) : [];
    throw new BackupError({
      what: `${file} cannot be read: ${(error as Error).message}`,
      fix: near.length === 0 ? 'check the path' : `in its folder there are ${near.join(', ')}`,
    });
  }
  const text = bytes.toString('utf8');
  if (Buffer.from(text).equals(bytes)) return text;
  throw new BackupError({ what: `${file} is not in UTF-8; nothing was changed`, fix: 'save it in UTF-8' });
}

/** @throws BackupError when there is none, or it is not clear which */
function choose(lines: readonly CronLine[], which: string | undefined, file: string): CronLine {
  const list = lines.map(({ line, expression }, at) => `${at + 1}: "${expression}" (line ${line})`).join(', ');
  const [only] = lines;
  if (only === undefined)
    throw new BackupError({
      what: `${file} has no schedule`,
      likelyCause: 'it is called by another workflow, whose file has the schedule',
      fix: `name that file with --file, or give this one a schedule: on: { schedule: [{ cron: "23 2 * * *" }] }`,
    });
  const wanted = which === undefined ? undefined : tidy(which);
  const found = lines.filter(({ expression }, at) => wanted === String(at + 1) || wanted === tidy(expression));
  const chosen = wanted === undefined && lines.length === 1 ? only : found.length === 1 ? found[0] : undefined;
  if (chosen) return chosen;
  throw new BackupError({
    what:
      wanted === undefined
        ? `${file} has ${lines.length} cron lines`
        : `${found.length === 0 ? 'none' : `${found.length}`} of the cron lines of ${file} is ${wanted}`,
    fix: `say with --which which one to change: ${list}`,
  });
}

/** @throws BackupError for a schedule that never comes */
function describe(chosen: CronLine, expression: string, shown: string | undefined): void {
  const now = new Date();
  const own = timeZoneOf(chosen.timeZone ?? 'UTC');
  if (own === undefined)
    throw new BackupError({
      what: `line ${chosen.line}: its timezone "${chosen.timeZone}" is none that this computer knows`,
      fix: 'use a name of IANA, such as Europe/Zurich',
    });
  const runs = nextRuns({ expression, timeZone: own }, 3, now);
  if (runs.length === 0)
    throw new BackupError({
      what: `"${expression}" never comes: no such day exists; nothing was changed`,
      fix: 'choose a day that the month has',
    });
  const zones = [...new Set(['UTC', own, ...(shown === undefined ? [] : [shown])])];
  console.log(`"${expression}": ${inWords(expression)} (${own})\n\nThe next runs:`);
  for (const at of runs) console.log(`  ${zones.map((zone) => clockTime(at, zone)).join(' = ')}`);
  for (const warning of warningsOf({ expression, timeZone: own }, now, shown)) console.log(`\nwarning: ${warning}`);
}

function show(file: string, before: string, after: string, line: number): void {
  const of = (text: string): string => (text.split(/\r\n|\n|\r/)[line - 1] ?? '').trim();
  console.log(`\n${file}, line ${line}:\n- ${of(before)}\n+ ${of(after)}`);
}

const word = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

function handIn(file: string, expression: string): void {
  const inside = relative(process.cwd(), file);
  const elsewhere = inside.startsWith('..');
  // Git, and the path as it names it: of this repository, or of the one that the file is in.
  const git = elsewhere ? `git -C ${word(dirname(file))}` : 'git';
  const path = word(elsewhere ? basename(file) : inside);
  console.log(`
To hand it in:
  ${git} diff -- ${path}
  ${git} switch -c reschedule
  ${git} commit -m ${word(`${basename(file).replace(/\.ya?ml$/, '')} runs at ${expression}`)} -- ${path}
  ${git} push -u origin reschedule
It holds once it is on the default branch: GitHub reads schedules there only.`);
}

/** Steps may ask which schedule started them. */
function noteConditions(text: string, { expression }: CronLine): void {
  if (/github\.event\.schedule/.test(text) && text.split(expression).length > 2)
    console.log(
      `\nwarning: the file asks for github.event.schedule and names "${expression}" elsewhere: change it there as well`,
    );
}

try {
  main();
} catch (error) {
  process.exitCode = reportFailure(error);
}
