/**
 * Makes a dump fit for the server that it is loaded into: each database goes where the caller says, and what belongs to the server
 * that was dumped is left out, as the commands do for PostgreSQL: accounts behind DEFINER, the replication's position.
 */
import { quoted } from '../../../../src/dump/engines/mysql/names.ts';
import { withoutSandboxLine } from '../../../../src/dump/engines/mysql/sql/definers.ts';
import { triggerInCurrent } from '../../../../src/dump/engines/mysql/sql/own-database.ts';
import { type Decision, sortStatements } from './statements.ts';

/** Where a database of the dump goes; undefined to leave it out. */
export type Placing = (database: string, options: string) => Promise<string | undefined>;

const name = '(`(?:[^`]|``)+`|[\\w$]+)';
const ofDatabase = new RegExp(
  String.raw`^(?:/\*!\d+ )?(use|create (?:database|schema)|drop (?:database|schema)|alter (?:database|schema))\s(?:\s*/\*!\d+\s*IF NOT EXISTS\s*\*/|\s*if (?:not )?exists)?\s*(?!(?:default|character|charset|collate|read|encryption)\s)${name}?([\s\S]*)$`,
  'i',
);
const account = String.raw`(?:\`(?:[^\`]|\`\`)*\`|'(?:[^'\\]|''|\\.)*'|[\w$.%-]+)`;
/** Up to the account as which a view, a routine, a trigger or an event runs. */
export const definer = new RegExp(
  String.raw`^((?:/\*M?!\d+ )?create\b[^(]*?|(?:/\*M?!\d+ )?)\bdefiner\s*=\s*${account}(?:\s*@\s*${account})?`,
  'i',
);
/** The position of replication (mysqldump's --set-gtid-purged, --source-data), and the sandbox of MariaDB's client, which others refuse. */
const ofServer =
  /^(?:\/\*!\d+ )?(?:set @@(?:global\.gtid_purged|session\.sql_log_bin)|set @mysqldump_temp_log_bin|change (?:master|replication source) to|set global )/i;

export class DumpFilter {
  readonly #place: Placing;
  readonly #placed = new Map<string, string | undefined>();
  /** What CREATE DATABASE said of a database: its character set and collation. */
  readonly #options = new Map<string, string>();
  #skipping = false;
  #definers = 0;
  #ofServer = 0;

  constructor(place: Placing) {
    this.#place = place;
  }

  /** What the reader should know, once everything was read. */
  get notes(): readonly string[] {
    const statements = (count: number): string => `${count} statement${count === 1 ? '' : 's'}`;
    return [
      ...(this.#definers === 0
        ? []
        : [
            `left out the DEFINER of ${statements(this.#definers)}: views, routines, triggers and events run as the account that loads them`,
          ]),
      ...(this.#ofServer === 0 ? [] : [`left out ${statements(this.#ofServer)} about the server that was dumped`]),
    ];
  }

  /** The databases that the dump names, in its order. */
  get databases(): readonly string[] {
    return [...this.#placed.keys()];
  }

  /** @throws what the caller's placing throws */
  apply(source: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
    return sortStatements(withoutSandboxLine(source), {
      decide: (head) => this.#decide(head),
      whole: (statement) => this.#whole(statement),
    });
  }

  #decide(head: string): Decision {
    if (ofServer.test(head) || ofDatabase.test(head)) return 'whole';
    if (this.#skipping) return 'skip';
    return /^(?:\/\*M?!\d+ )?(?:create\b|definer\b)/i.test(head) && /\b(?:definer|trigger)\b/i.test(head)
      ? 'whole'
      : 'pass';
  }

  async #whole(statement: string): Promise<string | undefined> {
    // Comments stand before it.
    const [, comments = '', sql = ''] =
      /^((?:\s|--[^\n]*\n|#[^\n]*\n|\/\*[^!M][\s\S]*?\*\/)*)([\s\S]*)$/.exec(statement) ?? [];
    if (ofServer.test(sql)) {
      this.#ofServer += 1;
      return comments;
    }
    const [, verb = '', found, rest = ''] = ofDatabase.exec(sql) ?? [];
    if (verb !== '') return comments + (await this.#database(verb.toLowerCase(), found, rest));
    if (this.#skipping) return /^delimiter /i.test(sql) || /sql_mode/i.test(sql) ? undefined : comments;
    const plainTrigger = triggerInCurrent(sql);
    if (definer.test(sql)) this.#definers += 1;
    const changed = plainTrigger.replace(definer, '$1');
    return changed === sql ? undefined : comments + changed;
  }

  async #database(verb: string, found: string | undefined, rest: string): Promise<string> {
    const database = plain(found ?? '');
    if (verb.startsWith('drop')) return '';
    if (verb.startsWith('create')) {
      this.#options.set(database, optionsIn(rest));
      return '';
    }
    // Without a name it is the current one.
    if (found === undefined || database === '')
      return verb.startsWith('alter') && !this.#skipping ? `ALTER DATABASE ${rest}` : '';
    if (!this.#placed.has(database))
      this.#placed.set(database, await this.#place(database, this.#options.get(database) ?? ''));
    const to = this.#placed.get(database);
    if (verb === 'use') this.#skipping = to === undefined;
    if (to === undefined) return '';
    const target = Buffer.from(quoted(to)).toString('latin1');
    return verb === 'use' ? `USE ${target};` : `ALTER DATABASE ${target}${rest}`;
  }
}

/** A name as it is in the dump, in characters. */
function plain(found: string): string {
  const bytes = found.startsWith('`') ? found.slice(1, -1).replaceAll('``', '`') : found;
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** Character set and collation, and nothing else. */
function optionsIn(rest: string): string {
  const set = /CHARACTER SET\s*=?\s*(\w+)/i.exec(rest)?.[1];
  const collation = /COLLATE\s*=?\s*(\w+)/i.exec(rest)?.[1];
  return `${set === undefined ? '' : ` CHARACTER SET ${set}`}${collation === undefined ? '' : ` COLLATE ${collation}`}`;
}
