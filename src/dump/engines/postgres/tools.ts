/** Chooses the client tools for a server among those installed. */
import { BackupError } from '../../../runtime/errors.ts';

export interface Version {
  readonly major: number;
  readonly minor: number;
}

/** An installation of pg_dump, pg_restore and psql. */
export interface ClientTools {
  /** Empty when the tools are found by name, as in a container. */
  readonly folder: string;
  readonly version: Version;
}

/** @param text "pg_dump (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)", or 15.20 */
export function parseVersion(text: string): Version | undefined {
  const match = /(?:\(PostgreSQL\) |^)(\d+)(?:\.(\d+))?/.exec(text.trim());
  return match ? { major: Number(match[1]), minor: Number(match[2] ?? 0) } : undefined;
}

/** @param number server_version_num: 150020 is 15.20 */
export function serverVersion(number: number): Version {
  return { major: Math.floor(number / 10_000), minor: number % 10_000 };
}

export function showVersion({ major, minor }: Version): string {
  return `${major}.${minor}`;
}

/**
 * First minor releases without CVE-2026-18408 (a dump runs shell commands through `\unrestrict` in psql) and
 * CVE-2026-116314 (a crafted archive runs code in pg_restore).
 */
const fixed: Readonly<Record<number, number>> = { 15: 20, 16: 16, 17: 12, 18: 7 };

/** Whether a crafted dump can run commands where these tools restore it. */
export function hasKnownHoles({ major, minor }: Version): boolean {
  const first = fixed[major];
  return major < 15 || (first !== undefined && minor < first);
}

/** @throws BackupError when a crafted dump could run commands where these tools restore it */
export function requireSafeTools(version: Version): void {
  if (!hasKnownHoles(version)) return;
  const client = `postgresql-client-${version.major}`;
  throw new BackupError({
    what: `pg_restore and psql ${showVersion(version)} have known holes (CVE-2026-18408, CVE-2026-116314): a crafted dump could run commands here`,
    fix: `update ${client}: sudo apt-get install --only-upgrade -y ${client}`,
    code: 'tool-unsafe',
  });
}

/** The first series whose catalogues have all that the fingerprint reads (pg_partition_root). */
const oldestServer = 12;

/**
 * Chooses the tools of the server's own series, or else of the next newer one: pg_dump refuses servers newer than itself. Here,
 * where dumps are proven, tools with known holes come last, since nothing can be proven with them.
 * @param where for errors: `here`, `on i-1`
 * @throws BackupError that names the package to install
 */
export function chooseTools(installed: readonly ClientTools[], server: Version, where = 'here'): ClientTools {
  if (server.major < oldestServer)
    throw new BackupError({
      what: `the server is PostgreSQL ${showVersion(server)}; dumps need PostgreSQL ${oldestServer} or newer`,
      likelyCause: 'the series has had no updates for years',
      fix: 'upgrade the server',
      code: 'version-mismatch',
    });
  const isUseless = (version: Version): number => Number(where === 'here' && hasKnownHoles(version));
  const usable = installed
    .filter((tools) => tools.version.major >= server.major)
    .toSorted(
      ({ version: a }, { version: b }) => isUseless(a) - isUseless(b) || a.major - b.major || b.minor - a.minor,
    );
  const [best] = usable;
  if (best) return best;
  const versions = [...new Set(installed.map((tools) => showVersion(tools.version)))].join(', ');
  throw new BackupError({
    what: `the server is PostgreSQL ${showVersion(server)}; ${versions === '' ? `no pg_dump is installed ${where}` : `the pg_dump installed ${where} is ${versions}, which cannot read it`}`,
    likelyCause: 'the client of another series is installed',
    fix: `install postgresql-client-${server.major}${where === 'here' ? ' before this step' : ` ${where}`}: sudo apt-get install -y postgresql-common && sudo /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y && sudo apt-get install -y postgresql-client-${server.major}`,
    code: 'version-mismatch',
  });
}
