/** Everything that is promised: what workflow files, variables, tags and targets say together. */
import type { Instance } from '../../domain/ec2.ts';
import { nameOf, readConfiguration } from '../../rotation/plan/configuration.ts';
import { parseRetention, type Retention } from '../../rotation/plan/retention.ts';
import { configurationTags } from '../../rotation/plan/tags.ts';
import { type ReadSource, withHistory } from './history.ts';
import { keyOf, type PromisedSource } from './promise.ts';
import { parseTargets, type TargetsByHand, targetsOf, targetsOfDatabases, targetTags } from './targets.ts';
import type { Repository } from './workflow-jobs.ts';
import { type FoundRotation, type FoundSource, type ReadSchedule, sourcesIn } from './workflow-sources.ts';

export interface PromisesInput {
  /** Undefined when GitHub could not be asked: then what was promised before still is. */
  readonly repository: Repository | undefined;
  /** Files that exist and could not be read: what they promised before, they still do. */
  readonly unreadFiles: readonly string[];
  /** Instances with a tag of the rotation or of Holdfast, by region. */
  readonly instances: ReadonlyMap<string, readonly Instance[]>;
  /** Regions that could not be asked: what was promised of their instances before still is. */
  readonly unreadRegions: readonly string[];
  /** Text of the input `targets`. */
  readonly targets: string;
  /** What this repository promised when it was read last. */
  readonly before: readonly PromisedSource[];
  /** What other repositories promise of the same account. */
  readonly elsewhere: readonly PromisedSource[];
  readonly now: Date;
}

export interface ReadPromises {
  readonly sources: readonly PromisedSource[];
  /** What a person has to correct. */
  readonly problems: readonly string[];
  /** Those of the input `targets`, which has an issue of its own: without it a target could go off in silence. */
  readonly targetFaults: readonly string[];
  /** Those by which a backup is watched by nobody; undefined when workflow files could not be read. */
  readonly unwatched: readonly string[] | undefined;
  /** What scheduled jobs use in files that are not read: they may make backups that nobody watches. */
  readonly notLookedInto: readonly string[];
}

// Any will do: how long a snapshot is kept changes no promise.
const anyRetention = parseRetention('7') as Retention;

export function promisesOf(input: PromisesInput): ReadPromises {
  const { repository, before, now } = input;
  const byHand = parseTargets(input.targets);
  if (repository === undefined)
    return {
      sources: before,
      problems: byHand.problems,
      targetFaults: byHand.problems,
      unwatched: undefined,
      notLookedInto: [],
    };
  const found = sourcesIn(
    repository,
    new Set(byHand.told.flatMap(({ workflow }) => workflow ?? [])),
    new Set(byHand.told.map(({ source }) => source)),
  );
  const problems = [...byHand.problems, ...found.problems];
  const read: ReadSource[] = [
    ...named(found.sources, input, byHand, problems),
    ...toldByHand(byHand, input, problems),
    ...rotated(found.rotations, input, byHand, problems),
    ...onlyTagged(found.sources, input, byHand, problems),
  ];
  const targetFaults = [...byHand.problems];
  read.push(...onlyTargeted(read, input, byHand, problems, targetFaults));
  const isWhole = byHand.readable && byHand.faulty.size === 0;
  const unread = isWhole ? input.unreadFiles : [...input.unreadFiles, 'targets'];
  const sources = withHistory(merged([...read, ...asBefore({ ...input, unreadFiles: unread }, read)]), before, now);
  return {
    sources,
    problems: [...new Set(problems)],
    targetFaults,
    unwatched: input.unreadFiles.length > 0 && found.unwatched.length === 0 ? undefined : found.unwatched,
    notLookedInto: found.notLookedInto,
  };
}

