/**
 * The SQL that takes the fingerprint of a database through psql, of a source and of a restored copy alike. It prints one JSON
 * object a line, which fingerprint-rows.ts reads. First come the lists of what is read, then the figures: what is on a list and
 * has no figure was refused. It works from PostgreSQL 12 on.
 *
 * Whoever made the database may have functions and operators of his own, so the catalogues are read with nothing else on the
 * search path, and the statements that read rows name the schema of all that they use. These run with the search path of the
 * source's own sessions: the planner looks into functions behind indexes, which may name others without their schema.
 */

/**
 * psql goes on after an error, also within a transaction, and repeats the statement behind each message. The settings are those
 * that decide how values look as text, and the same for source and copy. Without row security, a role that may not see all rows
 * gets an error, and not some of them.
 */
const begin = `\\set ECHO errors
\\set ON_ERROR_ROLLBACK on
\\set ON_ERROR_STOP off
SET search_path = pg_catalog;
SET standard_conforming_strings = on;
SET quote_all_identifiers = off;
SET extra_float_digits = 3;
SET datestyle = 'ISO, YMD';
SET intervalstyle = 'postgres';
SET timezone = 'UTC';
SET bytea_output = 'hex';
SET xmloption = 'content';
SET lc_monetary = 'C';
SET row_security = off;
SET statement_timeout = 0;`;

const end = `\\set ON_ERROR_STOP on`;

/** Objects of users: no schemas of the server itself, nothing temporary of any session, nothing that an extension made. */
const ofUsers = `c.relpersistence <> 't' AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND n.nspname NOT LIKE 'pg\\_temp\\_%' AND n.nspname NOT LIKE 'pg\\_toast\\_temp\\_%' AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')`;
const relations = 'pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace';
const name = `format('%I.%I', n.nspname, c.relname)`;

/** The configuration tables and sequences of extensions, whose rows pg_dump writes (PostgreSQL manual, 38.17.3). */
const configuration = `(SELECT unnest(extconfig) AS oid, unnest(extcondition) AS condition FROM pg_extension) AS x JOIN pg_class c USING (oid) JOIN pg_namespace n ON n.oid = c.relnamespace`;

/**
 * A list of the columns of a relation. A table that inherits has them in another order once it is restored, so there they go by
 * name. A dump holds no values of generated columns: the restore computes them anew, with functions that may have changed since.
 */
const columnList = (print: string): string =>
  `(SELECT string_agg(${print}, ', ' ORDER BY CASE WHEN NOT c.relispartition AND EXISTS (SELECT FROM pg_inherits i WHERE i.inhrelid = c.oid) THEN a.attname END COLLATE "C", a.attnum) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '')`;

/**
 * The sum of the 64-bit hashes of all rows as text, so that their order does not matter. Text and hash are the same in every
 * series from 12 on: hash partitions and hash indexes, which pg_upgrade keeps, depend on that. MD5 would take twice the time of
 * everything else. A row of columns that are each named with their table is a row, whatever the columns are called. Of a number,
 * concat() makes text as its type prints it, where `::text` would use a cast that the database may define.
 */
const checksum = (columns: string): string =>
  `format('pg_catalog.concat(coalesce(pg_catalog.sum(pg_catalog.hashtextextended(ROW(%s)::pg_catalog.text, 0)), 0))', ${columns})`;
const column = `format('%I.%I', c.relname, a.attname)`;
const columnChecksums = `format(', ''columns'', pg_catalog.json_object(ARRAY[%s]::pg_catalog.text[], ARRAY[%s]::pg_catalog.text[])', ${columnList('quote_literal(a.attname)')}, ${columnList(checksum(column))})`;

/** Generates the statement that reads the rows of a relation. @param columns whether each column is summed, too */
const readRows = (kind: string, condition: string, columns = false): string =>
  `format('/* holdfast %1$s */ SELECT pg_catalog.json_build_object(''id'', ''%1$s'', ''rows'', pg_catalog.concat(pg_catalog.count(*)), ''checksum'', %2$s%3$s) FROM ONLY %4$s %5$s', '${kind} ' || c.oid, ${checksum(columnList(column))}, ${columns ? columnChecksums : "''"}, ${name}, ${condition})`;

