/** Reads the fingerprint of a source: rows in transactions of the moment, definitions before and after. */
import type { DumpFingerprint, LaterReading, TableFingerprint, UnreadFact } from '../../../../domain/dump.ts';
import { type Catalogue, countObjects, type Table } from '../../../../dump/engines/mysql/catalogue.ts';
import { withoutLeftOut } from '../../../../dump/engines/mysql/left-out.ts';
import { tablesToLock } from '../../../../dump/engines/mysql/moment.ts';
import { quotedPair } from '../../../../dump/engines/mysql/names.ts';
import { isTransactional } from '../../../../dump/engines/mysql/server.ts';
import { hashOf } from '../../../../dump/engines/mysql/sql/archived.ts';
import type { WorkContext } from '../../../../runtime/context.ts';
import { readCatalogue } from '../catalogue.ts';
import { type ReadDefinitions, readDefinitions } from '../definitions.ts';
import { hasRows, type ReadRows, type RowRequest, readRows } from '../rows.ts';
import type { Session } from '../session.ts';
import type { Hold } from './hold.ts';
import type { Source } from './source.ts';

export interface ReadingParts {
  readonly catalogue: Catalogue;
  readonly definitions: ReadDefinitions;
  /** What is in none of them, since it cannot be read. */
  readonly leftOut: readonly UnreadFact[];
  /** Outside the transactions. */
  readonly control: Session;
  readonly open: (what: string) => Promise<Session>;
}

export interface Finish {
  readonly archive: Promise<unknown>;
  readonly takenAt: string;
  /** Whether writers waited until all transactions had begun. */
  readonly exact: boolean;
  readonly held: Pick<Hold, 'keepsLocks' | 'end'>;
  /** Whether all writers wait until everything has been read. */
  readonly locked: boolean;
}

/** Classes of rows in tables of which two readings are compared. */
const fewClasses = 256;
const manyClasses = 1024;
/** Bytes of a table that has more classes. */
const large = 100_000_000;

export class Reading {
  readonly #source: Source;
  readonly #parts: ReadingParts;
  readonly #context: WorkContext;
  #readers: Session[] = [];
  #later: Session[] = [];
  #unlocked: readonly Table[] = [];
  /** Of tables that could not be kept as they were: read before the dump. */
  #early: ReadRows = { tables: [], unread: [] };
  #sequences: Readonly<Record<string, string>> = {};

  constructor(source: Source, parts: ReadingParts, context: WorkContext) {
    this.#source = source;
    this.#parts = parts;
    this.#context = context;
  }

  /** Opens the sessions, so that writers do not wait for that. */
  async prepare(count: number): Promise<void> {
    for (let at = 0; at < count; at += 1) this.#readers.push(await this.#parts.open('the fingerprint'));
    this.#sequences = await this.#readSequences(this.#parts.definitions.counters);
  }

  /** Reads tables that nothing keeps as they are. */
  async readEarly(unlocked: readonly Table[]): Promise<void> {
    this.#unlocked = unlocked;
    if (unlocked.length === 0) return;
    this.#early = await readRows([this.#parts.control], this.#requests(unlocked, true), this.#context.signal);
  }

