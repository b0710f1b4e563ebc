/**
 * Targets of a source: from a variable (input `targets`), else from the tags of its instance, else for all (`*`), else by default. A value
 * that is wrong is told by its name and replaced by the next; the source is watched all the same.
 */
import type { BackupKind } from '../../domain/backup.ts';
import type { Tags } from '../../domain/ec2.ts';
import { durationSeconds } from '../../runtime/inputs.ts';
import { problemsOfExpression, tidy } from '../../runtime/schedule/expression.ts';
import { type Schedule, timeZoneOf } from '../../runtime/schedule/runs.ts';
import { defaultAllowanceSeconds, type PromisedSource, type Targets } from './promise.ts';

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
  /** Name of the workflow file that makes it, and does not say its name. */
  readonly workflow?: string | undefined;
}

export interface TargetsByHand {
  /** By source; `*` for all. */
  readonly bySource: ReadonlyMap<string, Given>;
  readonly told: readonly ToldSource[];
  /** What `kind` says of a source, also without a cron. */
  readonly kinds: ReadonlyMap<string, BackupKind>;
  readonly problems: readonly string[];
  /** False for a text that is no JSON object: then nobody knows what it told. */
  readonly readable: boolean;
  /** Sources of which something cannot be understood: what they are not given, they keep from before. */
  readonly faulty: ReadonlySet<string>;
}

const kinds: readonly BackupKind[] = ['database-dump', 'volume-snapshot', 'rotation-snapshot'];
const shape = '{ "SOURCE": { "rpo": "26h", "rto": "2h", "allowance": "6h" } }';

/** @param text JSON, or empty */
export function parseTargets(text: string): TargetsByHand {
  const bySource = new Map<string, Given>();
  const told: ToldSource[] = [];
  const kindsBySource = new Map<string, BackupKind>();
  const problems: string[] = [];
  const faulty = new Set<string>();
  const found = text.trim() === '' ? {} : objectIn(text);
  if (found === undefined) problems.push(`targets is not a JSON object; allowed: ${shape}`);
  for (const [source, entry] of Object.entries(found ?? {})) {
    if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
      problems.push(`targets: ${source} has no object; allowed: ${shape}`);
      faulty.add(source);
      bySource.set(source, {});
      continue;
    }
    const { cron, timezone, kind, workflow, ...targets } = entry as Readonly<Record<string, unknown>>;
    const before = problems.length;
    bySource.set(
      source,
      given(targets, (name) => `targets: ${name} of ${source}`, problems),
    );
    const one = toldSource(source, { cron, timezone, kind, workflow }, problems);
    if (one !== undefined) told.push(one);
    const own = kinds.find((known) => known === kind);
    if (own !== undefined) kindsBySource.set(source, own);
    if (problems.length > before) faulty.add(source);
  }
  return { bySource, told, kinds: kindsBySource, problems, readable: found !== undefined, faulty };
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
      problems.push(
        `${called(`"${name}"`)} is not known; allowed: rpo, rto, allowance, cron, timezone, kind, workflow`,
      );
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
  { cron, timezone, kind = 'database-dump', workflow }: Readonly<Record<string, unknown>>,
  problems: string[],
): ToldSource | undefined {
  if (cron === undefined) {
    if (workflow !== undefined)
      problems.push(`targets: ${source}: workflow without cron says of nothing when it is made`);
    return undefined;
  }
  const expressions = [cron].flat().map((one) => tidy(String(one)));
  const timeZone = timeZoneOf(String(timezone ?? 'UTC'));
  const wrong = [
    ...expressions.flatMap(problemsOfExpression),
    ...(timeZone === undefined ? [`timezone "${String(timezone)}" is no time zone`] : []),
    ...(workflow === undefined || /^[^/]+\.ya?ml$/.test(String(workflow))
      ? []
      : [`workflow "${String(workflow)}" is no name of a workflow file; allowed: one such as nightly.yml`]),
    ...(kinds.some((one) => one === kind) ? [] : [`kind "${String(kind)}" is not known; allowed: ${kinds.join(', ')}`]),
  ];
  problems.push(...wrong.map((problem) => `targets: ${source}: ${problem}`));
  if (wrong.length > 0 || timeZone === undefined) return undefined;
  return {
    source,
    kind: kind as BackupKind,
    schedules: expressions.map((expression) => ({ expression, timeZone })),
    ...(workflow === undefined ? {} : { workflow: String(workflow) }),
  };
}

/** What is known of a source beside the targets by hand. */
export interface KnownOf {
  readonly tags?: Tags | undefined;
  /** How the instance is called, for problems. */
  readonly owner?: string | undefined;
  /** The tags could not be read. */
  readonly unreadTags?: boolean | undefined;
  /** What the source was promised before. */
  readonly before?: Pick<PromisedSource, 'targets' | 'targetsOfDatabases'> | undefined;
}

/** What cannot be read or understood now is as it was before: a slip of the pen turns no target off. */
export function targetsOf(source: string, byHand: TargetsByHand, known: KnownOf, problems: string[]): Targets {
  const { given: ofTags, faulty } = targetsInTags(known, problems);
  const { bySource } = byHand;
  const keeps = known.unreadTags === true || faulty || isFaulty(byHand, '*', source);
  return targetsIn({
    ...bySource.get('*'),
    ...ofTags,
    ...(keeps ? givenIn(known.before?.targets) : {}),
    ...bySource.get(source),
  });
}

/**
 * Of single databases of a server, by `SOURCE/DATABASE`: what is not said of one is as the server's.
 * @param ofServer its targets
 * @returns undefined where none has any
 */
export function targetsOfDatabases(
  server: string,
  byHand: TargetsByHand,
  { before }: KnownOf,
  ofServer: Targets,
): Readonly<Record<string, Targets>> | undefined {
  if (!byHand.readable) return before?.targetsOfDatabases;
  const own = [...byHand.bySource].filter(([name]) => name.startsWith(`${server}/`));
  if (own.length === 0) return undefined;
  const earlier = (name: string): Given => (isFaulty(byHand, name) ? givenIn(before?.targetsOfDatabases?.[name]) : {});
  return Object.fromEntries(
    own.map(([name, given]) => [name, targetsIn({ ...givenIn(ofServer), ...earlier(name), ...given })]),
  );
}

const isFaulty = ({ readable, faulty }: TargetsByHand, ...sources: readonly string[]): boolean =>
  !readable || sources.some((one) => faulty.has(one));

function targetsInTags(
  { tags = {}, owner = '' }: KnownOf,
  problems: string[],
): { readonly given: Given; readonly faulty: boolean } {
  const tagged: Readonly<Record<string, unknown>> = Object.fromEntries(
    names.flatMap((name) => (tags[targetTags[name]] === undefined ? [] : [[name, tags[targetTags[name]]]])),
  );
  const before = problems.length;
  const values = given(tagged, (name) => `${owner}: the tag holdfast:${name}`, problems);
  return { given: values, faulty: problems.length > before };
}

function targetsIn({ rpo, rto, allowance }: Given): Targets {
  return {
    allowanceSeconds: allowance ?? defaultAllowanceSeconds,
    ...(rpo === undefined ? {} : { rpoSeconds: rpo }),
    ...(rto === undefined ? {} : { rtoSeconds: rto }),
  };
}

function givenIn(targets: Targets | undefined): Given {
  if (targets === undefined) return {};
  const { allowanceSeconds: allowance, rpoSeconds: rpo, rtoSeconds: rto } = targets;
  return { allowance, ...(rpo === undefined ? {} : { rpo }), ...(rto === undefined ? {} : { rto }) };
}
