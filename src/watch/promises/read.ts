/** Reads what is promised: GitHub's workflow files, the instances' tags, and what was promised before. */

import { RepositoryReader } from '../../doctor/gather/github.ts';
import type { BackupInventory, UnreadPart } from '../../domain/backup.ts';
import type { Instance } from '../../domain/ec2.ts';
import { promisesKey } from '../../domain/tags.ts';
import type { Ec2Regions } from '../../ports/ec2-region.ts';
import type { GitHubReader } from '../../ports/inspection.ts';
import type { Documents } from '../../ports/objects.ts';
import { likeBackup } from '../../rotation/plan/near-miss.ts';
import type { WorkContext } from '../../runtime/context.ts';
import { each } from '../../runtime/each.ts';
import { explainInLine } from '../../runtime/errors.ts';
import { withGoneDatabases } from './gone-databases.ts';
import { noPromises, type PromisedSource, parsePromises, withPromises } from './promise.ts';
import { instanceTags, promisesOf, type ReadPromises } from './promises.ts';
import type { Repository } from './workflow-jobs.ts';

export interface PromiseSettings {
  /** `OWNER/REPO`. */
  readonly repository: string;
  readonly receiptBucket: string;
  readonly variables: Readonly<Record<string, string>>;
  /** Text of the input `targets`. */
  readonly targets: string;
}

export interface PromisePorts {
  readonly github: GitHubReader | undefined;
  readonly regions: Ec2Regions;
  readonly objects: Documents;
}

export interface PromisesNow extends Pick<ReadPromises, 'targetFaults' | 'unwatched' | 'notLookedInto'> {
  /** Of this repository. */
  readonly sources: readonly PromisedSource[];
  /** What a person has to correct. */
  readonly problems: readonly string[];
  /** What could not be read; what it promised before, it still does. */
  readonly unread: readonly UnreadPart[];
  /** The document as it should be, and whether it differs from the one in the bucket. */
  readonly text: string;
  readonly changed: boolean;
}

/** Regions asked at once. */
const parallel = 6;

/** @param inventory what is kept: its regions are asked for instances */
export async function readPromises(
  settings: PromiseSettings,
  ports: PromisePorts,
  { regions, backups }: Pick<BackupInventory, 'regions' | 'backups'>,
  { clock, signal }: Pick<WorkContext, 'clock' | 'signal'>,
): Promise<PromisesNow> {
  const place = { bucket: settings.receiptBucket, key: promisesKey };
  const [stored, github, tagged] = await Promise.all([
    ports.objects.text(place),
    readRepository(settings, ports),
    readInstances(regions, ports, signal),
  ]);
  const before = (stored === undefined ? undefined : parsePromises(stored)) ?? noPromises;
  const { [settings.repository]: own = [], ...others } = before.repositories;
  const { sources: read, ...rest } = promisesOf({
    ...github,
    instances: tagged.instances,
    unreadRegions: tagged.unread.map(({ region }) => region ?? ''),
    targets: settings.targets,
    before: own,
    elsewhere: Object.values(others).flat(),
    now: clock.now(),
  });
  const sources = await withGoneDatabases(read, backups, ports.github, settings.repository);
  const text = withPromises(stored, settings.repository, sources, clock.now());
  const unread = [...github.unread, ...tagged.unread];
  return { ...rest, sources, unread, text, changed: text !== stored };
}

interface ReadRepository {
  readonly repository: Repository | undefined;
  readonly unreadFiles: readonly string[];
  readonly unread: readonly UnreadPart[];
}

async function readRepository(settings: PromiseSettings, { github }: PromisePorts): Promise<ReadRepository> {
  const reader = new RepositoryReader(github, settings.repository);
  const [facts, files] = await Promise.all([reader.repository(), reader.workflowFiles()]);
  if (!('value' in files))
    return {
      repository: undefined,
      unreadFiles: [],
      unread: [{ what: `workflow files of ${settings.repository}`, reason: files.reason, hides: [] }],
    };
  const repository = {
    files: new Map(files.value.files.map((one) => [one.path, one])),
    variables: settings.variables,
    name: settings.repository,
    defaultBranch: 'value' in facts ? facts.value.defaultBranch : undefined,
  };
  return {
    repository,
    unreadFiles: files.value.unread.map(({ path }) => path),
    unread: files.value.unread.map(({ path, reason }) => ({ what: path, reason, hides: [] })),
  };
}

async function readInstances(
  regions: readonly string[],
  ports: PromisePorts,
  signal: AbortSignal,
): Promise<{ readonly instances: ReadonlyMap<string, readonly Instance[]>; readonly unread: readonly UnreadPart[] }> {
  const instances = new Map<string, readonly Instance[]>();
  const unread: UnreadPart[] = [];
  await each(
    regions,
    parallel,
    async (region) => {
      try {
        instances.set(region, await ports.regions.in(region).instancesWithTag(...instanceTags, ...likeBackup));
      } catch (error) {
        unread.push({ what: `instances in ${region}`, reason: explainInLine(error), hides: [], region });
      }
    },
    signal,
  );
  return { instances, unread };
}
