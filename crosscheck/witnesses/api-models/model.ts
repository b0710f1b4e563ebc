/** AWS's own description of its services, as botocore ships it: operations, shapes, and how both look on the wire. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** A member, an item, an input: which shape, and how it is written here. */
export interface Reference {
  readonly shape: string;
  readonly location?: 'header' | 'headers' | 'querystring' | 'uri' | 'statusCode';
  readonly locationName?: string;
  readonly queryName?: string;
  readonly flattened?: boolean;
  readonly idempotencyToken?: boolean;
  readonly timestampFormat?: TimestampFormat;
  readonly xmlNamespace?: { readonly uri: string };
  readonly resultWrapper?: string;
  readonly documentation?: string;
}

export type TimestampFormat = 'iso8601' | 'rfc822' | 'unixTimestamp';

export interface Shape {
  readonly type: string;
  readonly members?: Readonly<Record<string, Reference>>;
  readonly required?: readonly string[];
  readonly member?: Reference;
  readonly key?: Reference;
  readonly value?: Reference;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly min?: number;
  readonly max?: number;
  readonly payload?: string;
  readonly flattened?: boolean;
  readonly timestampFormat?: TimestampFormat;
  readonly error?: { readonly code?: string; readonly httpStatusCode?: number; readonly senderFault?: boolean };
  /** Of an error: whether the service is to blame. */
  readonly fault?: boolean;
}

export interface ModelOperation {
  readonly name: string;
  readonly http: { readonly method: string; readonly requestUri: string; readonly responseCode?: number };
  readonly input?: Reference;
  readonly output?: Reference;
  readonly errors?: readonly Reference[];
  readonly deprecated?: boolean;
  /** Flexible checksums travel in headers of their own, one for each algorithm. */
  readonly httpChecksum?: { readonly requestAlgorithmMember?: string };
}

export type Protocol = 'ec2' | 'query' | 'json' | 'rest-xml';

export interface Model {
  readonly service: string;
  readonly metadata: {
    readonly protocol: Protocol;
    readonly apiVersion: string;
    readonly targetPrefix?: string;
    readonly xmlNamespace?: string;
  };
  readonly operations: Readonly<Record<string, ModelOperation>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

export const services = ['cloudformation', 'cloudtrail', 'ec2', 'iam', 's3', 'sns', 'ssm', 'sts'] as const;

/** @param data folder of the models: `SERVICE/VERSION/service-2.json.gz`, of which the newest version counts */
export function readModels(data: string): Map<string, Model> {
  return new Map(
    services.map((service) => {
      const newest = globSync(`${service}/*/service-2.json.gz`, { cwd: data }).sort().at(-1);
      if (newest === undefined) throw new Error(`there is no model of ${service} in ${data}`);
      const read = JSON.parse(gunzipSync(readFileSync(join(data, newest))).toString('utf8')) as Omit<Model, 'service'>;
      return [service, { ...read, service }] as const;
    }),
  );
}

/** @throws Error for a reference that leads nowhere */
export function shapeOf(model: Model, reference: Reference): Shape {
  const shape = model.shapes[reference.shape];
  if (shape === undefined) throw new Error(`${model.service} has no shape ${reference.shape}`);
  return shape;
}
