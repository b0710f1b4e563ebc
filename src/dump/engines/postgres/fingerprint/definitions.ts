/**
 * The definitions of a database, as `pg_dump --schema-only` or `pg_restore --schema-only` write them, object by object. What may
 * differ between a database and its faithful copy is left out, so that the rest can be compared as text.
 */
import { createHash } from 'node:crypto';
import { DumpReader } from '../../../../anonymize/format/dump-reader.ts';
import { IgnoringVisitor } from '../../../../anonymize/format/dump-visitor.ts';
import type { DefinitionFacts, Definitions } from '../../../../ports/dump-engine.ts';
import { lastingName, normalised } from './normalised-sql.ts';

/**
 * The comment that introduces an entry (`_printTocEntry` in PostgreSQL's src/bin/pg_dump/pg_backup_archiver.c). Line ends in
 * names are written as blanks. The last `; Type:` counts, so that a name can hold any text.
 */
const header = /^-- (?:Data for )?Name: (.*); Type: ([A-Z ]+); Schema: (.*?); Owner: .*$/gm;

/** Types of entries that are no definitions, or that a restore leaves out: rights, rows, and what the server itself brings. */
const leftOut = new Set([
  'ACL',
  'DEFAULT ACL',
  // Extensions are compared by name, version and schema; their comments come with them.
  'EXTENSION',
  'TABLE DATA',
  'SEQUENCE SET',
  'MATERIALIZED VIEW DATA',
  'STATISTICS DATA',
  'BLOB',
  'BLOBS',
  'BLOB METADATA',
  'BLOB COMMENTS',
  'DATABASE',
  'DATABASE PROPERTIES',
]);
/** Objects whose comments and labels are no definitions. */
const leftOutOf = /^(EXTENSION|DATABASE|LARGE OBJECT) /;

/** Statements that prepare the session for what follows. */
const sessionStatement = /^(SET|RESET)\s|^SELECT\s+pg_catalog\.set_config\(/i;
/** A number that servers keep for themselves (seen from 15.20 and 17.12 on); pg_dump of an older release takes it for a setting. */
const ofServer = /^ALTER TABLE ONLY .* SET \(pg_attver=\d+\);$/;
const accessMethod = /^SET\s+default_table_access_method\s*=\s*"?(\w+)/i;
/** PostgreSQL's own, which needs no mention. */
const usualAccessMethod = 'heap';

/** The kinds of objects that a receipt counts, by the type of their entries. */
const kinds: Readonly<Record<string, string>> = {
  TABLE: 'tables',
  'FOREIGN TABLE': 'tables',
  VIEW: 'views',
  'MATERIALIZED VIEW': 'views',
  INDEX: 'indexes',
  FUNCTION: 'functions',
  PROCEDURE: 'functions',
  AGGREGATE: 'functions',
  TRIGGER: 'triggers',
  CONSTRAINT: 'constraints',
  'CHECK CONSTRAINT': 'constraints',
  'FK CONSTRAINT': 'constraints',
  POLICY: 'policies',
  SEQUENCE: 'sequences',
  TYPE: 'types',
  DOMAIN: 'types',
  SCHEMA: 'schemas',
};

/** @throws DumpError when the SQL is cut off */
export async function readDefinitions(sql: AsyncIterable<Buffer>): Promise<DefinitionFacts> {
  const collector = new Collector();
  const reader = new DumpReader(collector, { requireFooter: true, only: 'postgresql' });
  const chunks: Buffer[] = [];
  for await (const chunk of sql) {
    reader.push(chunk);
    chunks.push(Buffer.from(chunk));
  }
  reader.end();
  return { ...factsOf(collector), text: Buffer.concat(chunks) };
}

/** Collects the statements of each entry. Names that two objects share, such as `a b` of table and column, hold those of both. */
class Collector extends IgnoringVisitor {
  readonly entries = new Map<string, string[]>();
  readonly counts: Record<string, number> = {};
  #entry: string[] | undefined;
  #isTable = false;
  #accessMethod = usualAccessMethod;

  override statement(bytes: Buffer, from: number, to: number, code: number): void {
    this.verbatim(bytes, from, code);
    const statement = textOf(bytes.subarray(code, to));
    if (sessionStatement.test(statement)) {
      this.#accessMethod = accessMethod.exec(statement)?.[1] ?? this.#accessMethod;
      return;
    }
    if (this.#entry === undefined || ofServer.test(statement)) return;
    this.#entry.push(normalised(statement));
    if (this.#isTable && /^CREATE\s/.test(statement) && this.#accessMethod !== usualAccessMethod)
      this.#entry.push(`access method ${this.#accessMethod}`);
  }

  /** Comments lie between statements only: text like theirs within quotes is part of a statement. */
  override verbatim(bytes: Buffer, from: number, to: number): void {
    for (const [, name = '', type = '', schema = ''] of textOf(bytes.subarray(from, to)).matchAll(header))
      this.#begin(name, type, schema);
  }

  #begin(name: string, type: string, schema: string): void {
    this.#entry = undefined;
    if (leftOut.has(type) || leftOutOf.test(name)) return;
    const id = `${type} ${schema === '-' ? '' : `${schema}.`}${type === 'INDEX' ? lastingName(name) : name}`;
    this.#entry = this.entries.get(id) ?? [];
    this.entries.set(id, this.#entry);
    this.#isTable = type === 'TABLE' || type === 'MATERIALIZED VIEW';
    const kind = kinds[type];
    if (kind !== undefined) this.counts[kind] = (this.counts[kind] ?? 0) + 1;
  }
}

function factsOf({ entries, counts }: Collector): Omit<DefinitionFacts, 'text'> {
  const sql = new Map<string, string>();
  // The order within one name is that of the archive, which depends on the server's numbers of the objects.
  // An entry may have no statement: the schema that every database has.
  for (const [id, statements] of [...entries].toSorted(([a], [b]) => (a < b ? -1 : 1)))
    if (statements.length > 0) sql.set(id, [...statements].sort().join('\n'));
  return { figures: { definitions: hashesOf(sql), objects: counts }, sql };
}

function hashesOf(sql: Definitions): Record<string, string> {
  const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);
  return Object.fromEntries([...sql].map(([id, text]) => [id, hashOf(text)]));
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** A dump may be in an encoding other than UTF-8; then each byte is one character, which is enough to compare. */
function textOf(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return bytes.toString('latin1');
  }
}
