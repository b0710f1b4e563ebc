/** What an engine of db-dump is opened with, and what it gives. */
import type { AwsSession } from '../../../adapters/aws/session.ts';
import type { Runs } from '../../../ports/github.ts';
import type { Objects } from '../../../ports/objects.ts';
import type { Settings } from '../inputs.ts';
import type { Context, Ports } from '../ports.ts';

export interface EngineRequest {
  readonly settings: Settings;
  readonly session: AwsSession;
  readonly objects: Objects;
  readonly runs: Runs;
  readonly context: Context;
}

/** The engine, and how it makes the files other than the archive. */
export type OpenedEngine = Pick<Ports, 'engine' | 'files'>;
