/** Which of the installed dump tools is the right one for a server. */
import { BackupError } from '../../../runtime/errors.ts';

export interface Version {
  readonly major: number;
  readonly minor: number;
}

export interface Tools {
  /** Folder with pg_dump, pg_restore and psql. */
  readonly folder: string;
  readonly version: Version;
}

/** @param text "pg_dump (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)", or 15.20 */
export function parseVersion(text: string): Version | undefined {
  const match = /(?:\(PostgreSQL\) |^)(\d+)(?:\.(\d+))?/.exec(text.trim());
  return match ? { major: Number(match[1]), minor: Number(match[2] ?? 0) } : undefined;
}

/** @param number the server's setting server_version_num: 150020 is 15.20 */
export function serverVersion(number: number): Version {
  return { major: Math.floor(number / 10_000), minor: number % 10_000 };
}

export function showVersion({ major, minor }: Version): string {
  return `${major}.${minor}`;
}

/**
 * First releases without CVE-2026-18408 (a dump runs shell commands through `\unrestrict` in psql) and CVE-2026-116314 (a
 * crafted archive runs code in pg_restore).
 */
const sound: Readonly<Record<number, number>> = { 15: 20, 16: 16, 17: 12, 18: 7 };

/** Whether a restore with these tools may run what a crafted dump wants. */
export function hasKnownHoles({ major, minor }: Version): boolean {
  const first = sound[major];
  return major < 15 || (first !== undefined && minor < first);
}

/** The first with hashtextextended, of which checksums are made. */
const oldestServer = 11;

/**
 * The tools of the server's own series, or else the next newer ones: pg_dump refuses a server that is newer than itself.
 * @param where for the error: `here`, `on i-1`
 * @throws BackupError that names the package to install
 */
export function chooseTools(found: readonly Tools[], server: Version, where = 'here'): Tools {
  if (server.major < oldestServer)
    throw new BackupError({
      what: `the server is PostgreSQL ${showVersion(server)}; fingerprints are taken of PostgreSQL ${oldestServer} and newer`,
      likelyCause: 'the series has had no updates for years',
      fix: 'upgrade the server',
      code: 'version-mismatch',
    });
  const usable = found
    .filter((tools) => tools.version.major >= server.major)
    .toSorted((a, b) => a.version.major - b.version.major || b.version.minor - a.version.minor);
  const [best] = usable;
  if (best) return best;
  const have = found.map((tools) => showVersion(tools.version)).join(', ');
  throw new BackupError({
    what: `the server is PostgreSQL ${showVersion(server)}; ${have === '' ? `no pg_dump is installed ${where}` : `the pg_dump installed ${where} is ${have}, which cannot read it`}`,
    likelyCause: 'the client of another series is installed',
    fix: `install postgresql-client-${server.major}${where === 'here' ? ' before this step' : ` ${where}`}: sudo apt-get install -y postgresql-common && sudo /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y && sudo apt-get install -y postgresql-client-${server.major}`,
    code: 'version-mismatch',
  });
}
