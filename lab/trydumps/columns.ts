/** What the server itself knows of the columns of a database: independent of how the anonymiser reads definitions. */
import type { TrialDatabase } from './database.ts';

export interface TriedColumn {
  readonly name: string;
  /** As format_type gives it. */
  readonly type: string;
  /** The type at the bottom of its domains: `text`, `int4`, `_text`. */
  readonly base: string;
  /** The n of varchar(n) and char(n). */
  readonly length: number | null;
  readonly nullable: boolean;
  readonly primary: boolean;
  /** Whether a unique index, a foreign key, a CHECK, a partition key or a generated column reads it. */
  readonly bound: boolean;
  /** Whether it is an enumeration, a composite type, or a domain. */
  readonly special: boolean;
}

export interface TriedTable {
  readonly schema: string;
  readonly table: string;
  /** As SQL writes it, qualified. */
  readonly quoted: string;
  /** The table as rules files name it; of a partition, the partitioned table at the top. */
  readonly ruled: string;
  readonly isPartition: boolean;
  readonly columns: readonly TriedColumn[];
}

/** Tables with rows of their own, with the columns that a dump holds. */
export async function triedTables(database: TrialDatabase): Promise<readonly TriedTable[]> {
  const tables = await database.rows<Omit<TriedTable, 'ruled'> & { readonly top: readonly [string, string] }>(`
    SELECT n.nspname AS schema, c.relname AS table, format('%I.%I', n.nspname, c.relname) AS quoted,
           c.relispartition AS "isPartition",
           (SELECT json_build_array(rn.nspname, r.relname) FROM pg_class r JOIN pg_namespace rn ON rn.oid = r.relnamespace
             WHERE r.oid = coalesce(pg_partition_root(c.oid), c.oid)) AS top,
           (SELECT coalesce(json_agg(json_build_object(
                     'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
                     'base', ${baseType}, 'length', CASE WHEN a.atttypid IN (1042, 1043) AND a.atttypmod > 4 THEN a.atttypmod - 4 END,
                     'nullable', NOT a.attnotnull, 'primary', EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary AND a.attnum = ANY (i.indkey)), 'bound', ${bound}, 'special', t.typtype <> 'b' OR t.typelem <> 0)
                   ORDER BY a.attnum), '[]')
              FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
             WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '') AS columns
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'
       AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
     ORDER BY 1, 2`);
  return tables.map(({ top, ...table }) => ({ ...table, ruled: top.map(ruledName).join('.') }));
}

/** A name as rules files write it. */
export function ruledName(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

const baseType = `(WITH RECURSIVE down AS (
    SELECT t.oid, t.typname, t.typbasetype UNION ALL
    SELECT b.oid, b.typname, b.typbasetype FROM down JOIN pg_type b ON b.oid = down.typbasetype)
  SELECT typname FROM down WHERE typbasetype = 0)`;

/** Also of the tables above a partition, and of those that inherit. */
const bound = `(
    EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND (i.indisunique OR i.indisexclusion) AND
              (a.attnum = ANY (i.indkey) OR EXISTS (SELECT FROM pg_depend d WHERE d.objid = i.indexrelid AND d.refobjid = c.oid AND d.refobjsubid = a.attnum)))
    OR EXISTS (SELECT FROM pg_constraint k WHERE k.contype IN ('c', 'f', 'p', 'u', 'x') AND
                 ((k.conrelid = c.oid AND a.attnum = ANY (k.conkey)) OR (k.confrelid = c.oid AND a.attnum = ANY (k.confkey))))
    OR EXISTS (SELECT FROM pg_attrdef g JOIN pg_attribute ga ON ga.attrelid = g.adrelid AND ga.attnum = g.adnum AND ga.attgenerated <> ''
                 JOIN pg_depend d ON d.classid = 'pg_attrdef'::regclass AND d.objid = g.oid
                WHERE g.adrelid = c.oid AND d.refobjid = c.oid AND d.refobjsubid = a.attnum)
    OR EXISTS (SELECT FROM pg_inherits h WHERE h.inhrelid = c.oid OR h.inhparent = c.oid)
    OR t.typtype = 'd')`;
