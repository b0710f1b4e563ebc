/** Reads the definitions of a server's objects, in normal form. */
import type { UnreadFact } from '../../../domain/dump.ts';
import type { Catalogue, StoredObject, Table } from '../../../dump/engines/mysql/catalogue.ts';
import {
  definerOf,
  normalProgram,
  normalTable,
  normalView,
  withAttributes,
  withMb3,
} from '../../../dump/engines/mysql/fingerprint/normal-form.ts';
import { normalTrigger } from '../../../dump/engines/mysql/fingerprint/trigger.ts';
import { literal, quoted, quotedPair, shownDatabase, shownName } from '../../../dump/engines/mysql/names.ts';
import { atLeast, familyOf, type ServerIdentity } from '../../../dump/engines/mysql/server.ts';
import { counterOf } from '../../../dump/engines/mysql/sql/archived.ts';
import type { Row, Session } from './session.ts';

export interface ReadDefinitions {
  /** Normal form by object. */
  readonly definitions: ReadonlyMap<string, string>;
  /** When they were made, by object, as far as the server says that. */
  readonly made: ReadonlyMap<string, string>;
  readonly definers: readonly string[];
  /** Next value of AUTO_INCREMENT by table. */
  readonly counters: Readonly<Record<string, string>>;
  /** `db.name` of routines whose text the server does not show to the account. */
  readonly hidden: readonly string[];
  readonly unread: readonly UnreadFact[];
}

type Context = { readonly session: Session; readonly server: ServerIdentity };

/**
 * What the server refuses to show is `unread`.
 * @param shownAs the database that a fingerprint names instead of one on a scratch server
 * @throws the signal's reason
 */
export async function readDefinitions(
  catalogue: Catalogue,
  context: Context,
  shownAs: (database: string) => string = (database) => database,
): Promise<ReadDefinitions> {
  const reader = new DefinitionReader(context, shownAs);
  for (const { name, charset, collation } of catalogue.databases)
    reader.add(
      `DATABASE ${shownDatabase(shownAs(name))}`,
      `CHARACTER SET ${withMb3(charset)} COLLATE ${withMb3(collation)}`,
    );
  for (const table of catalogue.tables) await reader.table(table);
  const order = await triggerOrder(catalogue, context, shownAs);
  for (const object of catalogue.objects) await reader.object(object, order);
  return reader.read;
}

class DefinitionReader {
  readonly #context: Context;
  readonly #definitions = new Map<string, string>();
  readonly #made = new Map<string, string>();
  readonly #definers = new Set<string>();
  readonly #counters: Record<string, string> = {};
  readonly #hidden: string[] = [];
  readonly #unread: UnreadFact[] = [];
  #database: string | undefined;

  readonly #shownAs: (database: string) => string;

  constructor(context: Context, shownAs: (database: string) => string) {
    this.#context = context;
    this.#shownAs = shownAs;
  }

  get read(): ReadDefinitions {
    return {
      definitions: this.#definitions,
      made: this.#made,
      definers: [...this.#definers].sort(),
      counters: this.#counters,
      hidden: this.#hidden,
      unread: this.#unread,
    };
  }

  add(id: string, definition: string, made?: string): void {
    this.#definitions.set(id, definition);
    if (made !== undefined) this.#made.set(id, made);
  }

  async #show(id: string, database: string, statement: string): Promise<Row | undefined> {
    const { session } = this.#context;
    try {
      // Within its own database, the server writes the names of a view without it.
      if (this.#database !== database) await session.ask(`USE ${quoted(database)}`);
      this.#database = database;
      const [row] = await session.ask(statement);
      const named = this.#shownAs(database);
      if (named === database) return row;
      return row?.map((value) => value?.replaceAll(quoted(database), quoted(named)) ?? null);
    } catch (error) {
      await session.ask('DO 0');
      this.#unread.push({ what: `definition of ${id}`, why: (error as Error).message });
      return undefined;
    }
  }

  #keepDefiner(sql: string): void {
    const definer = definerOf(sql);
    if (definer !== undefined) this.#definers.add(definer);
  }

