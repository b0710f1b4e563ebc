/**
 * What a name means that does not say its schema: PostgreSQL looks it up in the schemas of `search_path`, and creates what is new in
 * the first of them (PostgreSQL manual, 5.9.3). pg_dump set the path for each schema until 10.3, 9.6.8 and their siblings (CVE-2018-1058).
 */

export interface NameScope {
  /** Canonical name of the database, where it belongs to the full names of tables; otherwise empty. */
  readonly database: string;
  /** Canonical name of the database to which the dump has connected; empty without `\connect`. */
  readonly connected: string;
  /** Canonical names of the schemas in the search path; undefined where the dump leaves it as the server has it. */
  readonly schemas: readonly string[] | undefined;
}

export const serverScope: NameScope = { database: '', connected: '', schemas: undefined };

/** The schema of tables that a session makes for itself alone. */
export const temporary = 'pg_temp';

/** Schemas in which no table of a dump is made. */
const others = new Set(['pg_catalog', temporary, '"$user"']);

const part = /"(?:[^"]|"")*"|[^".]+/g;

/** The parts of a canonical name: database, schema, table. */
export function nameParts(name: string): readonly string[] {
  return name.includes('.') ? (name.match(part) ?? [name]) : [name];
}

/** The full name of what a statement creates under this canonical name. */
export function createdName(name: string, scope: NameScope): string {
  return fullNames(name, scope)[0] as string;
}

/** The full names that a canonical name may stand for, the first that exists counts. */
export function possibleNames(name: string, scope: NameScope): readonly string[] {
  const names = fullNames(name, scope);
  return nameParts(name).length > 1 ? names : [`${temporary}.${name}`, ...names];
}

function fullNames(name: string, { database, schemas }: NameScope): readonly string[] {
  const parts = nameParts(name);
  // A database in front can only be the one that the session is connected to.
  const own = parts.slice(-2);
  const within = (schema: string, table: string): readonly string[] => {
    const full = `${schema}.${table}`;
    if (database !== '') return [`${database}.${full}`];
    // Without a search path, public is where tables are.
    return schema === 'public' ? [full, table] : [full];
  };
  const [schema = '', table = ''] = own;
  if (own.length > 1) return schema === temporary ? [`${temporary}.${table}`] : within(schema, table);
  const searched = (schemas ?? ['public']).filter((one) => !others.has(one));
  if (searched.length === 0) return [name];
  const names = searched.flatMap((one) => within(one, name));
  return schemas === undefined && database === '' ? names.toReversed() : names;
}
