/** What an engine of db-dump is opened with, and what it gives. */
import type { AwsSession } from '../../../adapters/aws/session.ts';
import type { Runs } from '../../../ports/github.ts';
import type { Objects } from '../../../ports/objects.ts';
import type { RemotePlace } from '../../../ports/remote.ts';
import type { Settings } from '../inputs.ts';
import type { Context, Ports } from '../ports.ts';

export interface EngineRequest {
  readonly settings: Settings;
  readonly session: AwsSession;
  readonly objects: Objects;
  readonly runs: Runs;
  readonly context: Context;
  /** Where its tools run, found at the first call. Undefined: on the runner, or on a host over SSM. */
  readonly place: (() => Promise<RemotePlace>) | undefined;
}

/** The engine, and how it makes the files other than the archive. */
export type OpenedEngine = Pick<Ports, 'engine' | 'files' | 'databases'>;
