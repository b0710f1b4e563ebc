/** The evidence of a period: every source that was promised or backed up in it. Pure; the clock is in the input. */
import { type KeptBackup, lastProof } from '../../domain/backup.ts';
import { median } from '../page/model/forecast.ts';
import { isProvenKind, sourceKey } from '../page/model/source.ts';
import type { PromisedSource } from '../promises/promise.ts';
import { isOf, mayHide } from '../watchdog/watchdog.ts';
import type { Evidence, EvidenceDocumentBackup, EvidenceSource } from './document.ts';
import type { AccountRecord, EvidenceBackup, EvidenceInput } from './input.ts';
import { judgeSource, type PartGap } from './parts.ts';
import { endOf, startOf } from './period.ts';
import type { JudgedRun, KnownTimes } from './runs.ts';

export function evidenceOf(input: EvidenceInput): Evidence {
  const { period, now, records, runUrl } = input;
  const judging: Judging = { input, times: new Map(), alone: aloneIn(input) };
  const sources = groupsOf(input)
    .map((group) => sourceOf(group, judging))
    .filter(({ promised, backups, runs, proofs }) => promised || backups.length + runs.promised + sum(proofs) > 0)
    .toSorted((a, b) => compare(a.source, b.source) || compare(a.kind, b.kind));
  return {
    format: 'holdfast-evidence/1',
    control: { standard: 'ISO/IEC 27001:2022', annexA: '8.13', title: 'Information backup' },
    period: { ...period, timeZone: 'UTC' },
    madeAt: now.toISOString(),
    madeBy: input.writtenBy,
    ...(runUrl === undefined ? {} : { run: runUrl }),
    receiptBucket: input.receiptBucket,
    sources,
    repositories: records.map(({ repository, retention, changes, runs }) => ({
      repository,
      retention: retention.map((one) => ({ ...one })),
      changes: changes.map((one) => ({ ...one })),
      runs: runs.map((one) => ({ ...one })),
    })),
    ...(input.account === undefined ? {} : { account: accountOf(input.account) }),
    statements: [...statements],
    notKnown: notKnown(input),
  };
}

interface Judging {
  readonly input: EvidenceInput;
  readonly times: KnownTimes;
  readonly alone: ReadonlySet<string>;
}

/** Databases that are promised by themselves, beside their server's. */
function aloneIn({ promises }: EvidenceInput): ReadonlySet<string> {
  const dumps = Object.values(promises ?? {})
    .flat()
    .filter(({ kind, allDatabases }) => kind === 'database-dump' && allDatabases !== true);
  return new Set(dumps.map(({ source }) => source));
}

function accountOf({ covered, regions, changes }: AccountRecord): Evidence['account'] {
  return {
    ...(covered === undefined ? {} : { covered: { ...covered } }),
    regions: [...regions],
    changes: changes.map(({ at, last, resources, detail, refused, ...others }) => ({
      ...others,
      at: iso(Date.parse(at)),
      last: iso(Date.parse(last)),
      resources: [...resources],
      ...(detail === undefined ? {} : { detail }),
      ...(refused === undefined ? {} : { refused }),
    })),
  };
}

/** Where what is said comes from. */
const statements: Evidence['statements'] = [
  {
    about: 'schedules, targets',
    from: 'watch/promises.json of the receipt bucket: workflow files, variables and tags, as the watchdog read them',
  },
  { about: 'backups, proofs, restore times', from: 'receipts, which the runs wrote; of rotations, tags of snapshots' },
  {
    about: 'runs kept and missed, gaps',
    from: 'schedules against backups; of days whose backups are gone, watch/history.json',
  },
  { about: 'retention, and who changed it', from: "commits of workflow files, as GitHub's REST API lists them" },
  { about: 'changes of retention in AWS', from: "CloudTrail's event history: management events of the last 90 days" },
  { about: 'runs of workflows', from: "GitHub's list of workflow runs" },
];

/** Not by the language of a computer: the document is the same everywhere. */
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((all, one) => all + one, 0);

interface Group {
  readonly repository?: string | undefined;
  readonly promised?: PromisedSource | undefined;
  /** Newest first, copies left out. */
  readonly backups: readonly EvidenceBackup[];
  readonly copies: readonly EvidenceBackup[];
}

/** Each promise with its backups, and the backups that nobody promises today. */
function groupsOf({ promises, backups }: EvidenceInput): readonly Group[] {
  const sorted = backups.toSorted((a, b) => Date.parse(b.takenAt) - Date.parse(a.takenAt));
  const left = new Set(sorted);
  const promisedGroups = Object.entries(promises ?? {}).flatMap(([repository, sources]) =>
    sources.map((promised) => {
      const own = sorted.filter((one) => isOf(one, promised));
      for (const one of own) left.delete(one);
      return { repository, promised, ...parted(own) };
    }),
  );
  const others = [...Map.groupBy(left, sourceKey).values()].map(parted);
  return [...promisedGroups, ...others];
}

