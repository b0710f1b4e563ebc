/** What a customer backs up in a leap year, by which schedules, and what is changed meanwhile. */
import type { BackupKind } from '../../../../../src/domain/backup.ts';

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;
export const start = Date.parse('2028-01-01T00:00:00Z');
export const end = Date.parse('2029-01-01T00:00:00Z');
/** From then on GitHub starts nothing any more. */
export const silent = Date.parse('2028-09-12T00:00:00Z');

/** A day of the calendar of a zone; Sunday is 0. */
export interface Day {
  readonly month: number;
  readonly date: number;
  readonly weekday: number;
}

/** A line of `on.schedule`, and the same once more for whoever does not read cron: at which times of the zone's clock, and on which days. */
export interface Line {
  readonly cron: string;
  readonly timeZone: string;
  readonly at: readonly string[];
  readonly on?: (day: Day) => boolean;
}

/** What holds for some time. */
interface Period {
  readonly from?: number;
  readonly to?: number;
}

export const holds = ({ from = start, to = end }: Period, time: number): boolean => from <= time && time < to;

export interface Job extends Period {
  readonly source: string;
  readonly kind: BackupKind;
  /** Every run fails until then. */
  readonly failsUntil?: number;
}

/** A workflow file, as it is for some time. */
export interface WorkflowFile extends Period {
  readonly path: string;
  readonly lines: readonly Line[];
  /** Days (UTC) on which GitHub starts no run of it, beside those of chance. */
  readonly dropped?: readonly string[];
  readonly jobs: readonly Job[];
}

const june = Date.parse('2028-06-10T09:30:00Z');
const [paused, resumed] = [Date.parse('2028-04-10T11:00:00Z'), Date.parse('2028-05-20T07:10:00Z')];
const dump = (source: string, more: Partial<Job> = {}): Job => ({ source, kind: 'database-dump', ...more });
const line = (cron: string, timeZone: string, at: readonly string[], on?: Line['on']): Line => ({
  ...{ cron, timeZone, at },
  ...(on && { on }),
});
const workdays = ({ weekday }: Day): boolean => weekday >= 1 && weekday <= 5;

const pausedLine = line('48 0 * * *', 'Europe/Zurich', ['00:48']);
const pausedFile = { path: 'paused.yml', jobs: [dump('paused')] };
const movedFile = { path: 'moved.yml', jobs: [dump('moved')] };

export const files: readonly WorkflowFile[] = [
  {
    path: 'nightly.yml',
    lines: [line('23 2 * * *', 'UTC', ['02:23'])],
    jobs: [
      dump('daily'),
      dump('never', { failsUntil: Date.parse('2028-03-10T00:00:00Z') }),
      dump('old-name', { to: june }),
      dump('new-name', { from: june }),
      dump('deleted', { to: Date.parse('2028-05-04T11:00:00Z') }),
    ],
  },
  // In an hour that daylight saving skips in March, and repeats in October.
  {
    path: 'volume.yml',
    lines: [line('30 2 * * *', 'Europe/Zurich', ['02:30'])],
    dropped: ['2028-03-26', '2028-10-29'],
    jobs: [{ source: 'zurich', kind: 'volume-snapshot' }],
  },
  {
    path: 'often.yml',
    lines: [line('7 */6 * * *', 'America/New_York', ['00:07', '06:07', '12:07', '18:07'])],
    jobs: [dump('often')],
  },
  {
    path: 'weekly.yml',
    lines: [line('41 4 * * 0', 'UTC', ['04:41'], ({ weekday }) => weekday === 0)],
    jobs: [dump('weekly')],
  },
  {
    path: 'monthly.yml',
    lines: [line('11 5 1 * *', 'Australia/Sydney', ['05:11'], ({ date }) => date === 1)],
    dropped: ['2028-05-31'],
    jobs: [dump('monthly')],
  },
  {
    path: 'leap.yml',
    lines: [line('15 7 29 2 *', 'UTC', ['07:15'], ({ month, date }) => month === 2 && date === 29)],
    dropped: ['2028-02-29'],
    jobs: [dump('leap')],
  },
  {
    path: 'two-lines.yml',
    lines: [
      line('5 6 * * 1-5', 'Europe/London', ['06:05'], workdays),
      line('35 18 * * 0,6', 'Europe/London', ['18:35'], (one) => !workdays(one)),
    ],
    jobs: [dump('two-lines')],
  },
  // A source in two workflows, of which one is deleted.
  {
    path: 'both-a.yml',
    lines: [line('17 3 * * *', 'UTC', ['03:17'])],
    jobs: [dump('both')],
    to: Date.parse('2028-08-01T08:00:00Z'),
  },
  { path: 'both-b.yml', lines: [line('17 15 * * *', 'UTC', ['15:17'])], jobs: [dump('both')] },
  { ...pausedFile, lines: [pausedLine], to: paused },
  { ...pausedFile, lines: [], from: paused, to: resumed },
  { ...pausedFile, lines: [pausedLine], from: resumed },
  { ...movedFile, lines: [line('37 3 * * 1-5', 'UTC', ['03:37'], workdays)], to: june },
  { ...movedFile, lines: [line('37 20 * * *', 'Asia/Tokyo', ['20:37'])], from: june },
  { path: 'rotation.yml', lines: [line('23 1,9,17 * * *', 'UTC', ['01:23', '09:23', '17:23'])], jobs: [] },
];

