/**
 * Takes the own database from before names in a statement that makes a table or a view, as a server writes it.
 *
 * Two names with a dot are those of a table and its column as well, and a table or an alias may be called like its database. So a
 * name goes where it can be nothing but that of a database: before the two of a column, before a function, and where a table or a
 * sequence is named.
 */
import { unquoted } from '../names.ts';

const text = /'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S]|"")*"/;
const name = '`(?:[^`]|``)*`';
/** Texts, the tables of MERGE, names joined by dots with the bracket of a call, words, and brackets. */
const tokens = new RegExp(`${text.source}|\\bUNION=\\(|${name}(?:\\.${name})*\\(?|[A-Za-z_][\\w$]*|[(),]|\\S`, 'gi');
const names = new RegExp(name, 'g');

/** What is within a pair of brackets. */
interface Level {
  /** Whether a query stands there; FROM is of `extract` and `trim` otherwise. */
  query: boolean;
  /** Whether tables are joined, or listed, there. */
  tables: boolean;
}

/** Follows a statement, as far as to know where tables are named. */
class Reader {
  readonly #levels: Level[] = [{ query: false, tables: false }];
  #words: readonly string[] = [];
  /** Whether the next name is that of a table or a sequence. */
  #table = false;

  /** @returns whether the token stands where a table is named */
  take(token: string): boolean {
    const here = this.#table;
    const level = this.#levels.at(-1) ?? { query: false, tables: false };
    this.#table = false;
    if (token === '(' || /^UNION=\($/i.test(token)) {
      this.#table = here || token !== '(' || /^(nextval|lastval|setval)$/.test(this.#words.at(-1) ?? '');
      this.#levels.push({ query: false, tables: this.#table });
    } else if (token === ')') this.#levels.pop();
    else if (token === ',') this.#table = level.tables && !level.query;
    else if (token.startsWith('`') && token.endsWith('(')) this.#levels.push({ query: false, tables: false });
    const word = token.toLowerCase();
    this.#words = [...this.#words.slice(-1), word];
    if (/^[a-z_][\w$]*$/.test(word)) this.#word(level);
    return here;
  }

  #word(level: Level): void {
    const [before, word = ''] = this.#words.length > 1 ? this.#words : [undefined, ...this.#words];
    if (word === 'select') Object.assign(level, { query: true, tables: false });
    else if (word === 'from' && level.query && before !== 'distinct') this.#table = level.tables = true;
    else if (/^(straight_)?join$/.test(word)) this.#table = level.tables;
    else if (word === 'for') this.#table = before === 'value';
    else this.#table = /^(references|table|view|sequence)$/.test(word);
  }
}

/** @param database quoted; both in UTF-8, or both in bytes */
export function withoutOwnDatabase(sql: string, database: string): string {
  if (!sql.includes(`${database}.`)) return sql;
  const reader = new Reader();
  return sql.replace(tokens, (token) => {
    const here = reader.take(token);
    if (!token.startsWith(`${database}.`)) return token;
    const parts = token.match(names)?.length ?? 0;
    return parts > 2 || here || token.endsWith('(') ? token.slice(database.length + 1) : token;
  });
}

const id = '(?:`(?:[^`]|``)+`|"(?:[^"]|"")+"|[\\w$\\u0080-\\uffff]+)';
/** A trigger keeps the words of who made it, the names of databases in them, too. */
const qualifiedTrigger = new RegExp(
  String.raw`^((?:/\*!\d+ )?create\b(?:(?!\btrigger\b)[\s\S])*?\btrigger\s+(?:if\s+not\s+exists\s+)?)(?:${id}\s*\.\s*)?(${id}\s+(?:before|after)\s+(?:insert|update|delete)\s+on\s+)(?:${id}\s*\.\s*)?(${id})`,
  'i',
);

/** A statement that makes a trigger, in the current database; any other as it is. */
export function triggerInCurrent(statement: string): string {
  return statement.replace(qualifiedTrigger, '$1$2$3');
}

const alterDatabase = new RegExp(`^(ALTER DATABASE )(${name}) `);

/**
 * The tools alter the database around what was made while it had another character set. Without a name, the statement is about the
 * current one (MySQL manual, "ALTER DATABASE Statement").
 */
export function alterOfCurrent(statement: string, database: string): string {
  return statement.replace(alterDatabase, (all, verb: string, found: string) =>
    unquoted(found) === database ? verb : all,
  );
}
