/** PostgreSQL's own regression tests, from Debian's source of the series that this computer's server is of. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, madeOnce } from '../../../lab/hosts/cached.ts';
import { newestBinaries } from '../../../lab/hosts/postgres/binaries.ts';
import { unpackSource } from '../../../lab/hosts/unpacked.ts';
import { installPackages } from '../../../scripts/lib/debian.ts';
import { ToolMissing } from '../../../scripts/lib/tools.ts';
import { majorOf } from '../postgresql/series.ts';

/**
 * Debian's source of a series, in the release that has it. A release whose point releases have ended keeps its packages; newer ones of its server
 * are of the same series.
 */
const sources: ReadonlyMap<number, { readonly suite: string; readonly release: string }> = new Map([
  [15, { suite: 'bookworm', release: '15.18-0+deb12u1' }],
]);

/** Whether Debian has the tests of this computer's newest server. Ubuntu's series are often others. */
export const hasTests = (): boolean => sources.has(majorOf(newestBinaries()) ?? Number.NaN);

export interface RegressionTests {
  /** Such as 15.18. */
  readonly version: string;
  /** Folder that holds `sql/`, `data/` and `parallel_schedule`. */
  readonly folder: string;
}

/** @throws ToolMissing when this computer's server is of another series */
export async function regressionTests(): Promise<RegressionTests> {
  const major = majorOf(newestBinaries()) ?? Number.NaN;
  const source = sources.get(major);
  if (!source) {
    const known = [...sources.keys()].join(', ');
    const here = Number.isNaN(major) ? 'there is no server here' : `the newest server here is ${major}`;
    throw new ToolMissing(`its tests are those of PostgreSQL ${known}, and ${here}`);
  }
  const { suite, release } = source;
  const name = `postgresql-${major}`;
  const folder = await madeOnce(join(cacheFolder, `${name}-source-${release}-regress`), async (making) => {
    installPackages(['bzip2'], "PostgreSQL's source");
    const parts = ['sql', 'data', 'parallel_schedule'].map((part) => `*/src/test/regress/${part}`);
    await unpackSource(making, { suite, name, release, parts });
  });
  const [version = ''] = readdirSync(folder);
  return { version: version.replace('postgresql-', ''), folder: join(folder, version, 'src/test/regress') };
}