/** The zone whose days are the slots of the rotation. */
export const slotZone = 'Europe/Zurich';

export interface Machine extends Period {
  readonly name: string;
  readonly id: string;
  readonly volumes: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

/** Instances that are tagged; one is terminated while GitHub is silent, and one has a target and nothing that backs it up. */
export const machines: readonly Machine[] = [
  {
    ...{ name: 'web', id: 'i-0aaaaaaaaaaaaaaaa', volumes: ['vol-0aaaaaaaaaaaaaaaa', 'vol-0aaaaaaaaaaaaaaab'] },
    tags: { Backup: 'Yes', 'holdfast:rpo': '50h' },
  },
  {
    ...{ name: 'shop', id: 'i-0bbbbbbbbbbbbbbbb', volumes: ['vol-0bbbbbbbbbbbbbbbb'], tags: { Backup: 'Yes' } },
    to: Date.parse('2028-11-03T16:00:00Z'),
  },
  {
    ...{ name: 'bare', id: 'i-0cccccccccccccccc', volumes: ['vol-0cccccccccccccccc'], tags: { 'holdfast:rpo': '48h' } },
    ...{ from: Date.parse('2028-02-01T10:00:00Z'), to: Date.parse('2028-03-05T10:00:00Z') },
  },
];

/** Hours. */
export interface Wanted {
  readonly allowance: number;
  readonly rpo?: number;
  readonly rto?: number;
}

const always: Readonly<Record<string, Omit<Wanted, 'allowance'> & { readonly allowance?: number }>> = {
  daily: { rpo: 26, rto: 2 },
  zurich: { rpo: 30, rto: 2 },
  often: { rpo: 16, rto: 1 },
  weekly: { rpo: 170, rto: 3 },
  monthly: { rpo: 760 },
  'two-lines': { rpo: 40, rto: 2 },
  both: { rpo: 28, allowance: 6 },
  paused: { rpo: 30 },
};

/** What `moved` is given, by when: its targets come, become tighter than its weekends are long, and go. */
const ofMoved: readonly (readonly [from: string, Omit<Wanted, 'allowance'> & { readonly allowance?: number }])[] = [
  ['2028-01-01', {}],
  ['2028-03-01', { rpo: 100, rto: 4 }],
  ['2028-05-08', { rpo: 60, rto: 2, allowance: 3 }],
  ['2028-07-20', { allowance: 30 }],
];

export function wantedOf(source: string, time: number): Wanted {
  const machine = machines.find(({ name }) => name === source);
  const ofTags = machine?.tags['holdfast:rpo'];
  const moved = source === 'moved' ? ofMoved.findLast(([from]) => Date.parse(from) <= time)?.[1] : undefined;
  return { allowance: 12, ...(ofTags && { rpo: Number.parseInt(ofTags, 10) }), ...always[source], ...moved };
}

/** The times at which something that GitHub tells is changed. */
const changes = [
  ...files.flatMap(({ from, to, jobs }) => [from, to, ...jobs.flatMap((job) => [job.from, job.to])]),
  ...ofMoved.map(([from]) => Date.parse(from)),
]
  .filter((time) => time !== undefined)
  .toSorted((a, b) => a - b);

/** Files by path, and the variable with the targets, as they are at a time. */
export interface Repository {
  readonly texts: ReadonlyMap<string, string>;
  readonly targets: string;
}

const repositories = new Map<number, Repository>();

export function repositoryAt(time: number): Repository {
  const since = changes.findLast((one) => one <= time) ?? start;
  const known = repositories.get(since);
  if (known !== undefined) return known;
  const texts = files.filter((file) => holds(file, time)).map((file) => [file.path, textOf(file, time)] as const);
  const targets = [...Object.keys(always), 'moved'].map((source) => [source, inHours(wantedOf(source, time))] as const);
  const found = { texts: new Map(texts), targets: JSON.stringify(Object.fromEntries(targets)) };
  repositories.set(since, found);
  return found;
}

const inHours = (wanted: Wanted): object =>
  Object.fromEntries(Object.entries(wanted).map(([name, hours]) => [name, `${hours}h`]));

const actions = { 'database-dump': 'db-dump', 'volume-snapshot': 'ib-snapshot', 'rotation-snapshot': 'ebs-rotate' };

function textOf({ path, lines, jobs }: WorkflowFile, time: number): string {
  const schedule = lines.flatMap(({ cron, timeZone }) => [
    `    - cron: "${cron}"`,
    ...(timeZone === 'UTC' ? [] : [`      timezone: ${timeZone}`]),
  ]);
  const uses = (name: string, given: string): readonly string[] => [
    `      - uses: acme/holdfast/actions/${name}@0123456789012345678901234567890123456789`,
    `        with: { ${given} }`,
  ];
  const steps = jobs
    .filter((job) => holds(job, time))
    .flatMap(({ source, kind }) => uses(actions[kind], `source: ${source}, aws-region: us-east-1`));
  const rotation = uses('ebs-rotate', `aws-region: us-east-1, time-zone: ${slotZone}`);
  return [
    'on:',
    ...(schedule.length > 0 ? ['  schedule:', ...schedule] : []),
    '  workflow_dispatch:',
    'jobs:',
    '  backup:',
    '    steps:',
    ...(path === 'rotation.yml' ? rotation : steps),
    '',
  ].join('\n');
}
