/** What the statements and commands of a dump say about the names that follow: the database, and the search path. */
import { type NameScope, serverScope } from './name-scope.ts';
import { canonicalName, canonicalQualified } from './names.ts';

/** `SET search_path = a, b`, also as `SET SCHEMA 'a'`; `SELECT pg_catalog.set_config('search_path', 'a, b', false)`. */
const setPath =
  /^set\s+(local\s+|session\s+)?(?:search_path\s*(?:=|\bto\b)|schema\b(?!\s*(?:=|\bto\b)))\s*([\s\S]*?)\s*;?$/i;
const configPath =
  /^select\s+(?:pg_catalog\s*\.\s*)?set_config\s*\(\s*'search_path'\s*,\s*'((?:[^']|'')*)'\s*,\s*('?[a-z]\w*'?)/i;
const resetPath = /^(?:reset\s+(?:search_path|all)|discard\s+all)\b/i;
const endOfTransaction = /^(?:commit|end|rollback(?!\s+(?:work\s+|transaction\s+)?to\b)|abort)\b/i;

export class Session {
  /** Whether every table is named with its database: the dump is one of a whole server. */
  readonly #cluster: boolean;
  #scope: NameScope = serverScope;
  /** The path that comes back at the end of the transaction. */
  #beforeLocal: readonly string[] | undefined | 'none' = 'none';
  #firstDatabase = '';

  constructor(cluster: boolean) {
    this.#cluster = cluster;
  }

  get scope(): NameScope {
    return this.#scope;
  }

  /** Reads a statement that begins with SET, SELECT, RESET, DISCARD or ends a transaction; ignores others. */
  statement(sql: string): void {
    const set = setPath.exec(sql);
    if (set) {
      const local = /^local/i.test(set[1] ?? '');
      this.#setPath(/^default$/i.test(set[2] ?? '') ? undefined : pathOf(set[2] ?? ''), local);
      return;
    }
    const config = configPath.exec(sql);
    if (config) this.#setPath(pathOf((config[1] ?? '').replaceAll("''", "'")), /^'?(t|y|on|1)/i.test(config[2] ?? ''));
    else if (resetPath.test(sql)) this.#setPath(undefined, false);
    else if (this.#beforeLocal !== 'none' && endOfTransaction.test(sql)) this.#setPath(this.#beforeLocal, false);
  }

  #setPath(schemas: readonly string[] | undefined, local: boolean): void {
    if (!local) this.#beforeLocal = 'none';
    else if (this.#beforeLocal === 'none') this.#beforeLocal = this.#scope.schemas;
    this.#scope = { ...this.#scope, schemas };
  }

  /** Reads a command for psql. */
  command(line: string): void {
    const raw = connectedDatabase(line);
    if (raw === undefined) return;
    const name = canonicalName(raw);
    this.#beforeLocal = 'none';
    if (this.#firstDatabase === '') this.#firstDatabase = name;
    // The tables of a dump of one database are named without it.
    const database = this.#cluster || name !== this.#firstDatabase ? name : '';
    this.#scope = { database, connected: name, schemas: undefined };
  }
}

/** The schemas of a search path as SQL writes it: `app, "$user", 'Odd name'`. */
function pathOf(list: string): readonly string[] {
  const names = list.match(/"(?:[^"]|"")*"|'(?:[^']|'')*'|[^\s,'"]+/g) ?? [];
  return names.flatMap((name) => {
    if (!name.startsWith("'")) return name === '""' ? [] : [canonicalQualified(name)];
    const text = name.slice(1, -1).replaceAll("''", "'");
    return text === '' ? [] : [canonicalName(text)];
  });
}

/**
 * The database of `\connect`, in the forms that pg_dump and pg_dumpall have written (appendPsqlMetaConnect in string_utils.c; before 9.5
 * a quoted name) and that psql reads: a name, a connection string, a URI. Undefined where it stays the same.
 */
export function connectedDatabase(line: string): string | undefined {
  const given = /^\\c(?:onnect)?\s+(?:-reuse-previous=\S+\s+)?("(?:[^"]|"")*"|'(?:[^']|'')*'|\S+)/.exec(line)?.[1];
  if (given === undefined || given === '-') return undefined;
  const quote = given[0];
  const text = quote === '"' || quote === "'" ? given.slice(1, -1).replaceAll(quote + quote, quote) : given;
  const uri = /^postgres(?:ql)?:\/\/[^/?]*(?:\/([^?]*))?/i.exec(text);
  if (uri) return uri[1] ? decodeURIComponent(uri[1]) : undefined;
  if (!/^\s*\w+\s*=/.test(text)) return text;
  const value = /(?:^|\s)dbname\s*=\s*('(?:[^'\\]|\\[\s\S])*'|(?:[^\s\\]|\\[\s\S])+)/.exec(text)?.[1];
  return value?.replace(/^'([\s\S]*)'$/, '$1').replaceAll(/\\([\s\S])/g, '$1');
}
