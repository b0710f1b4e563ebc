/** PostgreSQL's own regression tests, from Debian's source of the series that this computer's server is of. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, madeOnce } from '../../../lab/hosts/cached.ts';
import { newestBinaries } from '../../../lab/hosts/postgres/binaries.ts';
import { unpackSource } from '../../../lab/hosts/unpacked.ts';
import { installPackages } from '../../../scripts/lib/debian.ts';
import { ToolMissing } from '../../../scripts/lib/tools.ts';

/** The series of Debian 12. */
const major = 15;
const suite = 'bookworm';

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
  const folder = await madeOnce(join(cacheFolder, `${suite}-source-postgresql-${major}-regress`), async (making) => {
    installPackages(['bzip2'], "PostgreSQL's source");
    const parts = ['sql', 'data', 'parallel_schedule'].map((part) => `*/src/test/regress/${part}`);
    await unpackSource(making, { suite, name: `postgresql-${major}`, parts });
  });
  const [name = ''] = readdirSync(folder);
  return { version: name.replace('postgresql-', ''), folder: join(folder, name, 'src/test/regress') };
}
