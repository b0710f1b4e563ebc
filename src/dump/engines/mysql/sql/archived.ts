/** What the SQL of a dump says of definitions, of sequences, and of the next values of tables. */
import { createHash } from 'node:crypto';
import { DumpError } from '../../../../anonymize/format/dump-error.ts';
import type { DumpFingerprint, HeldByDump } from '../../../../domain/dump.ts';
import type { DefinitionFacts } from '../../../../ports/dump-engine.ts';
import {
  type Attributes,
  definerOf,
  normalProgram,
  normalTable,
  normalView,
  withAttributes,
} from '../fingerprint/normal-form.ts';
import { normalTrigger, type TriggerHead, triggerHead } from '../fingerprint/trigger.ts';
import { namePattern, shownName, unquoted } from '../names.ts';
import { decoded } from './charsets.ts';
import { splitStatements } from './splitter.ts';

/** The last line of the tools; what follows it is the time. */
export const lastLine = '-- Dump completed';

export const hashOf = (definition: string): string =>
  createHash('sha256').update(definition).digest('hex').slice(0, 32);

export interface Archived {
  /** Normal form by object. */
  readonly definitions: ReadonlyMap<string, string>;
  /** Values that sequences are set to. */
  readonly sequences: Readonly<Record<string, string>>;
  /** Next value of AUTO_INCREMENT by table. */
  readonly counters: Readonly<Record<string, string>>;
  readonly definers: readonly string[];
  /** Whether it names its databases. */
  readonly named: boolean;
  /** Bytes of SQL. */
  readonly bytes: number;
}

/**
 * Objects that the dump tool found, and neither reading of the source: they came and went meanwhile. And views that it did not find,
 * unlike both readings: of these alone, servers do not say when they were made.
 */
export function heldBy(
  { definitions }: Pick<Archived, 'definitions'>,
  source: Pick<DumpFingerprint, 'definitions' | 'after'>,
): HeldByDump | undefined {
  const known = { ...source.definitions, ...source.after?.definitions };
  const only = [...definitions.keys()].filter((id) => known[id] === undefined && !id.startsWith('DATABASE '));
  const lacks = Object.keys(known).filter((id) => id.startsWith('VIEW ') && !definitions.has(id));
  return only.length + lacks.length === 0 ? undefined : { tables: [], only, lacks };
}

const name = `(${namePattern})`;
/** Statements that are read are shorter than this; longer ones are read all the same where they make an object. */
const most = 64 * 1024 * 1024;

/**
 * @param database of a dump that names none
 * @throws DumpError when the SQL does not end with its last line
 */
export async function readArchived(
  sql: AsyncIterable<Buffer>,
  database: string,
  family: 'mysql' | 'mariadb',
): Promise<Archived> {
  const reader = new ArchiveReader(database, family);
  let bytes = 0;
  let end = '';
  for await (const piece of splitStatements(sql)) {
    bytes += piece.bytes.length;
    if (piece.kind === 'comment') {
      if (piece.bytes.length > 2) end = piece.bytes.subarray(0, 100).toString('latin1');
      continue;
    }
    end = '';
    if (piece.kind === 'statement' && piece.bytes.length < most) reader.read(piece.bytes);
  }
  if (!end.startsWith(lastLine))
    throw new DumpError({ what: `the dump is cut off: its last line ("${lastLine}") is missing`, offset: bytes });
  return { ...reader.archived, bytes };
}

class ArchiveReader {
  #database: string;
  readonly #family: 'mysql' | 'mariadb';
  readonly #definitions = new Map<string, string>();
  readonly #sequences: Record<string, string> = {};
  readonly #counters: Record<string, string> = {};
  readonly #definers = new Set<string>();
  /** Triggers so far by table, time and event. */
  readonly #order = new Map<string, number>();
  #attributes: Attributes = {};
  #named = false;

  constructor(database: string, family: 'mysql' | 'mariadb') {
    this.#database = database;
    this.#family = family;
  }

  get archived(): Omit<Archived, 'bytes'> {
    return {
      definitions: this.#definitions,
      sequences: this.#sequences,
      counters: this.#counters,
      definers: [...this.#definers].sort(),
      named: this.#named,
    };
  }

  read(bytes: Buffer): void {
    const head = bytes.toString('utf8', 0, 300);
    const use = new RegExp(`^USE ${name}`).exec(head)?.[1];
    if (use !== undefined) {
      this.#database = unquoted(use);
      this.#named = true;
    } else if (/^(\/\*!\d+ )?SET /i.test(head)) this.#set(bytes.toString('latin1'));
    else if (/^(DO|SELECT) SETVAL\(/.test(head)) this.#sequence(head);
    else if (/^(\/\*M?!\d+ )?CREATE[ */]/.test(head)) this.#create(bytes);
  }

  #set(statement: string): void {
    const value = (variable: string): string | undefined =>
      new RegExp(`SET ${variable}\\s*=\\s*'?([^'@*;]*[^'@*; ])?'?`, 'i').exec(statement)?.[1];
    const is = (variable: string): boolean => new RegExp(`SET ${variable}\\s*=\\s*[^@ ]`, 'i').test(statement);
    if (is('sql_mode')) this.#attributes = { ...this.#attributes, sqlMode: value('sql_mode') ?? '' };
    if (is('time_zone')) this.#attributes = { ...this.#attributes, timeZone: value('time_zone') };
    if (is('character_set_client')) this.#attributes = { ...this.#attributes, charset: value('character_set_client') };
    if (is('collation_connection'))
      this.#attributes = { ...this.#attributes, collation: value('collation_connection') };
  }

  #sequence(head: string): void {
    const [, sequence = '', value = ''] = new RegExp(`SETVAL\\(${name}, ?(-?\\d+)`).exec(head) ?? [];
    this.#sequences[shownName(this.#database, unquoted(sequence))] = value;
  }

