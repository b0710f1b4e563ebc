/** The data volume of the source host: the database of sample.sql on a filesystem, as an image file. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { command } from '../../hosts/command.ts';
import { dataFolder, installDatabase, serverOptions, withServer } from '../../hosts/mariadb.ts';
import { withMountedImage } from '../../hosts/storage.ts';

const volumeMiB = 640;
const sampleSql = fileURLToPath(new URL('./sample.sql', import.meta.url));

type Filesystem = 'xfs' | 'ext4';

/** Gives the path of the image. It is built once and kept in `cache`, until the sample or the server changes. */
export async function sampleVolume(
  cache: string,
  report: (text: string) => void,
  filesystem: Filesystem = 'xfs',
): Promise<string> {
  const path = join(cache, `sample-${filesystem}-${await cacheKey()}.img`);
  if (existsSync(path)) return path;
  report('building the sample database (once; it is kept in the cache)');
  mkdirSync(cache, { recursive: true });
  // Built under another name, so that another lab never finds half of it.
  const unfinished = `${path}.${process.pid}`;
  try {
    await build(unfinished, filesystem);
    renameSync(unfinished, path);
  } finally {
    rmSync(unfinished, { force: true });
  }
  return path;
}

async function cacheKey(): Promise<string> {
  const server = await command('mariadbd', '--version');
  return createHash('sha256')
    .update(readFileSync(sampleSql))
    .update(server)
    .update(String(volumeMiB))
    .update(serverOptions.join())
    .digest('hex')
    .slice(0, 12);
}

async function build(path: string, filesystem: Filesystem): Promise<void> {
  writeFileSync(path, '');
  truncateSync(path, volumeMiB * 1024 ** 2);
  await command(`mkfs.${filesystem}`, '-q', '-L', 'ibdata', path);
  await withMountedImage(path, async (folder) => {
    const data = join(folder, dataFolder);
    await installDatabase(data);
    await withServer(data, (sql) => sql(`source ${sampleSql}`));
  });
}