/** A standby has no rows of unlogged tables, and pg_dump writes none there. */
const notOnStandby = `CASE WHEN c.relpersistence = 'u' AND pg_is_in_recovery() THEN 'not on a standby' END`;
const tableRoot = `CASE WHEN c.relispartition THEN (SELECT format('%I.%I', rn.nspname, r.relname) FROM pg_class r JOIN pg_namespace rn ON rn.oid = r.relnamespace WHERE r.oid = pg_partition_root(c.oid)) END`;

const lists = `SELECT json_build_object('table', ${name}, 'id', 'table ' || c.oid, 'root', ${tableRoot}, 'missing', ${notOnStandby}) FROM ${relations} WHERE c.relkind = 'r' AND ${ofUsers} ORDER BY n.nspname, c.relname;
SELECT json_build_object('configuration', ${name}, 'id', 'configuration ' || c.oid) FROM ${configuration} WHERE c.relkind = 'r' ORDER BY n.nspname, c.relname;
SELECT json_build_object('view', ${name}, 'id', 'view ' || c.oid, 'populated', c.relispopulated) FROM ${relations} WHERE c.relkind = 'm' AND ${ofUsers} ORDER BY n.nspname, c.relname;`;

/** Generates a statement for each relation, between two that set the search path; psql's \`\\gexec\` runs them. */
const eachWithPath = (statements: string, from: string): string =>
  `SELECT unnest(array_cat(array_cat(ARRAY['SET search_path = pg_catalog' || coalesce(', ' || nullif(:'holdfast_path', ''), '')], (SELECT array_agg(${statements}) FROM ${from})), ARRAY['SET search_path = pg_catalog'])) \\gexec`;

const rowsQueries = (columns: boolean): string =>
  `${eachWithPath(readRows('table', "''", columns), `${relations} WHERE c.relkind = 'r' AND ${notOnStandby} IS NULL AND ${ofUsers}`)}
${eachWithPath(readRows('configuration', 'x.condition', columns), `${configuration} WHERE c.relkind = 'r'`)}
${eachWithPath(readRows('view', "''"), `${relations} WHERE c.relkind = 'm' AND c.relispopulated AND ${ofUsers}`)}`;

const sequences = `${relations} WHERE c.relkind = 'S' AND (${ofUsers} OR c.oid IN (SELECT unnest(extconfig) FROM pg_extension)) ORDER BY n.nspname, c.relname`;
const sequencesQuery = `SELECT json_build_object('sequence', ${name}, 'id', 'sequence ' || c.oid) FROM ${sequences};
SELECT format('/* holdfast %1$s */ SELECT json_build_object(''id'', ''%1$s'', ''value'', concat(last_value, CASE WHEN is_called THEN '''' ELSE '' not called'' END)) FROM %2$s', 'sequence ' || c.oid, ${name}) FROM ${sequences} \\gexec`;

/** Large objects may be larger than the memory, so each is read in pieces of a mebibyte. */
const piece = `SELECT length(d) AS bytes, hashtextextended(ROW(m.oid, p.n, d)::text, 0) AS hash FROM (SELECT lo_get(m.oid, p.n * 1048576, 1048576) AS d OFFSET 0) AS x`;
const largeObjectsQuery = `/* holdfast large objects */ SELECT json_build_object('largeObjects', concat(count(*)), 'checksum', concat(coalesce(sum(content.hash + hashtextextended(ROW(m.oid, obj_description(m.oid, 'pg_largeobject'))::text, 0)::numeric), 0)))
FROM pg_largeobject_metadata m CROSS JOIN LATERAL (
  WITH RECURSIVE pieces AS (
    SELECT p.n, x.bytes, x.hash FROM (SELECT 0::bigint AS n) AS p CROSS JOIN LATERAL (${piece}) AS x
    UNION ALL SELECT p.n, x.bytes, x.hash FROM (SELECT n + 1 AS n FROM pieces WHERE bytes = 1048576) AS p CROSS JOIN LATERAL (${piece}) AS x)
  SELECT sum(hash) AS hash FROM pieces) AS content;`;

