/**
 * Databases that are no longer on their server. A dump that fails makes none either: only a scheduled run of the whole server that ended
 * well, dumped others, and not this one, says that the database was not there (or is left out on purpose).
 */
import type { KeptBackup } from '../../domain/backup.ts';
import type { GitHubReader } from '../../ports/inspection.ts';
import type { PromisedSource } from './promise.ts';

/** The newest runs of a server that are asked about: the last may still run, or have failed. */
const mostRuns = 3;

/** @param repository `OWNER/REPO`: whose runs can be asked about */
export async function withGoneDatabases(
  sources: readonly PromisedSource[],
  backups: readonly KeptBackup[],
  github: GitHubReader | undefined,
  repository: string,
): Promise<readonly PromisedSource[]> {
  if (github === undefined) return sources;
  return await Promise.all(
    sources.map(async (one) => {
      if (one.allDatabases !== true || one.kind !== 'database-dump') return one;
      const found = await goneOf(one, backups, github, repository);
      const { goneDatabases: _before, ...rest } = one;
      return Object.keys(found).length === 0 ? rest : { ...rest, goneDatabases: found };
    }),
  );
}

async function goneOf(
  promised: PromisedSource,
  backups: readonly KeptBackup[],
  github: GitHubReader,
  repository: string,
): Promise<Readonly<Record<string, string>>> {
  const own = backups.filter(({ kind, source }) => kind === promised.kind && source.startsWith(`${promised.source}/`));
  const newest = new Map<string, number>();
  for (const { source, takenAt } of own) newest.set(source, Math.max(newest.get(source) ?? 0, Date.parse(takenAt)));
  const known = Object.entries(promised.goneDatabases ?? {}).filter(
    ([name, since]) => (newest.get(name) ?? 0) < Date.parse(since),
  );
  const gone = new Map(known);
  const runs = runsOf(own, repository).slice(0, mostRuns);
  const missing = [...newest.keys()].filter((name) => !gone.has(name) && !runs[0]?.sources.has(name));
  if (missing.length === 0) return Object.fromEntries(gone);
  for (const run of runs) {
    const without = missing.filter((name) => !run.sources.has(name) && (newest.get(name) ?? 0) < run.first);
    if (without.length === 0) continue;
    const began = await beganWell(run.id, promised, github, repository);
    // Of the runs without it, the oldest one that is asked about tells since when.
    for (const name of without)
      if (began !== undefined && (newest.get(name) ?? 0) < Date.parse(began)) gone.set(name, began);
  }
  return Object.fromEntries([...gone].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

interface Run {
  readonly id: string;
  /** When its first dump was taken, epoch ms. */
  readonly first: number;
  /** What it dumped. */
  readonly sources: ReadonlySet<string>;
}

/** Newest first. */
function runsOf(backups: readonly KeptBackup[], repository: string): readonly Run[] {
  const marker = `/${repository}/actions/runs/`;
  const byRun = Map.groupBy(backups, ({ runUrl = '' }) => {
    const at = runUrl.indexOf(marker);
    return at < 0 ? '' : (/^\d+/.exec(runUrl.slice(at + marker.length))?.[0] ?? '');
  });
  return [...byRun]
    .filter(([id]) => id !== '')
    .map(([id, some]) => ({
      id,
      first: Math.min(...some.map(({ takenAt }) => Date.parse(takenAt))),
      sources: new Set(some.map(({ source }) => source)),
    }))
    .toSorted((a, b) => b.first - a.first);
}

/** When a run began (ISO 8601) that its schedule started and that ended well; undefined for any other, and where GitHub does not say. */
async function beganWell(
  id: string,
  { schedules }: PromisedSource,
  github: GitHubReader,
  repository: string,
): Promise<string | undefined> {
  const { status, body } = await github.get(`repos/${repository}/actions/runs/${id}`);
  if (status !== 200 || typeof body !== 'object' || body === null) return undefined;
  const { event, conclusion, path, created_at } = body as Readonly<Record<string, unknown>>;
  const [file] = String(path).split('@');
  const isOwn = schedules.some(({ workflow }) => workflow === file);
  const began = Date.parse(String(created_at));
  if (event !== 'schedule' || conclusion !== 'success' || !isOwn || Number.isNaN(began)) return undefined;
  return new Date(began).toISOString();
}
