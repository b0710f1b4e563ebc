/** PostgreSQL's own regression tests, from Debian's source of the series that this computer's server is of. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, madeOnce } from '../../../lab/hosts/cached.ts';
import { newestBinaries } from '../../../lab/hosts/postgres/binaries.ts';
import { unpackSource } from '../../../lab/hosts/unpacked.ts';
import { installPackages } from '../../../scripts/lib/debian.ts';
import { ToolMissing } from '../../../scripts/lib/tools.ts';

/** Debian 12, of which this is the last point release: its packages no longer change. Newer ones of its server are of the same series. */
const suite = 'bookworm';
const major = 15;
const release = `${major}.18-0+deb12u1`;

export interface RegressionTests {
  /** Such as 15.18. */
  readonly version: string;
  /** Folder that holds `sql/`, `data/` and `parallel_schedule`. */
  readonly folder: string;
}

/** @throws ToolMissing when this computer's server is of another series */
export async function regressionTests(): Promise<RegressionTests> {
  if (!newestBinaries()?.includes(`/${major}/`))
    throw new ToolMissing(`its tests are those of PostgreSQL ${major}, which is not the newest server here`);
  const name = `postgresql-${major}`;
  const folder = await madeOnce(join(cacheFolder, `${name}-source-${release}-regress`), async (making) => {
    installPackages(['bzip2'], "PostgreSQL's source");
    const parts = ['sql', 'data', 'parallel_schedule'].map((part) => `*/src/test/regress/${part}`);
    await unpackSource(making, { suite, name, release, parts });
  });
  const [version = ''] = readdirSync(folder);
  return { version: version.replace('postgresql-', ''), folder: join(folder, version, 'src/test/regress') };
}
