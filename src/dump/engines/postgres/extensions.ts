/** Extensions of a database that another server has to have, too: where they come from, and what they need. */
import { BackupError } from '../../../runtime/errors.ts';

/** Packages of Debian and apt.postgresql.org; NN is the series. What the server's own package holds is not listed. */
const packages: readonly (readonly [name: string, extensions: readonly string[]])[] = [
  [
    'postgresql-NN-postgis-3',
    [
      'postgis',
      'postgis_raster',
      'postgis_sfcgal',
      'postgis_tiger_geocoder',
      'postgis_topology',
      'address_standardizer',
      'address_standardizer_data_us',
    ],
  ],
  ['postgresql-NN-pgrouting', ['pgrouting']],
  ['postgresql-NN-pgvector', ['vector']],
  ['postgresql-NN-cron', ['pg_cron']],
  ['postgresql-NN-partman', ['pg_partman']],
  ['postgresql-NN-repack', ['pg_repack']],
  ['postgresql-NN-squeeze', ['pg_squeeze']],
  ['postgresql-NN-timescaledb', ['timescaledb']],
  ['postgresql-NN-hypopg', ['hypopg']],
  ['postgresql-NN-pgaudit', ['pgaudit']],
  ['postgresql-NN-pglogical', ['pglogical', 'pglogical_origin']],
  ['postgresql-NN-pg-stat-kcache', ['pg_stat_kcache']],
  ['postgresql-NN-pg-qualstats', ['pg_qualstats']],
  ['postgresql-NN-pg-wait-sampling', ['pg_wait_sampling']],
  ['postgresql-NN-pg-hint-plan', ['pg_hint_plan']],
  ['postgresql-NN-set-user', ['set_user']],
  ['postgresql-NN-pgtap', ['pgtap']],
  ['postgresql-NN-plpgsql-check', ['plpgsql_check']],
  ['postgresql-NN-pldebugger', ['pldbgapi']],
  ['postgresql-NN-orafce', ['orafce']],
  ['postgresql-NN-ip4r', ['ip4r']],
  ['postgresql-NN-hll', ['hll']],
  ['postgresql-NN-rum', ['rum']],
  ['postgresql-NN-semver', ['semver']],
  ['postgresql-NN-prefix', ['prefix']],
  ['postgresql-NN-periods', ['periods']],
  ['postgresql-NN-similarity', ['pg_similarity']],
  ['postgresql-NN-mysql-fdw', ['mysql_fdw']],
  ['postgresql-NN-tds-fdw', ['tds_fdw']],
  ['postgresql-NN-ogr-fdw', ['ogr_fdw']],
  ['postgresql-NN-icu-ext', ['icu_ext']],
  ['postgresql-NN-tdigest', ['tdigest']],
  ['postgresql-NN-plr', ['plr']],
  ['postgresql-NN-plproxy', ['plproxy']],
  ['postgresql-plperl-NN', ['plperl', 'plperlu', 'bool_plperl', 'bool_plperlu', 'hstore_plperl', 'hstore_plperlu']],
  ['postgresql-plperl-NN', ['jsonb_plperl', 'jsonb_plperlu']],
  ['postgresql-plpython3-NN', ['plpython3u', 'hstore_plpython3u', 'jsonb_plpython3u', 'ltree_plpython3u']],
  ['postgresql-pltcl-NN', ['pltcl', 'pltclu']],
];

/** Modules of PostgreSQL's own sources (PostgreSQL manual, appendix F), which Debian's server package holds. */
const contrib: ReadonlySet<string> = new Set(
  (
    'adminpack amcheck autoinc bloom btree_gin btree_gist citext cube dblink dict_int dict_xsyn earthdistance file_fdw ' +
    'fuzzystrmatch hstore insert_username intagg intarray isn lo ltree moddatetime old_snapshot pageinspect ' +
    'pg_buffercache pg_freespacemap pg_logicalinspect pg_overexplain pg_prewarm pg_stat_statements pg_surgery pg_trgm ' +
    'pg_visibility pg_walinspect pgcrypto pgrowlocks pgstattuple postgres_fdw refint seg sslinfo tablefunc tcn ' +
    'tsm_system_rows tsm_system_time unaccent uuid-ossp xml2'
  ).split(' '),
);