  #add(kind: string, object: string, definition: string): void {
    this.#definitions.set(`${kind} ${shownName(this.#database, object)}`, definition);
  }

  #create(bytes: Buffer): void {
    // Tables and what stands in for views are in the dump's own character set.
    const ofDump = /^(\/\*!\d+ )?CREATE (TABLE|SEQUENCE|DATABASE|VIEW)\b/.test(bytes.toString('latin1', 0, 40));
    const statement = decoded(bytes, ofDump ? undefined : this.#attributes.charset);
    // The wrapping of triggers and events; what is within is kept as it is.
    const unwrapped = statement.replace(
      /^\/\*!\d+ CREATE\*\/ (?:\/\*!\d+ (DEFINER=[\s\S]*?)\*\/ )?\/\*!\d+ ([\s\S]*?)\s*\*\/\s*;*\s*$/,
      (_, account: string | undefined, rest: string) => `CREATE ${account ? `${account} ` : ''}${rest}`,
    );
    const text = unwrapped.replace(/\s*;+\s*$/, '');
    const definer = definerOf(text);
    if (definer !== undefined) this.#definers.add(definer);
    const program = normalProgram(text);
    const is = (kind: string): string | undefined =>
      new RegExp(`^CREATE (?:AGGREGATE )?${kind}\\s+(?:IF NOT EXISTS\\s+)?${name}`, 'i').exec(program)?.[1];
    for (const kind of ['PROCEDURE', 'FUNCTION', 'PACKAGE BODY', 'PACKAGE', 'EVENT'] as const) {
      const object = is(kind);
      if (object === undefined) continue;
      const { timeZone, ...others } = this.#attributes;
      this.#add(
        kind,
        unquoted(object),
        withAttributes(program, kind === 'EVENT' ? this.#attributes : others, this.#family),
      );
      return;
    }
    const trigger = triggerHead(program);
    if (trigger) this.#trigger(trigger, program);
    else this.#tableOrView(text);
  }

  #trigger({ name: trigger, place }: TriggerHead, program: string): void {
    const key = `${this.#database}.${place}`;
    const order = (this.#order.get(key) ?? 0) + 1;
    this.#order.set(key, order);
    const { timeZone: _, ...attributes } = this.#attributes;
    this.#add(
      'TRIGGER',
      trigger,
      `${withAttributes(normalTrigger(program), attributes, this.#family)}\n-- order: ${order}`,
    );
  }

  #tableOrView(text: string): void {
    const plainText = normalView(text, this.#database);
    const view = new RegExp(`^CREATE (?:ALGORITHM=\\w+ )?(?:SQL SECURITY \\w+ )?VIEW ${name}`).exec(plainText)?.[1];
    if (view !== undefined) {
      // What stands in for a view until the tables are there has no algorithm.
      const { charset, collation } = this.#attributes;
      if (/^CREATE ALGORITHM/.test(plainText))
        this.#add('VIEW', unquoted(view), withAttributes(plainText, { charset, collation }, this.#family));
      return;
    }
    const sequence = new RegExp(`^CREATE SEQUENCE ${name}`).exec(plainText)?.[1];
    if (sequence !== undefined) {
      this.#add('SEQUENCE', unquoted(sequence), normalTable(text, this.#database));
      return;
    }
    const table = new RegExp(`^CREATE TABLE (?:IF NOT EXISTS )?${name}`).exec(plainText)?.[1];
    if (table === undefined) return;
    this.#add('TABLE', unquoted(table), normalTable(text, this.#database));
    const counter = counterOf(text);
    if (counter !== undefined) this.#counters[shownName(this.#database, unquoted(table))] = counter;
  }
}

/** The next value in a statement that makes a table; it stands in its last line, before any text. */
export function counterOf(sql: string): string | undefined {
  const options = /\n\) (ENGINE=[^\n]*)$|\n\) (ENGINE=[^\n]*)\n/.exec(sql);
  return / AUTO_INCREMENT=(\d+)/.exec((options?.[1] ?? options?.[2] ?? '').replace(/'[\s\S]*$/, ''))?.[1];
}

/** As the port wants it. */
export function factsOf(definitions: ReadonlyMap<string, string>): DefinitionFacts {
  const hashes = Object.fromEntries([...definitions].map(([id, sql]) => [id, hashOf(sql)]));
  const objects: Record<string, number> = {};
  for (const id of definitions.keys()) {
    const kind = /^(PACKAGE BODY|\w+)/.exec(id)?.[1] ?? '';
    const words = kind === 'PACKAGE BODY' ? 'package bodies' : `${kind.toLowerCase()}s`;
    objects[words] = (objects[words] ?? 0) + 1;
  }
  return { figures: { definitions: hashes, objects }, sql: definitions, text: Buffer.alloc(0) };
}