  /** Begins the transactions. */
  begin(): Promise<void> {
    return beginTransactions(this.#readers);
  }

  /** Begins later transactions: those of the dump lie between these and the first ones. */
  async beginAgain(): Promise<void> {
    this.#later = [];
    for (const _ of this.#readers) this.#later.push(await this.#parts.open('the fingerprint'));
    await beginTransactions(this.#later);
  }

  #requests(tables: readonly Table[], classes: boolean): readonly RowRequest[] {
    const { server, history } = this.#source;
    const form = server.product === 'Infobright' ? 'pair' : 'sum';
    return tables.filter(hasRows).map((table) => ({
      table,
      form,
      history,
      ...(classes ? { classes: table.bytes > large ? manyClasses : fewClasses } : {}),
    }));
  }

  async finish({ archive, takenAt, exact, held, locked }: Finish): Promise<DumpFingerprint> {
    const { clock, signal } = this.#context;
    const startedAt = clock.now().getTime();
    const { catalogue, definitions, leftOut } = this.#parts;
    const apart = new Set(this.#unlocked.map(({ shown }) => shown));
    const stable = catalogue.tables.filter(({ shown }) => !apart.has(shown));
    // Tables with locks are read as they are; the others in the transactions.
    const [first, second] = await Promise.all([
      readInTransactions(this.#readers, this.#requests(stable, !exact), signal),
      exact
        ? undefined
        : readInTransactions(this.#later, this.#requests(stable.filter(isMoving(held.keepsLocks)), true), signal),
    ]);
    await archive.catch(() => {});
    const lost = locked && !(await held.end()) ? tablesToLock(catalogue.tables) : [];
    signal.throwIfAborted();
    const late = await readRows([this.#parts.control], this.#requests(this.#unlocked, true), signal);
    const after = await this.#definitionsNow();
    // One that went before its definition was read, and came and went again, is known by its rows alone.
    const isKnown = ({ name }: TableFingerprint): boolean =>
      definitions.definitions.has(`TABLE ${name}`) || !isGone(`rows of ${name}`, after);
    const tables = [...first.tables, ...this.#early.tables].filter(isKnown).sort(byName);
    const laterTables = [...(second?.tables ?? []), ...late.tables].sort(byName);
    const unread = [
      ...first.unread,
      ...this.#early.unread,
      ...(second?.unread ?? []),
      ...late.unread,
      ...lost.map(({ shown }) => ({ what: `rows of ${shown}`, why: 'the lock was lost while they were dumped' })),
      ...definitions.unread,
    ].filter(({ what }) => !isGone(what, after));
    const lacking = [...leftOut, ...unread];
    const before = hashes(definitions);
    const moved = this.#moved(before, after && laterHashes(definitions, after), laterTables);
    return {
      takenAt,
      seconds: (clock.now().getTime() - startedAt) / 1000,
      serverVersion: this.#source.server.text,
      ...(moved ? withoutStill(tables, moved) : { tables: tables.map(withoutClasses) }),
      ...(await this.#sequenceFacts(after?.counters ?? definitions.counters)),
      extensions: {},
      objects: countObjects(catalogue),
      definitions: before,
      roles: definitions.definers,
      ...(lacking.length > 0 ? { unread: unique(lacking) } : {}),
    };
  }

  /** Definitions after the dump; undefined when they cannot be read. */
  async #definitionsNow(): Promise<ReadDefinitions | undefined> {
    const { control } = this.#parts;
    const { server, databases, leftOut } = this.#source;
    try {
      const catalogue = withoutLeftOut(await readCatalogue(control, server, databases), leftOut);
      return await readDefinitions(catalogue, { session: control, server });
    } catch {
      this.#context.signal.throwIfAborted();
      return undefined;
    }
  }

  #moved(
    before: Readonly<Record<string, string>>,
    definitions: Readonly<Record<string, string>> | undefined,
    tables: readonly TableFingerprint[],
  ): LaterReading | undefined {
    const same = definitions === undefined || sameRecord(before, definitions);
    if (tables.length === 0 && same) return undefined;
    return {
      takenAt: this.#context.clock.now().toISOString(),
      tables,
      ...(same ? {} : { definitions }),
    };
  }

  /** Next values of sequences, beside those of tables. */
  async #readSequences(counters: Readonly<Record<string, string>>): Promise<Readonly<Record<string, string>>> {
    const values: Record<string, string> = { ...counters };
    for (const { kind, database, name, shown } of this.#parts.catalogue.tables) {
      if (kind !== 'sequence') continue;
      const value = await this.#parts.control.value(`SELECT next_not_cached_value FROM ${quotedPair(database, name)}`);
      if (value !== undefined) values[shown] = value;
    }
    return values;
  }

  async #sequenceFacts(
    counters: Readonly<Record<string, string>>,
  ): Promise<Pick<DumpFingerprint, 'sequences' | 'sequencesBefore'>> {
    const before = this.#sequences;
    const sequences = await this.#readSequences(counters);
    return sameRecord(before, sequences) ? { sequences } : { sequences, sequencesBefore: before };
  }
}

const isMoving =
  (keepsLocks: boolean) =>
  ({ engine }: Table): boolean =>
    !keepsLocks || isTransactional(engine);

async function beginTransactions(sessions: readonly Session[]): Promise<void> {
  await Promise.all(
    sessions.map(async (session) => {
      await session.mustAsk('START TRANSACTION WITH CONSISTENT SNAPSHOT');
      await session.value(`SAVEPOINT ${savepoint}`);
    }),
  );
}

const savepoint = 'holdfast';

/**
 * A transaction keeps the definition of each table that it has read, so that who alters one waits, and all others, the dump tool
 * among them, wait behind that. To go back to a savepoint lets it go (MySQL manual, "Metadata Locking"), as the tools do it, too.
 */
async function readInTransactions(
  sessions: readonly Session[],
  requests: readonly RowRequest[],
  signal: AbortSignal,
): Promise<ReadRows> {
  const read = await readRows(sessions, requests, signal, `ROLLBACK TO SAVEPOINT ${savepoint}`);
  for (const session of sessions) await session.value('ROLLBACK');
  return read;
}

const hashes = ({ definitions }: ReadDefinitions): Readonly<Record<string, string>> =>
  Object.fromEntries([...definitions].map(([id, sql]) => [id, hashOf(sql)]));

/** Of what was dropped meanwhile, nothing can be read, and the comparison tells that it moved. */
function isGone(what: string, after: ReadDefinitions | undefined): boolean {
  const id = what.replace(/^rows of /, 'TABLE ').replace(/^definition of /, '');
  return (
    after !== undefined && !after.definitions.has(id) && !after.unread.some((one) => one.what === `definition of ${id}`)
  );
}

/**
 * Of what was made anew in between, nothing is known, even if it is as before. A server that gives no time says nothing of that: MariaDB
 * gives none of a table while its own threads open it, such as the purge of rows with generated columns.
 */
export function laterHashes(before: ReadDefinitions, after: ReadDefinitions): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(hashes(after)).map(([id, hash]) => {
      const [then, now] = [before.made.get(id), after.made.get(id)];
      const known = then !== undefined && now !== undefined;
      return [id, known && then !== now ? `${hash}, made anew` : hash];
    }),
  );
}

const byName = (one: TableFingerprint, other: TableFingerprint): number => (one.name < other.name ? -1 : 1);

function sameRecord(one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>): boolean {
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => one[key] === other[key]);
}

const withoutClasses = ({ classes: _, ...table }: TableFingerprint): TableFingerprint => table;

/** Classes are kept of tables alone that moved: the others must be the same as a whole. */
function withoutStill(
  tables: readonly TableFingerprint[],
  after: LaterReading,
): Pick<DumpFingerprint, 'tables' | 'after'> {
  const later = new Map(after.tables.map((table) => [table.name, table]));
  const moved = new Set(
    tables.flatMap(({ name, rows, checksum }) => {
      const other = later.get(name);
      return other && (other.rows !== rows || other.checksum !== checksum) ? [name] : [];
    }),
  );
  const left = after.tables.filter(({ name }) => moved.has(name));
  return {
    tables: tables.map((table) => (moved.has(table.name) ? table : withoutClasses(table))),
    ...(left.length === 0 && after.definitions === undefined ? {} : { after: { ...after, tables: left } }),
  };
}

function unique(facts: readonly UnreadFact[]): readonly UnreadFact[] {
  return [...new Map(facts.map((fact) => [fact.what, fact])).values()];
}