/** Extensions that exist at one provider only. */
const ofProviders: Readonly<Record<string, RegExp>> = {
  'Amazon RDS and Aurora': /^(aws_|rds_|apg_|log_fdw$)/,
  'Google Cloud SQL and AlloyDB': /^(google_|alloydb_)/,
  Azure: /^azure/,
};

/**
 * Extensions whose library refuses CREATE EXTENSION, or their views, unless it is loaded at the server's start; each was seen to
 * (pgaudit: "must be loaded via shared_preload_libraries"; pg_cron: "unrecognized configuration parameter"), or its manual says
 * so (timescaledb, citus, pg_squeeze, pg_tle).
 */
const preloaded: readonly string[] = [
  // Citus insists on being the first, pg_stat_kcache on coming after pg_stat_statements.
  'citus',
  'timescaledb',
  'pg_stat_statements',
  'pg_stat_kcache',
  'pg_qualstats',
  'pg_wait_sampling',
  'pg_cron',
  'pgaudit',
  'pglogical',
  'pg_squeeze',
  'pg_tle',
  'set_user',
];

/** Libraries that a server for these extensions has to load at its start, in an order that works. */
export function librariesToPreload(extensions: readonly string[]): readonly string[] {
  const needed = new Set(extensions);
  if (needed.has('pg_stat_kcache')) needed.add('pg_stat_statements');
  return preloaded.filter((name) => needed.has(name));
}

/** What to install for an extension on a server of this series. */
export function packageOf(extension: string, series: number): string | undefined {
  if (contrib.has(extension)) return `postgresql-${series}`;
  const [name] = packages.find(([, extensions]) => extensions.includes(extension)) ?? [];
  return name?.replace('NN', String(series));
}

function adviceOn(extension: string, series: number): string {
  const provider = Object.entries(ofProviders).find(([, pattern]) => pattern.test(extension))?.[0];
  if (provider)
    return `${extension} exists only on ${provider}: drop it from the database if nothing needs it, or give a server there as scratch-url`;
  const found = packageOf(extension, series);
  return found
    ? `${extension} is in the package ${found}`
    : `${extension} has to be installed for PostgreSQL ${series}, as on the source`;
}

/**
 * Compares versions such as 3.4.2, 1.10 or 1.4-1 by their numbers.
 * @returns whether `one` is older; false for versions that are no numbers, of which nothing is known
 */
export function isOlder(one: string, other: string): boolean {
  const numbers = (version: string): number[] => (/^[\d.-]+$/.test(version) ? version.split(/[.-]/).map(Number) : []);
  const [a, b] = [numbers(one), numbers(other)];
  if (a.length === 0 || b.length === 0) return false;
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/**
 * Compares what a server offers with what a database uses.
 * @param source version by extension
 * @param offered default version by extension
 * @param server for people: "the scratch server"
 * @returns what is newer there, for people
 * @throws BackupError (`extension-missing`) that names what the server lacks, and the packages
 */
export function checkExtensions(
  source: Readonly<Record<string, string>>,
  offered: ReadonlyMap<string, string>,
  server: { readonly what: string; readonly series: number },
): readonly string[] {
  const missing = Object.keys(source).filter((name) => !offered.has(name));
  const older = Object.keys(source).filter((name) => isOlder(offered.get(name) ?? '', source[name] ?? ''));
  if (missing.length === 0 && older.length === 0)
    return Object.entries(source)
      .filter(([name, version]) => isOlder(version, offered.get(name) ?? ''))
      .map(([name, version]) => `${server.what} has the extension ${name} ${offered.get(name)}, the source ${version}`);
  const lacks = missing.length === 0 ? [] : [`lacks ${listed(missing)}, which the database uses`];
  const older_ = older.map((name) => `has ${name} ${offered.get(name)}, and the database ${source[name]}`);
  throw new BackupError({
    what: `${server.what} ${[...lacks, ...older_].join('; it ')}`,
    likelyCause: 'what is installed there differs from the source',
    fix: `install it before this step: ${[...missing, ...older].map((name) => adviceOn(name, server.series)).join('; ')}`,
    code: 'extension-missing',
  });
}

function listed(names: readonly string[]): string {
  return `the extension${names.length === 1 ? '' : 's'} ${names.join(', ')}`;
}