function parted(backups: readonly EvidenceBackup[]): Pick<Group, 'backups' | 'copies'> {
  return {
    backups: backups.filter(({ copyOf }) => copyOf === undefined),
    copies: backups.filter(({ copyOf }) => copyOf !== undefined),
  };
}

function sourceOf({ repository, promised, backups, copies }: Group, judging: Judging): EvidenceSource {
  const { input } = judging;
  const { period, now } = input;
  const [start, end] = [startOf(period), endOf(period)];
  const within = ({ takenAt }: KeptBackup): boolean => Date.parse(takenAt) >= start && Date.parse(takenAt) < end;
  const named = (promised ?? backups[0] ?? copies[0]) as Pick<EvidenceBackup, 'source' | 'kind' | 'instanceId'>;
  const own = backups.filter(within);
  const { runs, gaps } = promised ? judgeSource(promised, backups, judging) : { runs: [], gaps: [] };
  const copied = Map.groupBy(copies.filter(within), ({ region }) => region);
  const { targets } = promised ?? {};
  const names = [...new Set([...backups, ...copies].map(({ source }) => source))];
  const instance = named.kind === 'rotation-snapshot' ? named.instanceId : undefined;
  return {
    source: named.source,
    kind: named.kind,
    ...(instance === undefined ? {} : { instance }),
    names: promised?.allDatabases ? [] : names.filter((one) => one !== named.source).toSorted(compare),
    ...(repository === undefined ? {} : { repository }),
    promised: promised !== undefined,
    schedules: (promised?.schedules ?? [])
      .filter(({ since, until }) => overlaps(since, until, start, end))
      .map(scheduleOf),
    ...(targets === undefined ? {} : { allowanceSeconds: targets.allowanceSeconds }),
    ...(targets?.rpoSeconds === undefined ? {} : { rpoSeconds: targets.rpoSeconds }),
    runs: countsOf(runs),
    gaps: gaps.map((gap) => gapOf(gap, now)),
    backups: own.map(backupOf),
    copies: [...copied]
      .map(([region, some]) => ({ region, backups: some.length }))
      .toSorted((a, b) => compare(a.region, b.region)),
    ...provenIn(backups, start, end, targets?.rtoSeconds),
    notKnown: unknownOf(promised, runs, named.kind, input),
  };
}

const overlaps = (since: string, until: string | undefined, start: number, end: number): boolean =>
  Date.parse(since) < end && (until === undefined || Date.parse(until) > start);

function scheduleOf({ expression, timeZone, workflow, slot, since, until }: PromisedSource['schedules'][number]) {
  return {
    expression,
    timeZone,
    workflow,
    ...(slot === undefined ? {} : { everyHours: slot.everyHours }),
    since: iso(Date.parse(since)),
    ...(until === undefined ? {} : { until: iso(Date.parse(until)) }),
  };
}

const iso = (at: number): string => new Date(at).toISOString();

function countsOf(runs: readonly JudgedRun[]): EvidenceSource['runs'] {
  const count = (state: JudgedRun['state']): number => runs.filter((run) => run.state === state).length;
  return {
    promised: runs.length,
    made: count('made'),
    recorded: count('recorded'),
    missed: count('missed'),
    unknown: count('unknown'),
    notDue: count('not-due'),
  };
}

function gapOf({ part, from, until, open, missed, last }: PartGap, now: Date): EvidenceSource['gaps'][number] {
  const end = until ?? (open ? now.getTime() : undefined);
  return {
    ...(part === undefined ? {} : { part }),
    from: iso(from),
    ...(until === undefined ? {} : { until: iso(until) }),
    open,
    ...(end === undefined ? {} : { seconds: Math.max(0, (end - from) / 1000) }),
    missedRuns: missed,
    ...(last === undefined ? {} : { lastBackup: iso(last) }),
  };
}

function backupOf(one: EvidenceBackup): EvidenceDocumentBackup {
  const { takenAt, id, region, bytes, kept, deletedAt, pinned, label, runUrl, commit, madeBy, problem, verdict } = one;
  return {
    takenAt: iso(Date.parse(takenAt)),
    id,
    region,
    ...(bytes === undefined ? {} : { bytes }),
    basis: one.receiptKey === undefined ? 'tags' : 'receipts',
    kept,
    ...(deletedAt === undefined ? {} : { deletedAt }),
    pinned,
    ...(label === undefined ? {} : { label }),
    ...(runUrl ? { run: runUrl } : {}),
    ...(commit === undefined ? {} : { commit }),
    ...(madeBy === undefined ? {} : { madeBy }),
    ...(problem === undefined ? {} : { problem }),
    verdict: lastProof(one)?.verdict ?? verdict,
    compared: one.compared.map((part) => ({ ...part })),
    proofs: one.proofs.map(({ at, verdict: result, recoverySeconds, run, findings = [] }) => ({
      at: iso(Date.parse(at)),
      verdict: result,
      ...(recoverySeconds === undefined ? {} : { recoverySeconds }),
      run: run.url || run.key,
      findings: [...findings],
    })),
  };
}

