/** Restored copies of MongoDB's databases with one thing changed, compared with their source as a proof does. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { type MongoRelay, startRelay } from '../../hosts/mongodb/relay.ts';
import { type MongoServer, startMongo } from '../../hosts/mongodb/server.ts';
import type * as shared from '../changes.ts';
import { type Examined, findings, outcomesOf } from '../joint-copies.ts';
import type { MongoChange } from './changes/change.ts';
import { type Dumped, Pair } from './pair.ts';
import { fill, types } from './source.ts';

export type Outcome = shared.Outcome<MongoChange>;

interface Rig {
  readonly folder: string;
  readonly path: string | undefined;
  readonly servers: readonly MongoServer[];
  readonly relays: readonly MongoRelay[];
  readonly clients: readonly MongoClient[];
}

/** A source and its dump. */
export class Trial {
  readonly #rig: Rig;
  readonly #pair: Pair;
  readonly #dumped: Dumped;

  private constructor(rig: Rig, pair: Pair, dumped: Dumped) {
    this.#rig = rig;
    this.#pair = pair;
    this.#dumped = dumped;
  }

  /** Starts both servers, makes the source, and dumps it. */
  static async begin(): Promise<Trial> {
    const rig = await startRig();
    try {
      const [source, scratch] = rig.relays as [MongoRelay, MongoRelay];
      const [filling, copies] = rig.clients as [MongoClient, MongoClient];
      await fill(filling);
      const pair = new Pair(rig.folder, source.url, scratch.url, copies);
      return new Trial(rig, pair, await pair.dump());
    } catch (error) {
      await stopRig(rig);
      throw error;
    }
  }

  /** @throws Error when a change itself fails */
  outcomesOf(changes: readonly MongoChange[], onOutcome?: (outcome: Outcome) => void): Promise<readonly Outcome[]> {
    return outcomesOf(changes, (some) => this.#examine(some), onOutcome);
  }

  async #examine(changes: readonly MongoChange[]): Promise<Examined<MongoChange>> {
    const refused = new Map<MongoChange, string>();
    const comparison = await this.#pair.compare(this.#dumped, async (of) => {
      for (const change of changes) await change.make(of).catch((error: Error) => refused.set(change, error.message));
    });
    return { found: findings(comparison), refused };
  }

  stop(): Promise<void> {
    return stopRig(this.#rig);
  }
}

/** Two servers, each behind a relay. */
async function startRig(): Promise<Rig> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-mutants-'));
  const servers = await Promise.all(
    ['source', 'scratch'].map((name) => startMongo({ directory: join(folder, name), kind: 'java' })),
  );
  const { PATH: path } = process.env;
  process.env.PATH = `${servers[0]?.binaries}:${path}`;
  const relays = await Promise.all(servers.map((one) => startRelay(one, (name) => name.startsWith(types('')))));
  const clients = await Promise.all(relays.map(({ url }) => new MongoClient(url).connect()));
  return { folder, path, servers, relays, clients };
}

async function stopRig({ folder, path, servers, relays, clients }: Rig): Promise<void> {
  for (const one of clients) await one.close();
  for (const one of relays) await one.close();
  for (const one of servers) await one.stop();
  if (path === undefined) delete process.env.PATH;
  else process.env.PATH = path;
  rmSync(folder, { recursive: true, force: true });
}