  async table({ database, name, shown, kind, made }: Table): Promise<void> {
    const place = quotedPair(database, name);
    const { server } = this.#context;
    if (kind === 'view') {
      const id = `VIEW ${shown}`;
      const row = await this.#show(id, database, `SHOW CREATE VIEW ${place}`);
      if (row === undefined) return;
      const [, sql, charset, collation] = row;
      this.#keepDefiner(sql ?? '');
      const text = normalView(sql ?? '', this.#shownAs(database));
      const attributes = { charset: charset ?? undefined, collation: collation ?? undefined };
      this.add(id, withAttributes(text, attributes, familyOf(server)), made);
      return;
    }
    const id = `${kind === 'sequence' ? 'SEQUENCE' : 'TABLE'} ${shown}`;
    const row = await this.#show(id, database, `SHOW CREATE ${kind === 'sequence' ? 'SEQUENCE' : 'TABLE'} ${place}`);
    if (row === undefined) return;
    const sql = row[1] ?? '';
    this.add(id, normalTable(sql, this.#shownAs(database)), made);
    const counter = counterOf(sql);
    if (counter !== undefined) this.#counters[shown] = counter;
  }

  async object(object: StoredObject, order: ReadonlyMap<string, number>): Promise<void> {
    const { database, name, shown, kind, made } = object;
    const id = `${kind} ${shown}`;
    const row = await this.#show(id, database, `SHOW CREATE ${kind} ${quotedPair(database, name)}`);
    if (row === undefined) return;
    const [, sqlMode] = row;
    const isEvent = kind === 'EVENT';
    const [sql, charset, collation] = row.slice(isEvent ? 3 : 2);
    if (sql === null || sql === undefined) {
      this.#hidden.push(shown);
      return;
    }
    this.#keepDefiner(sql);
    const attributes = {
      sqlMode: sqlMode ?? '',
      charset: charset ?? undefined,
      collation: collation ?? undefined,
      timeZone: isEvent ? (row[2] ?? undefined) : undefined,
    };
    const program = normalProgram(sql);
    const normal = kind === 'TRIGGER' ? normalTrigger(program) : program;
    const text = withAttributes(normal, attributes, familyOf(this.#context.server));
    this.add(id, kind === 'TRIGGER' ? `${text}\n-- order: ${order.get(shown) ?? 1}` : text, made);
  }
}

/** The place of each trigger among those of its table, time and event (since MySQL 5.7.2 and MariaDB 10.2.3). */
async function triggerOrder(
  { databases }: Catalogue,
  { session, server }: Context,
  shownAs: (database: string) => string,
): Promise<ReadonlyMap<string, number>> {
  const { product, version } = server;
  const has = product === 'MariaDB' ? atLeast(version, 10, 2, 3) : atLeast(version, 5, 7, 2);
  if (!has || databases.length === 0) return new Map();
  const rows = await session.mustAsk(
    `SELECT trigger_schema, trigger_name, event_object_table, action_timing, event_manipulation, action_order FROM information_schema.triggers WHERE trigger_schema IN (${databases.map(({ name }) => literal(name)).join(', ')})`,
  );
  const groups = new Map<string, { readonly shown: string; readonly order: number }[]>();
  for (const [database, name, ...place] of rows) {
    const key = [database, ...place.slice(0, 3)].join('\0');
    groups.set(key, [
      ...(groups.get(key) ?? []),
      { shown: shownName(shownAs(database ?? ''), name ?? ''), order: Number(place[3]) },
    ]);
  }
  return new Map(
    [...groups.values()].flatMap((group) =>
      group.toSorted((one, other) => one.order - other.order).map(({ shown }, at): [string, number] => [shown, at + 1]),
    ),
  );
}
