/** What the receipt of a kept dump says of its server, which is not asked any more. */
import type { DumpReceipt } from '../../../domain/dump.ts';
import { withoutHistory } from './inspection.ts';
import { identify, type Product, type ServerIdentity } from './server.ts';

export interface KeptSource {
  readonly server: ServerIdentity;
  readonly databases: readonly string[];
  /** Whether the dump names its databases; the archive says it. */
  readonly withNames: boolean;
  readonly history: boolean;
  readonly identity: undefined;
  /** Hashes of the definitions of its databases. */
  readonly ofDatabases: Readonly<Record<string, string>>;
}

const products: readonly Product[] = ['MySQL', 'MariaDB', 'Percona Server', 'Infobright'];

export function keptSource({ fingerprint, product, versions, database, notes }: DumpReceipt): KeptSource {
  const server = identify(fingerprint.serverVersion || versions.server, product ?? '', '');
  return {
    server: { ...server, product: products.find((one) => one === product) ?? server.product },
    databases: fingerprint.databases ?? [database],
    withNames: false,
    history: !notes.some((note) => note.startsWith(withoutHistory)),
    identity: undefined,
    ofDatabases: Object.fromEntries(
      Object.entries(fingerprint.definitions ?? {}).filter(([id]) => id.startsWith('DATABASE ')),
    ),
  };
}
