/** A year of backups that never were: for pictures of the status page and for its tests. The same numbers give the same year. */
import type { BackupKind, KeptBackup, Proof } from '../../src/domain/backup.ts';
import { type History, remembered } from '../../src/watch/page/model/history.ts';
import type { PageFinding, PageInput, PagePromise } from '../../src/watch/page/model/input.ts';
import { sourceKey } from '../../src/watch/page/model/source.ts';

const dayMs = 86_400_000;
const gib = 1024 ** 3;

export interface ExampleSource {
  readonly source: string;
  readonly kind: BackupKind;
  readonly gib: number;
  /** What it grows by in a year. */
  readonly grows: number;
  /** Seconds that a restore takes, and seconds more by GiB. */
  readonly restore: readonly [number, number];
  readonly cron: string;
  readonly weekly?: boolean;
  readonly rpoSeconds?: number;
  readonly rtoSeconds?: number;
  readonly pause?: number;
  /** Days since the last backup that came. */
  readonly silentDays?: number;
  /** Why the newest backup is bad. */
  readonly bad?: string;
  readonly retired?: true;
  /** Its first backup was so many days ago. */
  readonly since?: number;
}

export const exampleSources: readonly ExampleSource[] = [
  {
    source: 'shop.prod',
    kind: 'database-dump',
    gib: 42,
    grows: 11,
    restore: [200, 52],
    cron: '17 2 * * *',
    rpoSeconds: 93_600,
    rtoSeconds: 3600,
  },
  {
    source: 'ib01.prod',
    kind: 'volume-snapshot',
    gib: 1800,
    grows: 260,
    restore: [95, 0.02],
    cron: '0 0 * * *',
    pause: 3.4,
    rtoSeconds: 900,
  },
  {
    source: 'billing.prod',
    kind: 'database-dump',
    gib: 8.4,
    grows: 1.9,
    restore: [40, 31],
    cron: '41 2 * * *',
    rpoSeconds: 93_600,
    silentDays: 2,
  },
  {
    source: 'events.prod',
    kind: 'database-dump',
    gib: 131,
    grows: 60,
    restore: [300, 24],
    cron: '29 3 * * *',
    bad: 'events.sessions has 118 204 881 documents in the copy, 118 204 902 on the source',
  },
  { source: 'crm.prod', kind: 'database-dump', gib: 3.1, grows: 0.4, restore: [20, 35], cron: '5 3 * * *' },
  {
    source: 'wiki.internal',
    kind: 'database-dump',
    gib: 0.6,
    grows: 0.1,
    restore: [9, 30],
    cron: '23 4 * * 0',
    weekly: true,
  },
  { source: 'web-1.prod', kind: 'rotation-snapshot', gib: 80, grows: 6, restore: [0, 0], cron: '11 1 * * *' },
  {
    source: 'jobs-1.prod',
    kind: 'rotation-snapshot',
    gib: 200,
    grows: 12,
    restore: [0, 0],
    cron: '11 1 * * *',
    since: 120,
  },
  { source: 'legacy.prod', kind: 'database-dump', gib: 5, grows: 0, restore: [30, 33], cron: '', retired: true },
];

/** So many sources, for the size of the page. */
export function manySources(count: number): readonly ExampleSource[] {
  return Array.from({ length: count }, (_, at) => {
    const model = exampleSources[at % exampleSources.length] ?? exampleSources[0];
    if (!model) throw new Error('there is no example');
    return { ...model, source: `${model.source.replace('.', `-${at}.`)}` };
  });
}

/** Mulberry32. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const base = 'https://github.com/acme/infrastructure';
const kept: Readonly<Record<BackupKind, number>> = {
  'volume-snapshot': 30,
  'rotation-snapshot': 21,
  'database-dump': 45,
};

/** @param now the moment as of which the page is written */
export function exampleInput(now: Date, sources = exampleSources): PageInput {
  const years = sources.map((one, at) => yearOf(one, now, random(at + 7)));
  const history: History = {
    format: 'holdfast-history/1',
    recordedAt: new Date(now.getTime() - dayMs).toISOString(),
    sources: Object.fromEntries(years.map(({ key, past }) => [key, past])),
  };
  return {
    backups: years.flatMap(({ backups }) => backups),
    promises: years.flatMap(({ promise }) => promise ?? []),
    findings: years.flatMap(({ finding }) => finding ?? []),
    history,
    unread: [],
    now,
    settings: {
      title: 'acme/infrastructure',
      timeZone: 'UTC',
      repositoryUrl: base,
      docsUrl: 'https://github.com/acme/holdfast/blob/main/docs',
      region: 'eu-central-1',
      receiptBucket: 'acme-backup-receipts',
      writtenBy: 'Holdfast',
      example: true,
    },
  };
}

