/** Names of databases and their objects: in statements, in fingerprints, and in patterns. */
import { canonicalName } from '../../../anonymize/format/names.ts';

/** A quoted name: in double quotes where an object was made under ANSI_QUOTES (MySQL manual, "Server SQL Modes"). */
export const namePattern = '(?:`(?:[^`]|``)*`|"(?:[^"]|"")*")';

/** The name that quotes enclose. */
export function unquoted(name: string): string {
  const quote = name.charAt(0);
  return name.slice(1, -1).replaceAll(quote + quote, quote);
}

/** A name as statements need it (MySQL manual, "Schema Object Names"). */
export function quoted(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

export function quotedPair(database: string, name: string): string {
  return `${quoted(database)}.${quoted(name)}`;
}

/** A string literal for a session without NO_BACKSLASH_ESCAPES. */
export function literal(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&').replaceAll('\0', '\\0')}'`;
}

/** The name in a fingerprint, as rules call it: `shop.users`, `shop."Odd name"`. */
export function shownName(database: string, name: string): string {
  return `${canonicalName(database)}.${canonicalName(name)}`;
}

/** The name of a database in a fingerprint. */
export const shownDatabase = canonicalName;

/** Databases of the server itself, in lower case; Infobright has the last. */
export const serverDatabases: readonly string[] = [
  'mysql',
  'information_schema',
  'performance_schema',
  'sys',
  'sys_infobright',
];

export const isServerDatabase = (name: string): boolean => serverDatabases.includes(name.toLowerCase());

/**
 * How servers show a directory of their data directory whose name they did not write themselves (MySQL manual, "Mapping of Identifiers
 * to File Names"): `lost+found` of a volume of its own, or a database from before MySQL 5.1. MySQL 8 shows none.
 */
const foreignPrefix = '#mysql50#';

/** Prefix of what a proof makes on a scratch server. */
export const scratchPrefix = 'holdfast_scratch_';

/** The regular expression of a pattern as shells have them: `*` and `?`. */
function asExpression(pattern: string): RegExp {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '[\\s\\S]*').replaceAll('?', '[\\s\\S]')}$`);
}

/** Which databases of a server are dumped. */
export interface DatabaseChoice {
  /** The one in the URL, or the ones in the input `databases`; undefined for all. */
  readonly chosen: readonly string[] | undefined;
  /** Names or patterns of databases that are left out. */
  readonly excluded: readonly string[];
}

export interface ChosenDatabases {
  readonly databases: readonly string[];
  /** Chosen by name, and not there. */
  readonly missing: readonly string[];
  /** Neither chosen nor excluded. */
  readonly uncovered: readonly string[];
  /** Directories of the data directory that are no databases of this server, as it names them. */
  readonly foreign: readonly string[];
}

/** @param present all databases of the server that the account sees */
export function chooseDatabases(present: readonly string[], { chosen, excluded }: DatabaseChoice): ChosenDatabases {
  const patterns = excluded.map(asExpression);
  const isExcluded = (name: string): boolean => patterns.some((pattern) => pattern.test(name));
  const isForeign = (name: string): boolean => name.startsWith(foreignPrefix);
  const candidates = present.filter(
    (name) => !isServerDatabase(name) && !name.startsWith(scratchPrefix) && !isForeign(name),
  );
  const foreign = present.filter(
    (name) => isForeign(name) && !isExcluded(name) && !chosen?.includes(name) && name !== `${foreignPrefix}lost+found`,
  );
  if (chosen === undefined)
    return { databases: candidates.filter((name) => !isExcluded(name)), missing: [], uncovered: [], foreign };
  return {
    databases: present.filter((name) => chosen.includes(name)),
    missing: chosen.filter((name) => !present.includes(name)),
    uncovered: candidates.filter((name) => !chosen.includes(name) && !isExcluded(name)),
    foreign,
  };
}
