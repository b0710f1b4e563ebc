/** What the tags of an instance request. A tag that cannot be understood is a problem; the others still apply. */
import type { Instance } from '../../domain/ec2.ts';
import { regionPattern } from '../../domain/patterns.ts';
import { likeConfiguration } from './near-miss.ts';
import { allowedRetention, parseRetention, type Retention } from './retention.ts';
import { configurationTags as names, wordsOf } from './tags.ts';

export interface Configuration {
  readonly instance: Instance;
  readonly retention: Retention;
  /** Regions to copy to, each once. */
  readonly copyTo: readonly string[];
  readonly consistency: 'crash' | 'freeze';
  /** SSM document to run before and after. */
  readonly document: string | undefined;
  /** EBS volumes of the instance that are not snapshotted. */
  readonly excluded: readonly string[];
}

/** Something that a person has to correct. It does not stop the rest. */
export interface Problem {
  /** What it is about: an instance, a snapshot, a region. */
  readonly resource: string;
  readonly what: string;
}

export interface ReadConfiguration {
  /** Undefined when the instance is not backed up, or when its tag does not say whether it is. */
  readonly configuration: Configuration | undefined;
  readonly problems: readonly Problem[];
  /** Tags that configure nothing, because of how their keys are written. */
  readonly warnings: readonly Problem[];
}

export interface ConfigurationDefaults {
  readonly retention: Retention;
  /** Regions of the account; undefined when they are not known: then any well-formed name is accepted. */
  readonly regions: ReadonlySet<string> | undefined;
  readonly region: string;
}

/** An instance as logs and reports show it: `i-1 (web)`, or the id alone. */
export function nameOf({ id, name }: Pick<Instance, 'id' | 'name'>): string {
  return name === undefined ? id : `${id} (${name})`;
}

const volumeId = /^vol-[0-9a-f]{8}([0-9a-f]{9})?$/;
const device = /^(\/dev\/)?(sd|xvd)[a-z]{1,2}\d{0,2}$/;
const documentName = /^[A-Za-z0-9_.-]{3,128}$/;
const regionName = new RegExp(regionPattern);

/** Reads every tag. The default replaces a tag that is wrong, because any backup is better than none. */
export function readConfiguration(instance: Instance, defaults: ConfigurationDefaults): ReadConfiguration {
  const reader = new TagReader(instance);
  const warnings = likeConfiguration(instance.tags).map(({ shown, value, meant }) => ({
    resource: nameOf(instance),
    what:
      meant === names.backup
        ? `the tag ${shown}=${value} is not ${meant}, so no snapshot is taken; tag it ${meant}=Yes if there should be`
        : `the tag ${shown}=${value} is not ${meant}, so it has no effect; correct its key if it should`,
  }));
  if (instance.tags[names.backup] === undefined) return { configuration: undefined, problems: [], warnings };
  const backup = reader.text(names.backup).toLowerCase();
  if (backup === 'no' || backup === 'false') return { configuration: undefined, problems: [], warnings: [] };
  if (backup !== 'yes' && backup !== 'true') {
    reader.wrong(names.backup, reader.text(names.backup), 'no snapshot is taken', 'Yes or No');
    return { configuration: undefined, problems: reader.problems, warnings };
  }
  return {
    configuration: {
      instance,
      retention: readRetention(reader) ?? defaults.retention,
      copyTo: readDestinations(reader, defaults),
      consistency: readConsistency(reader),
      document: readDocument(reader),
      excluded: readExcluded(reader, instance),
    },
    problems: reader.problems,
    warnings,
  };
}

/** The tags of one instance, and what is wrong with them. */
class TagReader {
  readonly problems: Problem[] = [];
  readonly #instance: Instance;

  constructor(instance: Instance) {
    this.#instance = instance;
  }

  /** The value of a tag; empty without it. */
  text(name: string): string {
    return (this.#instance.tags[name] ?? '').trim();
  }

  /** @param instead what happens instead. @param allowed what the tag may be */
  wrong(name: string, value: string, instead: string, allowed: string): void {
    const what = `${name}=${value} cannot be understood; ${instead}; allowed: ${allowed}`;
    this.problems.push({ resource: nameOf(this.#instance), what });
  }
}

function readRetention(reader: TagReader): Retention | undefined {
  const text = reader.text(names.retention);
  const retention = parseRetention(text);
  if (retention === undefined && text !== '')
    reader.wrong(names.retention, text, 'the default is used', allowedRetention);
  return retention;
}

function readDestinations(reader: TagReader, defaults: ConfigurationDefaults): string[] {
  const words = [...new Set(wordsOf(reader.text(names.copyTo)))];
  return words.filter((word) => {
    const problem = destinationProblem(word, defaults);
    if (problem === undefined) return true;
    reader.wrong(names.copyTo, word, `${problem}, so nothing is copied there`, 'other regions of the account');
    return false;
  });
}

function readConsistency(reader: TagReader): Configuration['consistency'] {
  const text = reader.text(names.consistency);
  const word = text.toLowerCase();
  if (word !== '' && word !== 'crash' && word !== 'freeze')
    reader.wrong(names.consistency, text, 'the snapshot is crash-consistent', 'crash or freeze');
  return word === 'freeze' ? 'freeze' : 'crash';
}

function readDocument(reader: TagReader): string | undefined {
  const document = reader.text(names.document);
  if (documentName.test(document)) return document;
  if (document !== '') reader.wrong(names.document, document, 'no document is run', 'the name of an SSM document');
  return undefined;
}

function readExcluded(reader: TagReader, instance: Instance): string[] {
  const excluded = new Set<string>();
  for (const word of wordsOf(reader.text(names.exclude))) {
    const id = volumeOf(word, instance);
    if (id === 'unreadable')
      reader.wrong(names.exclude, word, 'that volume is not excluded', 'volume ids, device names, or root');
    else if (id !== undefined) excluded.add(id);
  }
  return [...excluded];
}

/** Why nothing can be copied to a region of this name; undefined when copies are possible. */
export function destinationProblem(
  name: string,
  { regions, region }: Pick<ConfigurationDefaults, 'regions' | 'region'>,
): string | undefined {
  if (name === region) return 'it is the region of the snapshots themselves';
  if (!regionName.test(name)) return 'it is not the name of a region';
  if (regions !== undefined && !regions.has(name)) return 'the account has no such region';
  return undefined;
}

/** The volume that a word of Exclude_Volumes means; undefined for one that is not attached (any more). */
function volumeOf(word: string, instance: Instance): string | undefined | 'unreadable' {
  const { devices, rootDevice } = instance;
  if (word === 'root' || word === 'boot') return rootDevice === undefined ? undefined : devices[rootDevice];
  if (volumeId.test(word)) return Object.values(devices).find((id) => id === word);
  if (device.test(word)) return devices[word] ?? devices[`/dev/${word}`];
  return 'unreadable';
}