function named(
  sources: readonly FoundSource[],
  { instances, unreadRegions, before }: PromisesInput,
  byHand: TargetsByHand,
  problems: string[],
): readonly ReadSource[] {
  const hosts = [...instances.values()].flat();
  const earlier = byKey(before);
  return sources.map(({ schedule, instance, ...one }) => {
    const host = hosts.find(({ id, name }) => instance !== undefined && (id === instance || name === instance));
    // Of a dump nobody knows the region of its host: it may be in any that could not be read.
    const unreadTags =
      instance !== undefined && host === undefined && unreadRegions.some((region) => region === (one.region ?? region));
    const known = { tags: host?.tags, owner: host && nameOf(host), unreadTags, before: earlier.get(keyOf(one)) };
    const targets = targetsOf(one.source, byHand, known, problems);
    const ofDatabases = one.allDatabases === true ? targetsOfDatabases(one.source, byHand, known, targets) : undefined;
    const place = instance === undefined ? {} : { instance };
    return {
      ...one,
      ...place,
      schedules: [schedule],
      targets,
      ...(ofDatabases && { targetsOfDatabases: ofDatabases }),
    };
  });
}

const byKey = (sources: readonly PromisedSource[]): ReadonlyMap<string, PromisedSource> =>
  new Map(sources.map((one) => [keyOf(one), one]));

function toldByHand(byHand: TargetsByHand, { before }: PromisesInput, problems: string[]): readonly ReadSource[] {
  const earlier = byKey(before);
  return byHand.told.map(({ source, kind, schedules }) => ({
    source,
    kind,
    schedules: schedules.map((one) => ({ ...one, workflow: 'targets' })),
    targets: targetsOf(source, byHand, { before: earlier.get(keyOf({ source, kind })) }, problems),
  }));
}

/** Tagged instances, each with the rotations of its region. */
function rotated(
  rotations: readonly FoundRotation[],
  { instances, elsewhere, before }: PromisesInput,
  byHand: TargetsByHand,
  problems: string[],
): readonly ReadSource[] {
  const earlier = byKey(before);
  const others = new Set(elsewhere.filter(({ schedules }) => schedules.length > 0).map(keyOf));
  return [...instances].flatMap(([region, some]) => {
    const here = rotations.filter(({ regions }) => regions === undefined || regions.includes(region));
    return some.flatMap((instance): readonly ReadSource[] => {
      const { configuration, warnings } = readConfiguration(instance, {
        retention: anyRetention,
        regions: undefined,
        region,
      });
      if (here.length > 0) problems.push(...warnings.map(({ resource, what }) => `${resource}: ${what}`));
      if (configuration === undefined) return [];
      const source = instance.name ?? instance.id;
      const promised = { source, kind: 'rotation-snapshot' as const, region, instanceId: instance.id };
      const known = { tags: instance.tags, owner: nameOf(instance), before: earlier.get(keyOf(promised)) };
      // Another repository rotates it: then that one's watchdog tells.
      if (here.length === 0 && others.has(keyOf(promised))) return [];
      return [
        {
          ...promised,
          schedules: here.map(({ schedule }) => schedule),
          targets: targetsOf(source, byHand, known, problems),
          volumes: Object.values(instance.devices).filter((id) => !configuration.excluded.includes(id)),
          disabled: disabledOf(here.map(({ disabled }) => disabled)),
        },
      ];
    });
  });
}

/** Instances with a recovery point objective that nothing backs up: neither a rotation, nor a source whose workflow names them. */
function onlyTagged(
  found: readonly FoundSource[],
  { instances, elsewhere, before, unreadFiles }: PromisesInput,
  byHand: TargetsByHand,
  problems: string[],
): readonly ReadSource[] {
  const earlier = byKey(before);
  // A file that could not be read may name its instance as before.
  const kept = before.filter(({ schedules }) => schedules.some(({ workflow }) => unreadFiles.includes(workflow)));
  const named = new Set([...found, ...elsewhere, ...kept].flatMap(({ instance }) => instance ?? []));
  return [...instances].flatMap(([region, some]) =>
    some.flatMap((instance): readonly ReadSource[] => {
      const { id, name = id, tags } = instance;
      if (tags[targetTags.rpo] === undefined || tags[configurationTags.backup] !== undefined) return [];
      if (named.has(id) || named.has(name)) return [];
      const promised = { source: name, kind: 'rotation-snapshot' as const, region, instanceId: id };
      const known = { tags, owner: nameOf(instance), before: earlier.get(keyOf(promised)) };
      return [{ ...promised, schedules: [], targets: targetsOf(name, byHand, known, problems) }];
    }),
  );
}

