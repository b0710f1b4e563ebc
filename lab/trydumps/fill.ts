/** Rows for tables that have none: a schema alone proves little. Texts hold addresses, unique ones in unique columns. */
import type { TrialDatabase } from './database.ts';

interface FilledColumn {
  readonly name: string;
  readonly quoted: string;
  /** As format_type gives it. */
  readonly type: string;
  /** The type at the bottom of domains and arrays: `text`, `int4`. */
  readonly base: string;
  readonly array: boolean;
  readonly length: number | null;
  readonly enumeration: boolean;
  readonly nullable: boolean;
  /** Table and column that a foreign key of this column alone refers to. */
  readonly refers: readonly [string, string] | null;
  /** A text that a CHECK compares it with. */
  readonly literal: string | null;
}

interface EmptyTable {
  readonly quoted: string;
  readonly columns: readonly FilledColumn[];
}

/** Ways to fill text, tried in turn: a CHECK may refuse the first ones. */
const ways = 4;
/** Tables are filled so often: rows that others refer to come first. */
const passes = 4;

/** Puts up to so many rows into each table that has none. @returns how many came in all */
export async function fillTables(database: TrialDatabase, rows: number): Promise<number> {
  const first = await emptyTables(database);
  for (let pass = 0, empty = first; pass < passes && empty.length > 0; pass += 1) {
    await fill(database, empty, rows);
    empty = await stillEmpty(database, empty);
  }
  if (first.length === 0) return 0;
  const counts = first.map(({ quoted }) => `(SELECT count(*) FROM ${quoted})`);
  return Number(await database.sql(`SELECT ${counts.join(' + ')}`));
}

/** All tables at once; one after the other where the server does not take that. */
async function fill(database: TrialDatabase, tables: readonly EmptyTable[], rows: number): Promise<void> {
  const statements = tables.map((table) => statementFor(table, rows));
  try {
    await database.sql(statements.join('; '));
  } catch {
    for (const statement of statements) await database.sql(statement).catch(() => undefined);
  }
}

function statementFor({ quoted, columns }: EmptyTable, rows: number): string {
  const inserts = Array.from({ length: ways }, (_, way) => {
    const values = columns.map((column) => valueFor(column, way)).join(', ');
    return `BEGIN INSERT INTO ${quoted} (${columns.map((column) => column.quoted).join(', ')}) VALUES (${values}); CONTINUE; EXCEPTION WHEN OTHERS THEN NULL; END;`;
  });
  return `DO $fill$ BEGIN FOR n IN 1..${rows} LOOP ${inserts.join(' ')} END LOOP; END $fill$`;
}

/** SQL for a value of row `n`. */
function valueFor(column: FilledColumn, way: number): string {
  const { refers, array, enumeration, type, nullable } = column;
  if (refers !== null) {
    const [table, name] = refers;
    return `(SELECT ${name} FROM ${table} ORDER BY 1 OFFSET n % greatest(1, (SELECT count(*) FROM ${table})::int) LIMIT 1)`;
  }
  if (enumeration && !array) return `(enum_range(NULL::${type}))[1 + n % cardinality(enum_range(NULL::${type}))]`;
  const plain = plainValue(column, way);
  if (plain === undefined) return nullable ? 'NULL' : 'DEFAULT';
  return array ? `ARRAY[${plain}]::${type}` : `(${plain})::${type}`;
}

const plainValues: Readonly<Record<string, string>> = {
  int2: 'n',
  int4: 'n',
  int8: 'n',
  oid: 'n',
  numeric: 'n % 9',
  float4: 'n',
  float8: 'n',
  money: 'n',
  bool: 'n % 2 = 0',
  date: "'2020-01-01'::date + n",
  timestamp: "'2020-01-01 12:00'::timestamp + n * interval '1 day'",
  timestamptz: "'2020-01-01 12:00+00'::timestamptz + n * interval '1 day'",
  time: "'10:00'::time + n * interval '1 minute'",
  timetz: "'10:00+00'::timetz + n * interval '1 minute'",
  interval: "n * interval '1 hour'",
  inet: "('10.0.0.' || n % 250)::inet",
  cidr: "('10.0.' || n % 250 || '.0/24')::cidr",
};

