/**
 * Targets of a source: from a variable (input `targets`), else from the tags of its instance, else for all (`*`), else by default. A value
 * that is wrong is told by its name and replaced by the next; the source is watched all the same.
 */
import type { BackupKind } from '../../domain/backup.ts';
import type { Tags } from '../../domain/ec2.ts';
import { durationSeconds } from '../../runtime/inputs.ts';
import { problemsOfExpression, tidy } from '../../runtime/schedule/expression.ts';
import { type Schedule, timeZoneOf } from '../../runtime/schedule/runs.ts';
import { defaultAllowanceSeconds, type Targets } from './promise.ts';

/** Tags of instances. */
export const targetTags = {
  rpo: 'holdfast:rpo',
  rto: 'holdfast:rto',
  allowance: 'holdfast:allowance',
} as const;

type TargetName = keyof typeof targetTags;
const names = Object.keys(targetTags) as readonly TargetName[];

type Given = { readonly [Name in TargetName]?: number };

/** A source that somebody promises by hand, since no workflow file says when it is backed up. */
export interface ToldSource {
  readonly source: string;
  readonly kind: BackupKind;
  readonly schedules: readonly Schedule[];
}

export interface TargetsByHand {
  /** By source; `*` for all. */
  readonly bySource: ReadonlyMap<string, Given>;
  readonly told: readonly ToldSource[];
  readonly problems: readonly string[];
  /** False for a text that is no JSON object: then nobody knows what it told. */
  readonly readable: boolean;
}

const kinds: readonly BackupKind[] = ['database-dump', 'volume-snapshot', 'rotation-snapshot'];
const shape = '{ "SOURCE": { "rpo": "26h", "rto": "2h", "allowance": "6h" } }';

/** @param text JSON, or empty */
export function parseTargets(text: string): TargetsByHand {
  const bySource = new Map<string, Given>();
  const told: ToldSource[] = [];
  const problems: string[] = [];
  const found = text.trim() === '' ? {} : objectIn(text);
  if (found === undefined) problems.push(`targets is not a JSON object; allowed: ${shape}`);
  for (const [source, entry] of Object.entries(found ?? {})) {
    if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
      problems.push(`targets: ${source} has no object; allowed: ${shape}`);
      continue;
    }
    const { cron, timezone, kind, ...targets } = entry as Readonly<Record<string, unknown>>;
    bySource.set(
      source,
      given(targets, (name) => `targets: ${name} of ${source}`, problems),
    );
    const one = toldSource(source, { cron, timezone, kind }, problems);
    if (one !== undefined) told.push(one);
  }
  return { bySource, told, problems, readable: found !== undefined };
}

function objectIn(text: string): object | undefined {
  try {
    const found: unknown = JSON.parse(text);
    return typeof found === 'object' && found !== null && !Array.isArray(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

function given(values: Readonly<Record<string, unknown>>, called: (name: string) => string, problems: string[]): Given {
  const result: Record<string, number> = {};
  for (const [name, value] of Object.entries(values)) {
    if (!names.some((one) => one === name)) {
      problems.push(`${called(`"${name}"`)} is not known; allowed: rpo, rto, allowance, cron, timezone, kind`);
      continue;
    }
    const seconds = typeof value === 'string' ? durationSeconds(value.trim()) : undefined;
    if (seconds === undefined || (seconds === 0 && name !== 'allowance'))
      problems.push(
        `${called(`${name}=${String(value)}`)} cannot be understood; allowed: a duration such as 26h or 3d`,
      );
    else result[name] = seconds;
  }
  return result;
}

function toldSource(
  source: string,
  { cron, timezone, kind = 'database-dump' }: Readonly<Record<string, unknown>>,
  problems: string[],
): ToldSource | undefined {
  if (cron === undefined) return undefined;
  const expressions = [cron].flat().map((one) => tidy(String(one)));
  const timeZone = timeZoneOf(String(timezone ?? 'UTC'));
  const wrong = [
    ...expressions.flatMap(problemsOfExpression),
    ...(timeZone === undefined ? [`timezone "${String(timezone)}" is no time zone`] : []),
    ...(kinds.some((one) => one === kind) ? [] : [`kind "${String(kind)}" is not known; allowed: ${kinds.join(', ')}`]),
  ];
  problems.push(...wrong.map((problem) => `targets: ${source}: ${problem}`));
  if (wrong.length > 0 || timeZone === undefined) return undefined;
  return {
    source,
    kind: kind as BackupKind,
    schedules: expressions.map((expression) => ({ expression, timeZone })),
  };
}

/** @param owner how the instance is called, for problems */
export function targetsOf(
  source: string,
  byHand: TargetsByHand,
  tags: Tags,
  owner: string,
  problems: string[],
): Targets {
  return targetsIn({
    ...byHand.bySource.get('*'),
    ...targetsInTags(tags, owner, problems),
    ...byHand.bySource.get(source),
  });
}

/**
 * Of single databases of a server, by `SOURCE/DATABASE`: what is not said of one is as the server's.
 * @returns undefined where none has any
 */
export function targetsOfDatabases(
  server: string,
  { bySource }: TargetsByHand,
  tags: Tags,
  owner: string,
): Readonly<Record<string, Targets>> | undefined {
  const ofServer = { ...bySource.get('*'), ...targetsInTags(tags, owner, []), ...bySource.get(server) };
  const own = [...bySource].filter(([name]) => name.startsWith(`${server}/`));
  if (own.length === 0) return undefined;
  return Object.fromEntries(own.map(([name, given]) => [name, targetsIn({ ...ofServer, ...given })]));
}

function targetsInTags(tags: Tags, owner: string, problems: string[]): Given {
  const tagged: Readonly<Record<string, unknown>> = Object.fromEntries(
    names.flatMap((name) => (tags[targetTags[name]] === undefined ? [] : [[name, tags[targetTags[name]]]])),
  );
  return given(tagged, (name) => `${owner}: the tag holdfast:${name}`, problems);
}

function targetsIn({ rpo, rto, allowance }: Given): Targets {
  return {
    allowanceSeconds: allowance ?? defaultAllowanceSeconds,
    ...(rpo === undefined ? {} : { rpoSeconds: rpo }),
    ...(rto === undefined ? {} : { rtoSeconds: rto }),
  };
}
