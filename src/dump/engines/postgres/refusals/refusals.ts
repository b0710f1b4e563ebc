/**
 * Reads what psql and pg_restore write to standard error while they go on after an error: the statements that the server
 * refused. A restore may be refused hundreds of thousands of times, so only some refusals are kept, and the rest counted.
 */
import type { Refusal } from '../../../../ports/dump-engine.ts';
import { adviceOnRefusal } from './refusal-table.ts';
import { objectOfStatement } from './statement-object.ts';

/** Refusals kept. */
export const maxRefusals = 2_000;
/** Characters kept of a message, and of a statement: its beginning names its object. */
const maxMessage = 400;
const maxStatement = 2_000;

/** Starts of what psql prints of an error (VERBOSITY=verbose) and of other messages, which end the error before. */
const psqlStart = /^(?:psql:[^\n]*?: )?(ERROR|FATAL|PANIC|WARNING|NOTICE|INFO|LOG|DEBUG): {2}(?:([0-9A-Z]{5}): )?(.*)$/;
const restoreStart =
  /^pg_restore: error: (?:could not execute query|COPY failed for table "(.*)"|error returned by \w+|query failed|could not \w+ large object \d+): (?:(?:ERROR|FATAL|PANIC): {2})?(.*)$/;
/** Of parts that follow the message, only the statement matters; the others may hold rows. */
const statementStart = /^(?:(?:psql:[^\n]*?: )?STATEMENT: {2}|Command was: )(.*)$/;
const ignored = /^pg_restore: warning: errors ignored on restore: (\d+)$/;

/** The message without values of rows, which end up in reports. */
function withoutValues(message: string): string {
  return message
    .replace(/: ".*"$/s, ': "…"')
    .replace(/^(date\/time field )?value ".*" is/s, '$1value "…" is')
    .replace(/\((.*)\)=\(.*\)/s, '($1)=(…)');
}

interface Begun {
  message: string;
  readonly code: string | undefined;
  /** Table of a COPY that pg_restore names without its schema. */
  readonly table: string | undefined;
  statement: string | undefined;
}

export class RefusalReader {
  readonly #refusals: Refusal[] = [];
  #count = 0;
  /** Refusals that do not count. */
  #disregarded = 0;
  #begun: Begun | undefined;
  #rest = '';
  /** The last error of the program itself. */
  #fatal: string | undefined;
  #last = '';
  /** How many errors pg_restore counted at its end. */
  #ignored: number | undefined;

  /** Takes a piece of standard error. */
  push(text: string): void {
    const lines = (this.#rest + text).split('\n');
    // A line without an end must not grow for ever.
    this.#rest = (lines.pop() ?? '').slice(0, 100_000);
    for (const line of lines) this.#line(line);
  }

  /** What ended the program: pg_restore's own last error, else the last line that is not empty. */
  get lastWords(): string {
    return this.#fatal ?? (this.#rest.trim() || this.#last);
  }

  /** Whether pg_restore came to its end: only then does it count its errors. */
  get restoreEnded(): boolean {
    return this.#ignored !== undefined;
  }

  /** Ends the reading. @returns the refusals in their order; the last one stands for those that were not kept */
  end(): readonly Refusal[] {
    if (this.#rest !== '') this.#line(this.#rest);
    this.#rest = '';
    this.#finish();
    const told = Math.max(this.#count, (this.#ignored ?? 0) - this.#disregarded);
    const more = told - this.#refusals.length;
    if (more <= 0) return this.#refusals;
    const message = this.#refusals.length === 0 ? (this.#fatal ?? 'a statement was refused') : `${more} more refusals`;
    return [...this.#refusals, { message, reason: 'unknown' }];
  }

  #line(line: string): void {
    if (line.trim() !== '') this.#last = line.slice(0, maxMessage);
    const end = ignored.exec(line);
    if (end) {
      this.#finish();
      this.#ignored = Number(end[1]);
      return;
    }
    const restore = restoreStart.exec(line);
    if (restore) {
      this.#begin({ message: restore[2] ?? '', code: undefined, table: restore[1], statement: undefined });
      return;
    }
    if (line.startsWith('pg_restore: ')) {
      this.#finish();
      if (line.startsWith('pg_restore: error: ')) this.#fatal = line.slice('pg_restore: error: '.length, 1000);
      return;
    }
    const psql = psqlStart.exec(line);
    if (psql) {
      this.#finish();
      const [, severity = '', code, message = ''] = psql;
      if (/^(ERROR|FATAL|PANIC)$/.test(severity))
        this.#begin({ message, code, table: undefined, statement: undefined });
      return;
    }
    this.#continue(line);
  }

  #begin(begun: Begun): void {
    this.#finish();
    this.#begun = begun;
  }

  #continue(line: string): void {
    const begun = this.#begun;
    if (begun === undefined) return;
    const statement = statementStart.exec(line);
    if (statement) begun.statement = statement[1] ?? '';
    else if (begun.statement !== undefined && begun.statement.length < maxStatement) begun.statement += `\n${line}`;
  }

  #finish(): void {
    const begun = this.#begun;
    this.#begun = undefined;
    if (begun === undefined) return;
    const message = withoutValues(begun.message).slice(0, maxMessage);
    const { code } = begun;
    const object =
      begun.statement === undefined
        ? begun.table && `rows of ${quoted(begun.table)}`
        : objectOfStatement(begun.statement);
    if (meansNothing(begun)) {
      this.#disregarded += 1;
      return;
    }
    this.#count += 1;
    if (this.#refusals.length >= maxRefusals) return;
    this.#refusals.push({ message, code, object, ...adviceOnRefusal({ message, code }) });
  }
}

/** Statements that may be refused, by what the server says of them: the copy has all that it should have. */
const needless: readonly (readonly [message: RegExp, statement: RegExp])[] = [
  // It belongs to the superuser who made it.
  [/^must be owner of extension/, /^COMMENT ON EXTENSION /],
  // What tools set for the session, and a server of an older series does not know: transaction_timeout, since 17.
  [/^unrecognized configuration parameter/, /^SET \w+ = /],
  // A number that servers keep for themselves (seen from 15.20 and 17.12 on); pg_dump of an older release takes it for a setting.
  [/^unrecognized parameter "pg_attver"$/, /^ALTER TABLE ONLY .* SET \(pg_attver=\d+\);$/],
];

function meansNothing({ message, statement = '' }: Begun): boolean {
  return needless.some(([words, begin]) => words.test(message) && begin.test(statement));
}

/** As SQL writes the name. */
function quoted(name: string): string {
  return /^[a-z_\u0080-\uffff][\w$\u0080-\uffff]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