/** The columns of pg_database differ from series to series: provider from 15, ICU's locale up to 16, any locale from 17 on. */
const databaseQuery = `/* holdfast database */ SELECT json_build_object('locale', json_build_object('encoding', pg_encoding_to_char((d->>'encoding')::int), 'collate', d->>'datcollate', 'ctype', d->>'datctype', 'provider', CASE d->>'datlocprovider' WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'libc' END, 'locale', coalesce(d->>'datlocale', d->>'daticulocale')), 'searchPath', :'holdfast_path', 'server', current_setting('server_version_num')) FROM (SELECT to_jsonb(db) AS d FROM pg_database db WHERE datname = current_database()) AS x;`;

const rolesQuery = `/* holdfast roles */ SELECT json_build_object('roles', coalesce(json_agg(DISTINCT name::text), '[]')) FROM (SELECT r.rolname AS name FROM pg_policy p CROSS JOIN LATERAL unnest(p.polroles) AS role JOIN pg_roles r ON r.oid = role UNION SELECT usename FROM pg_user_mappings WHERE umuser <> 0) AS x;`;

const extensionsQuery = (defaults: boolean): string =>
  `/* holdfast extensions */ SELECT json_build_object('extension', extname, 'value', extversion, 'schema', n.nspname${defaults ? `, 'default', (SELECT default_version FROM pg_available_extensions a WHERE a.name = extname)` : ''}) FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace ORDER BY extname;`;

/** Foreign keys are kept by triggers, which \`ALTER TABLE … DISABLE TRIGGER ALL\` disables, too. No dump shows it. */
const unenforcedQuery = `/* holdfast foreign keys */ SELECT DISTINCT json_build_object('unenforced', ${name} || ' ' || quote_ident(k.conname))::text FROM pg_trigger t JOIN pg_constraint k ON k.oid = t.tgconstraint JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE t.tgisinternal AND k.contype = 'f' AND t.tgenabled <> 'O';`;

/** The schemas that the session searches now, except the server's own. */
const ownPath = `RESET search_path;
SET quote_all_identifiers = off;
SELECT array_to_string(ARRAY(SELECT quote_ident(s) FROM unnest(current_schemas(false)) AS s WHERE s <> 'pg_catalog'), ', ') AS path \\gset holdfast_`;

/** The sequences alone, read before and after a dump, which finds them at some value in between. */
export const sequencesScript = `${begin}
${sequencesQuery}
${end}`;

const script = (path: string, columns: boolean, ...more: readonly string[]): string => `${path}
${begin}
${lists}
${rowsQueries(columns)}
${sequencesQuery}
${largeObjectsQuery}
${databaseQuery}
${rolesQuery}
${more.join('\n')}`;

/** Prints the fingerprint of a source. It reads within the snapshot of its session, and changes nothing. */
export const fingerprintScript = `${script(ownPath, false, extensionsQuery(false))}
${end}`;

/** A path of the source, as its fingerprint has it. */
const pathOf = (searchPath: string): string => `SELECT ${literal(searchPath)} AS path \\gset holdfast_`;

/** The owner of a table may be subject to its policies (FORCE ROW LEVEL SECURITY); a copy may lift that, and takes it back. */
const liftPolicies = `SELECT format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY', ${name}) FROM ${relations} WHERE c.relforcerowsecurity AND ${ofUsers} \\gexec`;

/**
 * Prints the fingerprint of a copy, and leaves it as it was.
 * @param searchPath of the source
 * @param columns whether each column gets a checksum
 */
export const copyScript = (searchPath: string, columns: boolean): string => `${begin}
BEGIN;
${liftPolicies}
${script(pathOf(searchPath), columns, extensionsQuery(true), unenforcedQuery)}
ROLLBACK;
${end}`;

/**
 * Refreshes materialised views of a copy and prints their content, twice: in two transactions, as what they show may depend on
 * the time. It leaves them as they were.
 * @param views their names, as a fingerprint has them
 */
export function refreshScript(searchPath: string, views: readonly string[]): string {
  const chosen = `${relations} WHERE c.relkind = 'm' AND ${name} IN (${views.map(literal).join(', ')})`;
  const once = `BEGIN;
SELECT format('REFRESH MATERIALIZED VIEW %s', ${name}) FROM ${chosen} \\gexec
${eachWithPath(readRows('view', "''"), chosen)}
ROLLBACK;`;
  return `${pathOf(searchPath)}
${begin}
${once}
${once}
${end}`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
