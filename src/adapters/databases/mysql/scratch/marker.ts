/**
 * What a proof made on a scratch server: a database of its own says which, and whose they are, so that a later run can remove what
 * a dead one left. A database that was there before is never listed.
 */
import { randomBytes } from 'node:crypto';
import { literal, quoted, scratchPrefix } from '../../../../dump/engines/mysql/names.ts';
import type { ServerError, Session } from '../session.ts';

const table = 'made_by_holdfast';
const placeOf = (marker: string): string => `${quoted(marker)}.${quoted(table)}`;

/** ER_DB_CREATE_EXISTS. */
const exists = 1007;

export class Marker {
  readonly name: string;
  readonly #session: Session;

  private constructor(name: string, session: Session) {
    this.name = name;
    this.#session = session;
  }

  /** @param owner run and source, as scratchOwner() names them */
  static async make(session: Session, owner: string): Promise<Marker> {
    const name = `${scratchPrefix}${randomBytes(6).toString('hex')}`;
    await session.mustAsk(`CREATE DATABASE ${quoted(name)}`);
    await session.mustAsk(
      `CREATE TABLE ${placeOf(name)} (owner VARCHAR(1000) NOT NULL, made VARCHAR(200) NOT NULL) CHARACTER SET utf8 COLLATE utf8_bin`,
    );
    const marker = new Marker(name, session);
    await marker.#note(owner, name);
    return marker;
  }

  #owner = '';

  async #note(owner: string, made: string): Promise<void> {
    this.#owner = owner;
    await this.#session.mustAsk(`INSERT INTO ${placeOf(this.name)} VALUES (${literal(owner)}, ${literal(made)})`);
  }

  /** Makes a database, unless there is one of this name. @returns whether it was made @throws BackupError */
  async makeDatabase(name: string, options: string): Promise<boolean> {
    const there = `SELECT 1 FROM information_schema.schemata WHERE schema_name = ${literal(name)}`;
    if ((await this.#session.mustAsk(there)).length > 0) return false;
    // Listed first, so that nothing is left of a run that dies here.
    await this.#note(this.#owner, name);
    try {
      await this.#create(name, options);
      return true;
    } catch (error) {
      await this.#session.mustAsk(`DELETE FROM ${placeOf(this.name)} WHERE made = ${literal(name)}`);
      // Another job was faster.
      if ((error as ServerError).errno === exists) return false;
      throw error;
    }
  }

  async #create(name: string, options: string): Promise<void> {
    try {
      await this.#session.ask(`CREATE DATABASE ${quoted(name)} ${options}`);
    } catch (error) {
      if ((error as ServerError).errno === exists || options === '') throw error;
      // An older server may not know the collation; the comparison shows whether that matters.
      await this.#session.ask(`CREATE DATABASE ${quoted(name)}`);
    }
  }
}

/** Removes everything that a marker lists, and the marker last. @returns the databases */
export async function dropMarked(session: Session, marker: string): Promise<readonly string[]> {
  const rows = await session.ask(`SELECT made FROM ${placeOf(marker)}`).catch(() => []);
  const made = rows.map(([name]) => name ?? '').filter((name) => name !== '' && name !== marker);
  // Foreign keys lead from one database to another.
  await session.mustAsk('SET SESSION foreign_key_checks = 0');
  for (const name of [...made, marker]) await session.mustAsk(`DROP DATABASE IF EXISTS ${quoted(name)}`);
  return [...made, marker];
}

/** @param isOver whether an owner is over @returns the databases that were removed */
export async function sweepMarked(
  session: Session,
  isOver: (owner: string) => Promise<boolean>,
): Promise<readonly string[]> {
  const rows = await session.mustAsk(
    `SELECT schema_name FROM information_schema.schemata WHERE LEFT(schema_name, ${scratchPrefix.length}) = ${literal(scratchPrefix)}`,
  );
  const dropped: string[] = [];
  for (const [name] of rows) {
    if (name === null || name === undefined || !/^holdfast_scratch_[0-9a-f]{12}$/.test(name)) continue;
    const owner = await session.value(`SELECT owner FROM ${placeOf(name)} LIMIT 1`);
    if (owner !== undefined && (await isOver(owner))) dropped.push(...(await dropMarked(session, name)));
  }
  return dropped;
}
