/** What the tags of an instance ask for. What cannot be understood is named, and the rest still holds. */
import type { Instance } from '../../domain/ec2.ts';
import { regionPattern } from '../../domain/patterns.ts';
import { allowedRetention, parseRetention, type Retention } from './retention.ts';
import { configurationTags as names, wordsOf } from './tags.ts';

export interface Configuration {
  readonly instance: Instance;
  readonly retention: Retention;
  /** Regions to copy to, without repetitions. */
  readonly copyTo: readonly string[];
  readonly consistency: 'crash' | 'freeze';
  /** SSM document to run before and after. */
  readonly document: string | undefined;
  /** EBS volumes of the instance that are not snapshotted. */
  readonly excluded: readonly string[];
}

/** Something that a person has to put right; it does not stop the others. */
export interface Problem {
  /** What it is about: an instance, a snapshot, a region. */
  readonly resource: string;
  readonly what: string;
}

export interface ReadConfiguration {
  /** Absent when the instance is not to be backed up, or when nobody can say whether it is. */
  readonly configuration: Configuration | undefined;
  readonly problems: readonly Problem[];
}

export interface ConfigurationDefaults {
  readonly retention: Retention;
  /** Regions of the account; undefined when it could not say, and then any well-formed name is taken. */
  readonly regions: ReadonlySet<string> | undefined;
  readonly region: string;
}

const volumeId = /^vol-[0-9a-f]{8}([0-9a-f]{9})?$/;
const device = /^(\/dev\/)?(sd|xvd)[a-z]{1,2}\d{0,2}$/;
const documentName = /^[A-Za-z0-9_.-]{3,128}$/;
const regionName = new RegExp(regionPattern);

/** Reads every tag; a mistake in one leaves the default in its place, since a backup by default beats none. */
export function readConfiguration(instance: Instance, defaults: ConfigurationDefaults): ReadConfiguration {
  const problems: Problem[] = [];
  const resource = instance.name === undefined ? instance.id : `${instance.id} (${instance.name})`;
  const wrong = (tag: string, value: string, instead: string, allowed: string): void => {
    problems.push({ resource, what: `${tag}=${value} cannot be understood; ${instead}; allowed: ${allowed}` });
  };
  const tag = (name: string): string => (instance.tags[name] ?? '').trim();

  const backup = tag(names.backup).toLowerCase();
  if (backup === 'no' || backup === 'false') return { configuration: undefined, problems };
  if (backup !== 'yes' && backup !== 'true') {
    wrong(names.backup, tag(names.backup), 'no snapshot is taken', 'Yes or No');
    return { configuration: undefined, problems };
  }

  let { retention } = defaults;
  const wanted = tag(names.retention);
  if (wanted !== '') {
    const parsed = parseRetention(wanted);
    if (parsed) retention = parsed;
    else wrong(names.retention, wanted, 'the default is used', allowedRetention);
  }

  const copyTo: string[] = [];
  for (const word of new Set(wordsOf(tag(names.copyTo)))) {
    const why = destinationProblem(word, defaults);
    if (why === undefined) copyTo.push(word);
    else wrong(names.copyTo, word, `${why}, so nothing is copied there`, 'other regions of the account');
  }

  const how = tag(names.consistency).toLowerCase();
  if (how !== '' && how !== 'crash' && how !== 'freeze') {
    wrong(names.consistency, tag(names.consistency), 'the snapshot is crash-consistent', 'crash or freeze');
  }

  const document = tag(names.document);
  const documentGood = documentName.test(document);
  if (document !== '' && !documentGood) {
    wrong(names.document, document, 'no document is run', 'the name of an SSM document');
  }

  const excluded: string[] = [];
  for (const word of wordsOf(tag(names.exclude))) {
    const found = volumeOf(word, instance);
    if (found === 'unreadable') {
      wrong(names.exclude, word, 'that volume is not left out', 'volume ids, device names, or root');
    } else if (found !== undefined && !excluded.includes(found)) excluded.push(found);
  }

  return {
    problems,
    configuration: {
      instance,
      retention,
      copyTo,
      consistency: how === 'freeze' ? 'freeze' : 'crash',
      document: documentGood ? document : undefined,
      excluded,
    },
  };
}

/** Why nothing can be copied to a region of this name; undefined when it can. */
export function destinationProblem(
  name: string,
  { regions, region }: Pick<ConfigurationDefaults, 'regions' | 'region'>,
): string | undefined {
  if (name === region) return 'it is the region of the snapshots themselves';
  if (!regionName.test(name)) return 'it is no name of a region';
  if (regions !== undefined && !regions.has(name)) return 'the account has no such region';
  return undefined;
}

/** The volume a word of Exclude_Volumes means; undefined for one that is not attached (any more). */
function volumeOf(word: string, instance: Instance): string | undefined | 'unreadable' {
  const { devices, rootDevice } = instance;
  if (word === 'root' || word === 'boot') return rootDevice === undefined ? undefined : devices[rootDevice];
  if (volumeId.test(word)) return Object.values(devices).find((id) => id === word);
  if (device.test(word)) return devices[word] ?? devices[`/dev/${word}`];
  return 'unreadable';
}
