/**
 * The SQL of a dump as a proof restores it: with the line and the object of each statement, by which refusals are told, and with the
 * few changes that a scratch server needs.
 */

import { normalProgram } from '../fingerprint/normal-form.ts';
import { triggerHead } from '../fingerprint/trigger.ts';
import { namePattern, quoted, shownName, unquoted } from '../names.ts';
import { splitStatements } from './splitter.ts';

export interface RestorableOptions {
  /** The database of the source, in a dump that names none. */
  readonly database: string;
  /** Names on the scratch server by those of the source. */
  readonly names: ReadonlyMap<string, string>;
  /** Whether the server refuses the mode NO_AUTO_CREATE_USER, which MySQL removed with 8.0. */
  readonly withoutOldModes: boolean;
}

const name = `(${namePattern})`;

/** Lines of statements, and what they are about. */
export class Places {
  readonly #starts: number[] = [];
  readonly #objects: (string | undefined)[] = [];

  add(line: number, object: string | undefined): void {
    // Of rows, there may be millions of lines; only changes are kept.
    if (this.#objects.at(-1) === object && this.#starts.length > 0) return;
    this.#starts.push(line);
    this.#objects.push(object);
  }

  /** The object of the statement that begins at a line, or around it. */
  at(line: number): string | undefined {
    let [low, high] = [0, this.#starts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] ?? 0) <= line) low = middle + 1;
      else high = middle;
    }
    return this.#objects[low - 1];
  }
}

/** @param places gets the object of each statement */
export async function* restorable(
  source: AsyncIterable<Buffer>,
  options: RestorableOptions,
  places: Places,
): AsyncGenerator<Buffer> {
  const reader = new ObjectReader(options.database);
  let line = 1;
  let inRows = false;
  for await (const { kind, bytes } of splitStatements(source)) {
    if (kind === 'rows') {
      if (!inRows) places.add(line, reader.rows(bytes));
      inRows = true;
    } else inRows = false;
    let out = bytes;
    if (kind === 'statement') {
      const head = bytes.subarray(0, 4096).toString('utf8');
      places.add(line, reader.statement(head));
      out = changed(head, bytes, options);
    }
    line += linesIn(out);
    yield out;
  }
}

function linesIn(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) count += 1;
  return count;
}

function changed(head: string, bytes: Buffer, { names, withoutOldModes }: RestorableOptions): Buffer {
  const create = new RegExp(`^CREATE DATABASE (?:/\\*!\\d+ IF NOT EXISTS\\*/ )?${name}([\\s\\S]*)$`).exec(head);
  // It is there already, so that no other job can take the name.
  if (create) return Buffer.from(`ALTER DATABASE ${quoted(to(create[1], names))}${create[2]}`);
  if (withoutOldModes && /^(\/\*!\d+ )?SET sql_mode\s*=/i.test(head) && head.includes('NO_AUTO_CREATE_USER'))
    return Buffer.from(head.replace(/,?NO_AUTO_CREATE_USER/, '').replace("= ',", "= '"));
  return bytes;
}

const to = (name: string | undefined, names: ReadonlyMap<string, string>): string =>
  names.get(unquoted(name ?? '')) ?? unquoted(name ?? '');

class ObjectReader {
  #database: string;

  constructor(database: string) {
    this.#database = database;
  }

  #shown(kind: string, object: string): string {
    return `${kind} ${shownName(this.#database, unquoted(object))}`;
  }

  rows(bytes: Buffer): string | undefined {
    const head = bytes.subarray(0, 1000).toString('utf8');
    const [, table] = new RegExp(`^(?:INSERT|REPLACE)[A-Z ]* INTO ${name}`).exec(head) ?? [];
    return table === undefined ? undefined : this.#shown('ROWS', table);
  }

  statement(head: string): string | undefined {
    const use = new RegExp(`^USE ${name}`).exec(head)?.[1];
    if (use !== undefined) this.#database = unquoted(use);
    const trigger = triggerHead(normalProgram(head.replace(/\/\*!\d+ ?|\*\//g, ' ').trim()));
    if (trigger) return `TRIGGER ${shownName(this.#database, trigger.name)}`;
    const text = head
      .replace(/\/\*M?!\d+ ?|\*\//g, ' ')
      .replace(/\s+/g, ' ')
      .trim();
    const [, kind, object] =
      new RegExp(
        `^CREATE (?:OR REPLACE )?(?:ALGORITHM=\\w+ )?(?:DEFINER=\\S+ )?(?:SQL SECURITY \\w+ )?(?:AGGREGATE )?(TABLE|VIEW|SEQUENCE|PROCEDURE|FUNCTION|PACKAGE BODY|PACKAGE|EVENT) (?:IF NOT EXISTS )?${name}`,
        'i',
      ).exec(text) ?? [];
    if (kind !== undefined && object !== undefined) return this.#shown(kind.toUpperCase(), object);
    const [, sequence] = new RegExp(`^(?:DO|SELECT) SETVAL\\(${name}`).exec(text) ?? [];
    return sequence === undefined ? undefined : this.#shown('SEQUENCE', sequence);
  }
}
