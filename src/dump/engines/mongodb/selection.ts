/** Which databases of a server are dumped. */

/** The server's own (MongoDB manual, Local Database, Config Database, and the admin database with users and roles). */
const serversOwn: ReadonlySet<string> = new Set(['admin', 'config', 'local']);

/** Collections that servers make in their own databases (mongo, namespace_string_reserved.def.h; MongoDB manual, Config and Local Database). */
const serversCollections: Readonly<Record<string, RegExp>> = {
  admin: /^(system\..*|tempusers|temproles)$/,
  config:
    /^((system|cache|csrs|shard|localReshardingOperations|localGlobalIndexOperations|movePrimary\w*|sharding_\w+)\..*|(actionlog|analyzeShardKeySplitPoints|changelog|change_stream_coordinator|chunks|clusterParameters|collection_critical_sections|collections|compact_\w+|databases|external_validation_keys|image_collection|localRenameParticipants|lockpings|locks|migration\w*|mongos|movePrimary\w*|placementHistory|queryAnalyzers|rangeDeletions\w*|reshardingOperations|sampledQueries\w*|settings|shard\w*|sharding_\w+|tags|tenant\w+|transaction_coordinators|transactions|user_writes_critical_sections|vectorClock\w*|version))$/,
  local: /^((system|oplog|replset)\..*|startup_log|clustermanager|me|slaves|sources)$/,
};

/** Databases of the server itself. */
export const serversDatabases: readonly string[] = Object.keys(serversCollections);

/** @returns those of a database of the server itself that the server did not make */
export function collectionsOfUsers(database: string, names: readonly string[]): readonly string[] {
  const own = serversCollections[database];
  return names.filter((name) => own !== undefined && !own.test(name)).map((name) => `${database}.${name}`);
}

export interface Wanted {
  /** The database in the URL. */
  readonly database: string | undefined;
  /** Names; empty for all. */
  readonly databases: readonly string[];
  /** Names or shell-like patterns. */
  readonly exclude: readonly string[];
}

export interface Selection {
  /** In the order of their names. */
  readonly databases: readonly string[];
  /** Databases of the server that are neither chosen nor excluded. */
  readonly forgotten: readonly string[];
  /** Excluded by name or pattern. */
  readonly excluded: readonly string[];
  /** Chosen, but not there. */
  readonly missing: readonly string[];
  /** Whether everything but the server's own is dumped, so that new databases are, too. */
  readonly whole: boolean;
}

/** @param present names of all databases that the server lists */
export function selectDatabases(wanted: Wanted, present: readonly string[]): Selection {
  const own = present.filter((one) => !serversOwn.has(one)).toSorted();
  const chosen = wanted.database === undefined ? [...new Set(wanted.databases)] : [wanted.database];
  if (chosen.length > 0) {
    const there = new Set(present);
    const isExcluded = matcher(wanted.exclude);
    return {
      databases: chosen.filter((one) => there.has(one)).toSorted(),
      forgotten: wanted.database === undefined ? own.filter((one) => !chosen.includes(one) && !isExcluded(one)) : [],
      excluded: own.filter((one) => !chosen.includes(one) && isExcluded(one)),
      missing: chosen.filter((one) => !there.has(one)),
      whole: false,
    };
  }
  const isExcluded = matcher(wanted.exclude);
  return {
    databases: own.filter((one) => !isExcluded(one)),
    forgotten: [],
    excluded: own.filter(isExcluded),
    missing: [],
    whole: true,
  };
}

/** Shell-like: `*` is any text, `?` one character. */
function matcher(patterns: readonly string[]): (name: string) => boolean {
  const expressions = patterns.map((pattern) => {
    const body = [...pattern].map((one) =>
      one === '*' ? '.*' : one === '?' ? '.' : one.replace(/[\\^$.|+()[\]{}]/, '\\$&'),
    );
    return new RegExp(`^${body.join('')}$`, 'su');
  });
  return (name) => expressions.some((one) => one.test(name));
}

/** Databases of the server itself among those that were asked for. */
export function chosenOfServer({ database, databases }: Wanted): readonly string[] {
  return [...new Set(database === undefined ? databases : [database])].filter((one) => serversOwn.has(one));
}
