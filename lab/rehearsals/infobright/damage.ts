/** Damage to a volume with the sample database, as a broken restore would leave it. */
import { closeSync, openSync, readdirSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { StoredImage } from '../../hosts/host.ts';
import { dataFolder, withServer } from '../../hosts/mariadb.ts';
import { withMountedImage } from '../../hosts/storage.ts';

export type Damage = 'bytes' | 'table' | 'rows' | 'amounts';

/** Damages an image that no host has mounted: bytes of data files overwritten, a table removed, rows or a whole column changed. */
export async function damage(image: StoredImage, kind: Damage): Promise<void> {
  await withMountedImage(image.path, (folder) => damaging[kind](join(folder, dataFolder)));
}

const damaging: Readonly<Record<Damage, (data: string) => Promise<void>>> = {
  bytes: async (data) => overwriteBytes(join(data, 'ads', 'impressions_daily.ibd')),
  table: async (data) => {
    const folder = join(data, 'billing');
    for (const file of readdirSync(folder)) if (file.startsWith('rates.')) rmSync(join(folder, file));
  },
  rows: (data) =>
    withServer(data, (sql) =>
      sql(
        'DELETE FROM ads.clicks WHERE id % 1000 = 7; UPDATE billing.invoices SET amount = amount + 0.01 WHERE id = 4711',
      ),
    ),
  amounts: (data) => withServer(data, (sql) => sql('UPDATE billing.invoices SET amount = 0')),
};

const pageBytes = 16 * 1024;

/** Overwrites 64 bytes in every eighth page: any query that reads the whole table meets some of them. */
function overwriteBytes(path: string): void {
  const file = openSync(path, 'r+');
  try {
    for (let position = 5 * pageBytes + 700; position < statSync(path).size; position += 8 * pageBytes)
      writeSync(file, Buffer.alloc(64, 0xa5), 0, 64, position);
  } finally {
    closeSync(file);
  }
}
