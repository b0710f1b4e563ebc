/** What db-dump wrote of MongoDB's protocol, restored by MongoDB's own mongorestore on the server that it is of and on one of another maker. */
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureMongo } from '../../../lab/hosts/mongodb/programs.ts';
import { type MongoServer, startMongo } from '../../../lab/hosts/mongodb/server.ts';
import { prepareComputer } from '../../../lab/hosts/prerequisites.ts';
import { root } from '../../../scripts/lib/actions.ts';
import { ToolMissing } from '../../../scripts/lib/tools.ts';
import { type Dumps, startDumps } from '../../lib/dump-files.ts';
import { ran } from '../../lib/programs.ts';
import type { Points } from '../../points.ts';
import type { Witness } from '../../witness.ts';
import { compareRestored, type Source } from './compare.ts';
import { contentOf } from './content.ts';
import { dropAll, fill } from './sample.ts';

const kinds = ['ferret', 'java'] as const;
const formats = ['tarball', 'archive'] as const;
const programs = join(root, 'lab', 'hosts', 'mongodb');

export const mongodbWitness: Witness = {
  name: 'mongodb',
  compares:
    "Databases of FerretDB and of mongo-java-server, dumped by db-dump's bundle as a tarball and as an archive: both files restored by MongoDB's own mongorestore on either server: failures, collections, numbers of documents, each document with its types, and indexes beside what the vendor's own mongodump becomes there; of the anonymised file, also addresses that are left.",
  known: [],
  install: async () => {
    const [problem] = prepareComputer((text) => console.log(text));
    if (problem !== undefined) throw new ToolMissing(problem);
    await ensureMongo();
    const of = (file: string, pattern: RegExp): string =>
      pattern.exec(readFileSync(join(programs, file), 'utf8'))?.[1] ?? '?';
    return [
      `mongorestore ${of('programs.ts', /toolsVersion = '(\S+)'/)}`,
      `FerretDB ${of('go/go.mod', /FerretDB\/FerretDB v(\S+)/)}`,
      `mongo-java-server ${of('java/pom.xml', /mongo-java-server-memory-backend[\s\S]*?<version>(.*?)</)}`,
    ].join(', ');
  },
  run: async (points) => {
    const directory = mkdtempSync('/var/tmp/holdfast-mongodb-');
    // PostgreSQL's user enters it.
    chmodSync(directory, 0o755);
    const servers: MongoServer[] = [];
    try {
      for (const kind of kinds) servers.push(await startMongo({ directory: join(directory, kind), kind }));
      const dumps = await startDumps(join(directory, 'dumps'));
      const sources: Source[] = [];
      try {
        for (const server of servers) sources.push(...(await dumped(points, dumps, server, directory)));
      } finally {
        await dumps.stop();
      }
      for (const source of sources)
        for (const target of servers) await compareRestored(points, source, target, join(directory, 'unpacked'));
    } finally {
      for (const server of servers) await server.stop();
      rmSync(directory, { recursive: true, force: true });
    }
  },
};

async function dumped(points: Points, dumps: Dumps, server: MongoServer, directory: string): Promise<Source[]> {
  await fill(server.client, server.kind);
  const content = await contentOf(server.client);
  const theirs = join(directory, `theirs-${server.kind}`);
  mkdirSync(theirs);
  const own = await ran(join(server.binaries, 'mongodump'), [`--uri=${server.url()}`, `--out=${theirs}`], {});
  if (own.status !== 0 || readdirSync(theirs).length === 0) throw new Error(`mongodump failed: ${own.err}`);
  const sources: Source[] = [];
  for (const format of formats) {
    const name = `${server.kind}-${format}`;
    const { ran: run, files } = await dumps.dump({
      ...{ name, database: server.url(), path: `${server.binaries}:${process.env.PATH}` },
      options: { engine: 'mongodb', 'archive-format': format },
    });
    const said = run.status === 0 ? '' : `exit status ${run.status}: ${run.out.slice(-3000)}${run.err.slice(-1000)}`;
    points.compare(`${name}: db-dump ends well`, said, '');
    const ends = format === 'archive' ? ['anon.archive.gz', 'archive.gz'] : ['anon.tar.gz', 'tar.gz'];
    points.compare(`${name}: files`, Object.keys(files).sort(), ends);
    sources.push({ name, kind: server.kind, content, files, theirs });
  }
  await dropAll(server.client);
  return sources;
}