function plainValue(column: FilledColumn, way: number): string | undefined {
  const { base, name, length, literal } = column;
  // Different in each column, so that no column repeats what a rule replaced in another.
  const address = `'jane.' || n || '.${name.replaceAll(/[^a-z0-9]/gi, '')}@corp.example'`;
  if (base === 'uuid') return `md5(n || '${name.replaceAll("'", "''")}')::uuid`;
  if (base === 'json' || base === 'jsonb') return `json_build_object('email', ${address}, 'n', n)::${base}`;
  if (base === 'bytea') return `convert_to(${address}, 'UTF8')`;
  if (base === 'xml') return `('<m>' || ${address} || '</m>')::xml`;
  if (base === 'tsvector') return `to_tsvector(${address})`;
  if (base === 'hstore') return `hstore('email', ${address})`;
  if (!['text', 'varchar', 'bpchar', 'citext', 'name'].includes(base)) return plainValues[base];
  const texts = [
    /mail/i.test(name) ? address : `'write to ' || ${address}`,
    literal === null ? address : `'${literal.replaceAll("'", "''")}'`,
    "'w' || n",
    'n::text',
  ];
  return `left(${texts[way]}, ${length ?? 10_000})`;
}

async function emptyTables(database: TrialDatabase): Promise<readonly EmptyTable[]> {
  const tables = await database.rows<EmptyTable>(`
    SELECT format('%I.%I', n.nspname, c.relname) AS quoted,
           (SELECT coalesce(json_agg(json_build_object(
               'name', a.attname, 'quoted', quote_ident(a.attname), 'type', format_type(a.atttypid, a.atttypmod),
               'base', coalesce(e.typname, b.typname), 'array', coalesce(b.typelem <> 0 AND b.typlen = -1, false),
               'length', CASE WHEN coalesce(e.oid, b.oid) IN (1042, 1043) AND m.typmod > 4 THEN m.typmod - 4 END,
               'enumeration', coalesce(e.typtype, b.typtype) = 'e', 'nullable', NOT a.attnotnull,
               'refers', (SELECT json_build_array(format('%I.%I', rn.nspname, r.relname), quote_ident(ra.attname))
                            FROM pg_constraint k JOIN pg_class r ON r.oid = k.confrelid JOIN pg_namespace rn ON rn.oid = r.relnamespace
                            JOIN pg_attribute ra ON ra.attrelid = r.oid AND ra.attnum = k.confkey[1]
                           WHERE k.contype = 'f' AND k.conrelid = c.oid AND k.conkey = ARRAY[a.attnum] LIMIT 1),
               'literal', (SELECT substring(pg_get_constraintdef(k.oid) FROM '''([^'']+)''') FROM pg_constraint k
                            WHERE k.contype = 'c' AND k.conrelid = c.oid AND a.attnum = ANY (k.conkey) LIMIT 1))
             ORDER BY a.attnum), '[]')
              FROM pg_attribute a
              JOIN LATERAL (SELECT CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END AS oid,
                                   CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END AS typmod
                              FROM pg_type t WHERE t.oid = a.atttypid) m ON true
              JOIN pg_type b ON b.oid = m.oid LEFT JOIN pg_type e ON e.oid = b.typelem AND b.typlen = -1 AND b.typelem <> 0
             WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND a.attidentity <> 'a') AS columns
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_'
       AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
     ORDER BY 1`);
  return stillEmpty(
    database,
    tables.filter(({ columns }) => columns.length > 0),
  );
}

async function stillEmpty(database: TrialDatabase, tables: readonly EmptyTable[]): Promise<readonly EmptyTable[]> {
  if (tables.length === 0) return [];
  const checks = tables.map(({ quoted }) => `NOT EXISTS (SELECT FROM ${quoted})`);
  const empty = JSON.parse(await database.sql(`SELECT array_to_json(ARRAY[${checks.join(', ')}])`)) as boolean[];
  return tables.filter((_, index) => empty[index]);
}
