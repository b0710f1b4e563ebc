/** What the catalogue says of one host script. */
import type { z } from 'zod';

export interface HostParameter {
  readonly description: string;
  /** A regular expression that the whole value must match: SSM refuses any other before the host hears of it. */
  readonly pattern: string;
  /** Makes the parameter optional. */
  readonly default?: string;
}

/** The files under `scripts/lib`, and the fingerprints of PostgreSQL and MongoDB, which are generated from src/dump. */
export type HostLibrary =
  | 'common'
  | 'mysql'
  | 'mounts'
  | 'units'
  | 'needs'
  | 'service'
  | 'volume'
  | 'copy-disk'
  | 'lease'
  | 'hold'
  | 'checks'
  | 'facts'
  | 'facts-sql'
  | 'session'
  | 'session-unit'
  | 'fingerprint'
  | 'fingerprint-earlier'
  | 'objects'
  | 'log-lines'
  | 'definitions'
  | 'check-tables'
  | 'filesystems'
  | 'postgres'
  | 'postgres-fingerprint'
  | 'postgres-dump'
  | 'dump'
  | 'dump-start'
  | 'mongodb'
  | 'mongodb-fingerprint'
  | 'mongodb-dump';

export interface HostScriptDefinition {
  /** Completes "Holdfast: …", the description of the SSM document. */
  readonly description: string;
  /** What the script is put together from, in this order. */
  readonly libraries: readonly HostLibrary[];
  readonly parameters: Readonly<Record<string, HostParameter>>;
  /** The JSON that the script answers with. Further fields are allowed: an older action may meet a newer document. */
  readonly answer: z.ZodType;
}
