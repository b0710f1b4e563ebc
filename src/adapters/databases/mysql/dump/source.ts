/** A server whose databases are dumped, as it was inspected. */
import type { Connection } from '../../../../dump/engines/mysql/connection.ts';
import type { LeftOut } from '../../../../dump/engines/mysql/left-out.ts';
import type { ServerIdentity } from '../../../../dump/engines/mysql/server.ts';
import type { Tool } from '../../../../dump/engines/mysql/tools.ts';
import type { FileCompression } from '../../../../dump/files.ts';
import type { RemotePlace } from '../../../../ports/remote.ts';

export interface Source {
  /** As the driver reaches the server. */
  readonly connection: Connection;
  /** As the tool does, and where it runs; undefined for the runner. */
  readonly there?: { readonly place: RemotePlace; readonly connection: Connection } | undefined;
  readonly server: ServerIdentity;
  readonly tool: Tool;
  readonly databases: readonly string[];
  /** Whether they are dumped with their names, into which a restore puts them. */
  readonly withNames: boolean;
  /** Whether the dump holds the rows of former times of tables with system versioning. */
  readonly history: boolean;
  /** Whether all writers of the server wait until everything has been read, if the server lets them. */
  readonly keepsLock: boolean;
  readonly leftOut: readonly LeftOut[];
}

export interface SourceOptions {
  readonly lockTimeoutSeconds: number;
  /** Of the archive; gzip without. */
  readonly compression?: FileCompression | undefined;
  /** Level of the compression, 1 to its highest. */
  readonly archiveLevel: number;
  readonly workDirectory: string;
  /** Gets the definitions of the source, before the dump. */
  readonly onDefinitions?: ((definitions: ReadonlyMap<string, string>) => void) | undefined;
}
