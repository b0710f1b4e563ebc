/**
 * What CloudTrail keeps without a trail: management events that change something, in its own words. Calls about objects of S3 are data
 * events, which it does not keep (S3 user guide, "Amazon S3 CloudTrail events").
 */
import { randomUUID } from 'node:crypto';
import type { Identity, Parameters } from '../protocol/service.ts';

export interface HistoricEvent {
  readonly id: string;
  readonly at: Date;
  readonly name: string;
  /** `ec2.amazonaws.com`. */
  readonly source: string;
  readonly region: string;
  readonly identity: Identity;
  readonly parameters: unknown;
  readonly error: string | undefined;
}

export interface DoneCall {
  readonly service: string;
  readonly operation: string;
  readonly region: string;
  readonly identity: Identity;
  readonly parameters: Parameters;
  /** AWS's code, when the call was refused. */
  readonly error: string | undefined;
}

/** A lab of years makes millions of calls: the oldest are forgotten. */
const most = 10_000;

/** Names that S3's events have of their own (S3 user guide, "Amazon S3 CloudTrail events"). */
const s3Names: Readonly<Record<string, string>> = {
  PutBucketLifecycleConfiguration: 'PutBucketLifecycle',
  PutObjectLockConfiguration: 'PutBucketObjectLockConfiguration',
};

export class EventHistory {
  readonly events: HistoricEvent[] = [];
  readonly #now: () => Date;

  constructor(now: () => Date) {
    this.#now = now;
  }

  add({ service, operation, region, identity, parameters, error }: DoneCall): void {
    if (/^(Describe|Get|List|Head)/.test(operation)) return;
    if (service !== 'ec2' && (service !== 's3' || parameters.Key !== '')) return;
    this.events.push({
      id: randomUUID(),
      at: this.#now(),
      name: service === 's3' ? (s3Names[operation] ?? operation) : operation,
      source: `${service}.amazonaws.com`,
      region,
      identity,
      parameters: service === 's3' ? { bucketName: parameters.Bucket } : worded(parameters),
      error,
    });
    if (this.events.length > most) this.events.shift();
  }
}

/** As EC2's events have them: small first letters, and lists of resources and tags as sets of items. */
function worded(parameters: Parameters): unknown {
  const { ResourceId, Tag, ...others } = parameters;
  const items = (list: unknown): readonly unknown[] => (Array.isArray(list) ? list : []);
  return {
    ...(lowered(others) as object),
    ...(ResourceId === undefined
      ? {}
      : { resourcesSet: { items: items(ResourceId).map((resourceId) => ({ resourceId })) } }),
    ...(Tag === undefined ? {} : { tagSet: { items: lowered(Tag) } }),
  };
}

function lowered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(lowered);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, own]) => [`${name.charAt(0).toLowerCase()}${name.slice(1)}`, lowered(own)]),
  );
}
