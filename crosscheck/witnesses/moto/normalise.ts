/** Answers without what differs by chance: ids are named in the order of their appearance, times by what they mean; secrets become words. */
import { Moments } from '../../lib/moments.ts';

/** Values that each side makes up; only that they are the same again is compared. */
const made =
  /^(UploadId|(CopySource)?VersionId|NextToken|(Next)?(UploadId|VersionId)Marker|NextContinuationToken|ContinuationToken)$/;
const secret = /^(AccessKeyId|SecretAccessKey|SessionToken|AssumedRoleId|EventId|PackedPolicySize)$/;
/** Lists whose order AWS does not promise. */
const unordered = new Set([
  ...['Snapshots', 'Volumes', 'Images', 'Regions', 'BlockDeviceMappings', 'Tags', 'TagSet', 'Outputs', 'Parameters'],
  ...['StackResources', 'StackResourceSummaries', 'Changes', 'Capabilities'],
]);
const ids = /\b(vol|snap|i|ami)-[0-9a-f]{8,17}\b/g;
const uuid = /\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g;
/** EC2's id for the volume of a copy, which says nothing. */
const noVolume = 'vol-ffffffff';

export class Names {
  readonly #names = new Map<string, string>();
  readonly #counts = new Map<string, number>();
  readonly #told: (time: Date) => string;

  /** @param told what a time means */
  constructor(told?: (time: Date) => string) {
    const moments = new Moments();
    this.#told = told ?? ((time) => moments.of(time));
  }

  /** @param kind such as `snap` */
  of(kind: string, value: string): string {
    const known = this.#names.get(value);
    if (known !== undefined) return known;
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    const name = `${kind} ${count}`;
    this.#names.set(value, name);
    return name;
  }

  /** Names what both sides hold from the start. */
  give(name: string, value: string): void {
    this.#names.set(value, name);
  }

  normalise(value: unknown, key = ''): unknown {
    if (value instanceof Date) return this.#told(value);
    if (Array.isArray(value)) return this.#list(value, key);
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(
        Object.entries(value)
          .filter(([name, one]) => one !== undefined && name !== '$metadata')
          .map(([name, one]) => [name, this.normalise(one, name)]),
      );
    return typeof value === 'string' ? this.#text(value, key) : value;
  }

  #list(values: readonly unknown[], key: string): unknown {
    const all = values.map((one) => this.normalise(one, key));
    const order = (one: unknown): string => JSON.stringify(one);
    return unordered.has(key) ? all.sort((a, b) => (order(a) < order(b) ? -1 : 1)) : all;
  }

  #text(text: string, key: string): string {
    if (secret.test(key)) return text === '' ? text : 'given';
    if (made.test(key)) return text === '' || text === 'null' ? text : this.of(key.replace(/^Next|Marker$/g, ''), text);
    return text.replace(ids, (id, kind: string) => (id === noVolume ? id : this.of(kind, id))).replace(uuid, 'uuid');
  }
}

/** The leaves of an answer, each with its path: `Snapshots[0].State`. A list also has its length. */
export function leaves(value: unknown, path = ''): Map<string, unknown> {
  const all = new Map<string, unknown>();
  if (Array.isArray(value)) {
    all.set(`${path}.length`, value.length);
    for (const [index, one] of value.entries())
      for (const [at, leaf] of leaves(one, `${path}[${index}]`)) all.set(at, leaf);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, one] of Object.entries(value))
      for (const [at, leaf] of leaves(one, path === '' ? name : `${path}.${name}`)) all.set(at, leaf);
  } else all.set(path, value);
  return all;
}