/** Proofs made in the period, also of backups taken before it, and how long their restores took. */
function provenIn(
  backups: readonly EvidenceBackup[],
  start: number,
  end: number,
  target: number | undefined,
): Pick<EvidenceSource, 'proofs' | 'restoreTimes'> {
  const proofs = backups
    .flatMap((one) => one.proofs)
    .filter(({ at }) => Date.parse(at) >= start && Date.parse(at) < end);
  const count = (verdict: string): number => proofs.filter((one) => one.verdict === verdict).length;
  const times = proofs.flatMap(({ verdict, recoverySeconds }) => (verdict === 'good' ? (recoverySeconds ?? []) : []));
  return {
    proofs: { good: count('good'), bad: count('bad'), unproven: count('unproven') },
    restoreTimes: {
      measured: times.length,
      ...(times.length === 0
        ? {}
        : { shortest: Math.min(...times), median: median(times), longest: Math.max(...times) }),
      ...(target === undefined ? {} : { target, beyondTarget: times.filter((one) => one > target).length }),
    },
  };
}

function unknownOf(
  promised: PromisedSource | undefined,
  runs: readonly JudgedRun[],
  kind: EvidenceSource['kind'],
  { period, unread, promises }: EvidenceInput,
): string[] {
  const start = startOf(period);
  const sentences: string[] = [];
  if (promised === undefined && promises !== undefined)
    sentences.push(
      'Nobody promises it today, so its schedule of the period is not known, nor whether a run was missed.',
    );
  const since = promised && Math.max(start, Math.min(...promised.schedules.map((one) => Date.parse(one.since))));
  if (since !== undefined && Number.isFinite(since) && since > start)
    sentences.push(`Its schedule was read first on ${iso(since).slice(0, 10)}; what was promised before is not known.`);
  if (promised?.schedules.length === 0)
    sentences.push('It is promised by its tag alone; nothing schedules its backups.');
  const unknown = runs.filter(({ state }) => state === 'unknown').length;
  if (unknown > 0)
    sentences.push(
      `Of ${unknown} promised runs it is not known whether they made a backup: retention may have deleted it with its receipt, and the day was not written down, or what is written does not tell.`,
    );
  for (const part of unread)
    if (promised && mayHide(part, promised)) sentences.push(`${part.what} could not be read: ${part.reason}`);
  if (!isProvenKind(kind)) sentences.push('Snapshots of the rotation are not restored by themselves.');
  return sentences;
}

function notKnown(input: EvidenceInput): string[] {
  const { promises, records, account, unread, problems, history, deletedSince, period } = input;
  return [
    ...(promises === undefined ? ['What is promised: so no run is known to be missed.'] : []),
    ...(history === undefined
      ? ['How days went whose backups are no longer kept: the watchdog wrote nothing down (watch/history.json).']
      : []),
    deletedSince === undefined || deletedSince > startOf(period)
      ? `Dumps that retention deleted ${deletedSince === undefined ? 'with their receipts' : `before ${iso(deletedSince).slice(0, 10)}, unless their receipts are still listed`}.`
      : undefined,
    ...unread.map(({ what, reason }) => `${what} could not be read: ${reason}`),
    ...records.flatMap((one) => one.unread),
    ...problems,
    ...accountNotKnown(account, period),
    'Who changed repository variables (HOLDFAST_…): GitHub has it in the audit log of the organisation.',
  ].filter((one) => one !== undefined);
}

function accountNotKnown(account: AccountRecord | undefined, period: EvidenceInput['period']): readonly string[] {
  const changed = 'Who changed tags, locks and snapshots in AWS, and rules of buckets';
  const further =
    'Who deleted or changed objects and their versions: to CloudTrail these are data events, which its event history does not have.';
  const { covered, unread = [] } = account ?? {};
  if (covered === undefined)
    return [`${changed}: CloudTrail's event history was not read, or no longer has the period.`, further, ...unread];
  const from = Date.parse(covered.from);
  return [
    ...(from > startOf(period)
      ? [`${changed} before ${covered.from.slice(0, 16).replace('T', ' ')}: CloudTrail's event history has 90 days.`]
      : []),
    further,
    ...unread,
  ];
}
