/**
 * Cron expressions as GitHub reads them: five fields of POSIX cron with the operators `*`, `,`, `-` and `/`, names of months and
 * days, 0 to 6 for the day of the week (GitHub Docs, "Events that trigger workflows", schedule). `@daily` is not supported
 * there, and neither are seconds, `L`, `W`, `#` and `?`, all of which cron libraries know.
 */

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Names for numbers from `min` on. */
  readonly words: readonly string[];
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const fields: readonly Field[] = [
  { name: 'minute', min: 0, max: 59, words: [] },
  { name: 'hour', min: 0, max: 23, words: [] },
  { name: 'day of the month', min: 1, max: 31, words: [] },
  { name: 'month', min: 1, max: 12, words: months },
  { name: 'day of the week', min: 0, max: 6, words: days },
];

/** Without spaces around it, and with one between two fields. */
export const tidy = (text: string): string => text.trim().replace(/[ \t]+/g, ' ');

/** @returns what GitHub would refuse in an expression, each problem with what is allowed; none when it is right */
export function problemsOfExpression(expression: string): readonly string[] {
  if (expression.startsWith('@'))
    return [`GitHub does not know "${expression}"; allowed: five fields, such as "0 0 * * *" for daily`];
  const given = expression.split(' ');
  if (given.length !== fields.length)
    return [
      `"${expression}" has ${given.length} field${given.length === 1 ? '' : 's'}; allowed: five: ${fields.map(({ name }) => name).join(', ')}${given.length === 6 ? ' (GitHub knows no seconds and no years)' : ''}`,
    ];
  return fields.flatMap((field, at) => problemsOfField(given[at] ?? '', field));
}

function problemsOfField(text: string, field: Field): readonly string[] {
  return text.split(',').flatMap((item) => {
    const problem = problemOfItem(item, field);
    return problem === undefined ? [] : [`${field.name} "${text}": ${problem}; allowed: ${allowed(field)}`];
  });
}

function problemOfItem(item: string, field: Field): string | undefined {
  if (item === '') return 'a list has an empty item';
  const [range = '', step, ...more] = item.split('/');
  if (more.length > 0) return `"${item}" has two steps`;
  if (step !== undefined && !(/^\d+$/.test(step) && Number(step) >= 1 && Number(step) <= field.max))
    return `the step "${step}" is not a number from 1 to ${field.max}`;
  if (range === '*') return undefined;
  const [from = '', to, ...rest] = range.split('-');
  if (rest.length > 0) return `"${range}" is not a range`;
  for (const value of to === undefined ? [from] : [from, to])
    if (numberOf(value, field) === undefined) return problemOfValue(value, field);
  return to !== undefined && Number(numberOf(to, field)) < Number(numberOf(from, field))
    ? `the range "${range}" ends before it begins`
    : undefined;
}

function problemOfValue(value: string, field: Field): string {
  if (value === '7' && field.words === days) return 'GitHub knows no day 7: Sunday is 0';
  if (/^(\?|\d*[LW#]\S*)$/i.test(value)) return `"${value}" is of other cron programs, and GitHub does not know it`;
  return `"${value}" is not a value of it`;
}

function numberOf(text: string, { min, max, words }: Field): number | undefined {
  const word = words.indexOf(text.toLowerCase());
  if (word >= 0) return min + word;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return value >= min && value <= max ? value : undefined;
}

function allowed({ min, max, words }: Field): string {
  const names = words.length === 0 ? '' : `, ${words[0]?.toUpperCase()} to ${words.at(-1)?.toUpperCase()}`;
  return `*, ${min} to ${max}${names}, lists (a,b), ranges (a-b), steps (*/n)`;
}

/**
 * The same runs, written as every cron program reads them. GitHub's `20/15` is "every 15 minutes starting from minute 20 through 59" (GitHub
 * Docs, "Events that trigger workflows", schedule), which POSIX does not have: `20-59/15`.
 */
export function withWholeRanges(expression: string): string {
  const ofItem = (item: string, { max }: Field): string => item.replace(/^([^*/-]+)\//, `$1-${max}/`);
  return expression
    .split(' ')
    .map((text, at) => {
      const field = fields[at];
      return field === undefined
        ? text
        : text
            .split(',')
            .map((item) => ofItem(item, field))
            .join(',');
    })
    .join(' ');
}

/** Whether both the day of the month and the day of the week are restricted: then either of them starts a run (POSIX, crontab). */
export function eitherDay(expression: string): boolean {
  const [, , dayOfMonth, , dayOfWeek] = expression.split(' ');
  return dayOfMonth !== '*' && dayOfWeek !== '*';
}
