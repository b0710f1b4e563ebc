/** What is dumped, and how. */
import type { Connection } from '../../../../dump/engines/postgres/connection.ts';
import type { ClientTools } from '../../../../dump/engines/postgres/tools.ts';
import type { PostgresFormat } from '../../../../dump/files.ts';

export interface DumpSource {
  readonly connection: Connection;
  readonly tools: ClientTools;
  readonly serverVersion: string;
}

export interface DumpOptions {
  /** Seconds to wait for a lock. */
  readonly lockTimeoutSeconds: number;
  /** pg_dump's compression level inside the archive, 0 to 9. */
  readonly archiveLevel: number;
  readonly format: PostgresFormat;
  /** Parallel jobs of dump and restore, where the format allows them. */
  readonly jobs: number;
}