/**
 * Sources that only a target names: one with an `rpo` is promised by it, so that a workflow that was deleted takes no watch away. Any other
 * is a fault: its name is wrong, or it has no effect.
 */
function onlyTargeted(
  read: readonly ReadSource[],
  { before, elsewhere, unreadFiles, unreadRegions }: PromisesInput,
  byHand: TargetsByHand,
  problems: string[],
  faults: string[],
): readonly ReadSource[] {
  const promised = namesOf(read);
  const ofOthers = namesOf(elsewhere.filter(({ schedules }) => schedules.length > 0));
  const isWhole = unreadFiles.length === 0 && unreadRegions.length === 0;
  return [...byHand.bySource].flatMap(([source, { rpo }]): readonly ReadSource[] => {
    if (source === '*' || promised.has(source)) return [];
    const earlier = before.find((one) => one.source === source);
    // What could not be read may promise it: as before, or for the first time.
    const isKept = earlier !== undefined && earlier.byTarget !== true && !isWhole;
    if (isKept) return [];
    if (rpo !== undefined && !ofOthers.has(source) && (isWhole || earlier !== undefined)) {
      const {
        since: _since,
        schedules: _schedules,
        goneDatabases: _gone,
        volumes: _volumes,
        disabled: _off,
        ...known
      } = earlier ?? { source, kind: byHand.kinds.get(source) ?? ('database-dump' as const) };
      const targets = targetsOf(source, byHand, { before: earlier }, problems);
      return [{ ...known, schedules: [], targets, byTarget: true }];
    }
    const text = `targets: no workflow, tag or cron promises a backup of ${source}`;
    problems.push(text);
    if (isWhole && !ofOthers.has(source)) faults.push(text);
    return [];
  });
}

const namesOf = (sources: readonly Pick<PromisedSource, 'source' | 'targetsOfDatabases'>[]): ReadonlySet<string> =>
  new Set(sources.flatMap(({ source, targetsOfDatabases: some = {} }) => [source, ...Object.keys(some)]));

/** Disabled only when everything that backs it up is. */
function disabledOf(states: readonly (string | undefined)[]): string | undefined {
  return states.every((state) => state !== undefined) ? states[0] : undefined;
}

/** One entry for each source, whatever promises it. */
function merged(read: readonly ReadSource[]): readonly ReadSource[] {
  return [...Map.groupBy(read, keyOf).values()].map((some) => {
    const [first] = some as [ReadSource];
    const schedules = new Map(some.flatMap((one) => one.schedules).map((one) => [textOf(one), one]));
    const disabled = disabledOf(some.map((one) => one.disabled));
    const { disabled: _own, ...rest } = first;
    return { ...rest, schedules: [...schedules.values()], ...(disabled === undefined ? {} : { disabled }) };
  });
}

const textOf = ({ expression, timeZone, slot, workflow }: ReadSchedule): string =>
  JSON.stringify([expression, timeZone, slot?.everyHours, slot?.timeZone, workflow]);

/** What was promised before, as far as it could not be read now. */
function asBefore(
  { unreadFiles, unreadRegions, before }: PromisesInput,
  read: readonly ReadSource[],
): readonly ReadSource[] {
  const known = new Set(read.map(keyOf));
  return before.flatMap(({ since: _since, goneDatabases: _gone, byTarget: _target, volumes, ...one }) => {
    const unseen = one.kind === 'rotation-snapshot' && unreadRegions.includes(one.region ?? '');
    // An instance that is gone is promised by no file.
    if (one.kind === 'rotation-snapshot' && !unseen && !known.has(keyOf(one))) return [];
    const schedules = one.schedules
      .filter(({ until, workflow }) => until === undefined && (unseen || unreadFiles.includes(workflow)))
      .map(({ since: _old, until: _until, ...schedule }) => schedule);
    if (schedules.length === 0 && !unseen) return [];
    return [{ ...one, schedules, ...(volumes === undefined ? {} : { volumes: Object.keys(volumes) }) }];
  });
}

/** The tags by which instances are found: those of the rotation, and those of targets. */
export const instanceTags: readonly string[] = [
  configurationTags.backup,
  'holdfast:host',
  ...Object.values(targetTags),
];
