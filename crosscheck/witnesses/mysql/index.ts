/** What db-dump wrote of servers of MySQL and MariaDB, restored by the vendors' own clients on servers of other series and of the other vendor. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { prepareComputer } from '../../../lab/hosts/prerequisites.ts';
import { root } from '../../../scripts/lib/actions.ts';
import { ToolMissing } from '../../../scripts/lib/tools.ts';
import { type Dumps, startDumps } from '../../lib/dump-files.ts';
import type { Points } from '../../points.ts';
import type { Witness } from '../../witness.ts';
import { Client } from './client.ts';
import { compareRestored, dropAll, type Source, sourceOf } from './compare.ts';
import { known } from './known.ts';
import { installReleases } from './releases.ts';
import { startServer } from './server.ts';

const temporary = '/var/tmp/holdfast-mysql-';

export const mysqlWitness: Witness = {
  name: 'mysql',
  compares:
    "Databases of MariaDB 10.11 and of MySQL 9, dumped by db-dump's bundle: both files restored by the vendor's client on MariaDB 10.5, 10.11 and 11.8 and on MySQL 9: messages, each row, and the definition of each object beside what the vendor's own dump becomes there.",
  known,
  install: async () => {
    const [problem] = prepareComputer((text) => console.log(text));
    if (problem !== undefined) throw new ToolMissing(problem);
    const folder = mkdtempSync(temporary);
    try {
      const releases = await installReleases(folder);
      return releases.map(({ family, version }) => `${family} ${version}`).join(', ');
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
  run: async (points) => {
    const directory = mkdtempSync(temporary);
    const clients: Client[] = [];
    try {
      for (const release of await installReleases(join(directory, 'programs'))) {
        const folder = join(directory, release.name.replace(' ', '-'));
        mkdirSync(folder);
        clients.push(new Client(await startServer(release, folder), folder));
      }
      const dumps = await startDumps(join(directory, 'dumps'));
      const sources: Source[] = [];
      try {
        for (const client of clients) sources.push(...(await dumped(points, dumps, client, directory)));
      } finally {
        await dumps.stop();
      }
      for (const source of sources)
        for (const target of clients) if (isTarget(target, source)) await compareRestored(points, source, target);
    } finally {
      for (const { server } of clients) await server.stop();
      rmSync(directory, { recursive: true, force: true });
    }
  },
};

interface Sample {
  readonly files: readonly string[];
  readonly databases: readonly string[];
  /** Whether the other vendor's servers know what is in it. */
  readonly common: boolean;
}

/** Which servers are dumped, and of what. */
const samples: Readonly<Record<string, readonly Sample[]>> = {
  'MariaDB 10.11': [
    { files: ['shop', 'modern'], databases: ['shop', 'odd-names', 'modern'], common: true },
    { files: ['mariadb'], databases: ['maria'], common: false },
  ],
  'MySQL 9': [
    { files: ['shop', 'modern'], databases: ['shop', 'odd-names', 'modern'], common: true },
    { files: ['mysql'], databases: ['oracle'], common: false },
  ],
};

/** Newer ones and older ones than a source, and those of the other vendor. What one vendor alone has goes to each of its servers. */
export function isTarget(target: Client, { client, common }: Source): boolean {
  const [{ release: to }, { release: from }] = [target.server, client.server];
  return common ? to.name !== from.name : to.family === from.family;
}

export async function dumped(
  points: Points,
  dumps: Dumps,
  client: Client,
  directory: string,
): Promise<readonly Source[]> {
  const { release, url } = client.server;
  const path = `${process.env.PATH}:${release.programs}`;
  const sources: Source[] = [];
  for (const { files, databases, common } of samples[release.name] ?? []) {
    for (const file of files) {
      const messages = await client.load(join(root, 'crosscheck/witnesses/mysql/sample', `${file}.sql`));
      if (messages.length > 0) throw new Error(`${release.name} takes the sample not: ${messages.join(' | ')}`);
    }
    const name = `${release.name.replace(/[ .]/g, '-')}-${databases.join('-')}`;
    const options = { engine: 'mysql', databases: databases.join(' ') };
    const { ran, files: made } = await dumps.dump({ name, database: url, path, options });
    const said = ran.status === 0 ? '' : `exit status ${ran.status}: ${ran.out.slice(-3000)}${ran.err.slice(-1000)}`;
    points.compare(`${name}: db-dump ends well`, said, '');
    points.compare(`${name}: files`, Object.keys(made).sort(), ['anon.sql.gz', 'sql.gz']);
    sources.push(await sourceOf({ client, databases, common }, made, join(directory, `${name}.theirs.sql`)));
    await dropAll(client, databases);
  }
  return sources;
}