function yearOf(one: ExampleSource, now: Date, chance: () => number) {
  const [minute = 0, hour = 0] = one.cron.split(' ').map((part) => (part === '' ? 30 : Number(part) || 0));
  const today = Math.floor(now.getTime() / dayMs) * dayMs;
  const step = one.weekly ? 7 : 1;
  const runs: number[] = [];
  for (let back = 370; back >= -8; back -= 1) {
    const at = today - back * dayMs + (hour * 60 + minute) * 60_000;
    if (step === 1 || new Date(at).getUTCDay() === 0) runs.push(at);
  }
  const due = runs.filter((at) => at < now.getTime() && (now.getTime() - at) / dayMs <= (one.since ?? 366));
  const backups: KeptBackup[] = [];
  const past = [];
  for (const [at, run] of due.entries()) {
    const age = (now.getTime() - run) / dayMs;
    const share = 1 - age / 365;
    const isSilent = (one.silentDays !== undefined && age < one.silentDays) || (one.retired === true && age < 40);
    const isMissed = isSilent || (age > 3 && chance() < 0.012);
    const bytes = Math.round((one.gib + one.grows * share + one.gib * 0.004 * (chance() - 0.5)) * gib);
    const seconds =
      (one.restore[0] + (one.restore[1] * bytes) / gib) * (0.94 + 0.12 * chance() + (chance() < 0.04 ? 0.25 : 0));
    const isLast = at === due.length - 1;
    const luck = chance();
    const verdict =
      isLast && one.bad
        ? 'bad'
        : one.kind === 'rotation-snapshot'
          ? 'unproven'
          : age > 2 && luck < 0.012
            ? 'unproven'
            : age > 60 && luck < 0.016
              ? 'bad'
              : 'good';
    const id = 18_000_000_000 + Math.floor(run / 100_000);
    const runUrl = `${base}/actions/runs/${id}`;
    const late = chance() < 0.1 ? chance() * 9 * 3_600_000 : chance() * 600_000;
    const takenAt = new Date(Math.min(run + late, now.getTime() - 1_800_000)).toISOString();
    const proof: Proof = {
      at: new Date(Math.min(Date.parse(takenAt) + seconds * 1400, now.getTime() - 60_000)).toISOString(),
      verdict,
      run: { key: runUrl, url: runUrl },
      ...(verdict === 'good'
        ? { recoverySeconds: seconds }
        : {
            findings: [
              verdict === 'bad' ? (one.bad ?? 'rows differ from the source') : 'the scratch server was not reachable',
            ],
          }),
    };
    const days = one.weekly ? 7 : 1;
    if (age <= (kept[one.kind] ?? 30) * days) {
      if (isMissed) continue;
      backups.push({
        source: one.source,
        kind: one.kind,
        takenAt,
        id:
          one.kind === 'database-dump' ? `receipts/${one.source}/dump-${takenAt}.json` : `snap-0${id.toString(16)}c4a1`,
        region: 'eu-central-1',
        ...(one.kind === 'rotation-snapshot' ? { instanceId: `i-${one.source}`, volumeId: `vol-${one.source}` } : {}),
        bytes,
        verdict,
        proofs: one.kind === 'rotation-snapshot' ? [] : [proof],
        ...(one.pause !== undefined ? { pauseSeconds: one.pause * (0.8 + 0.4 * luck) } : {}),
        runUrl,
        pinned: age > 20 && age < 21,
        ...(age > 20 && age < 21 ? { label: 'before-2.0' } : {}),
      });
    } else {
      const code = isMissed ? 'm' : verdict === 'good' ? 'p' : verdict === 'bad' ? 'b' : 't';
      past.push({
        date: new Date(run).toISOString().slice(0, 10),
        code,
        bytes: isMissed ? undefined : bytes,
        recoverySeconds: code === 'p' && one.restore[0] > 0 ? seconds : undefined,
      } as const);
    }
  }
  const named = {
    source: one.source,
    kind: one.kind,
    ...(one.kind === 'rotation-snapshot' ? { instanceId: `i-${one.source}` } : {}),
  };
  const promise: PagePromise | undefined = one.retired
    ? undefined
    : {
        ...named,
        schedules: [`${one.cron} (UTC)`],
        runs: runs.map((at) => new Date(at).toISOString()),
        allowanceSeconds: 43_200,
        rpoSeconds: one.rpoSeconds,
        rtoSeconds: one.rtoSeconds,
        workflow:
          one.kind === 'database-dump'
            ? 'postgres-backup.yml'
            : one.kind === 'volume-snapshot'
              ? 'infobright-backup.yml'
              : 'ebs-rotate.yml',
      };
  const finding: PageFinding | undefined =
    one.silentDays === undefined
      ? undefined
      : {
          ...named,
          trouble: 'missing',
          text: 'The run of 26 Nov 2026, 02:41 has made no backup; it may be 12 h late.',
        };
  return { key: sourceKey(named), backups, past: remembered(filled(past)), promise, finding };
}

/** Days between those given, on which nothing was promised. */
function filled<T extends { readonly date: string }>(days: readonly T[]) {
  return days.flatMap((day, at) => {
    const next = days[at + 1];
    const gap = next ? (Date.parse(next.date) - Date.parse(day.date)) / dayMs - 1 : 0;
    const between = Array.from({ length: Math.max(0, gap) }, (_, offset) => ({
      date: new Date(Date.parse(day.date) + (offset + 1) * dayMs).toISOString().slice(0, 10),
      code: 'n' as const,
    }));
    return [day, ...between];
  });
}
