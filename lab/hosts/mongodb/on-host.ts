/**
 * MongoDB on the source host: its server is reached there at its usual port, mongodump is the real one, and mongosh a stand-in, since the
 * real one refuses servers as old as those of the lab say they are, and is large. The stand-in runs what it is given with the driver.
 */
import { chmodSync, copyFileSync, rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Document, MongoClient } from 'mongodb';
import { bridgeToSource } from '../bridge.ts';
import type { HostPair } from '../pair.ts';
import type { MongoServer } from './server.ts';

/** Where the host finds the server. */
export const uriOnHost = 'mongodb://localhost:27017/';

export async function putMongoOnSource(pair: HostPair, server: MongoServer): Promise<{ stop(): Promise<void> }> {
  copyFileSync(join(server.binaries, 'mongodump'), join(pair.sockets, 'mongodump'));
  const bridge = await bridgeToSource(pair, 'mongodb', `http://127.0.0.1:${server.port}`, 27_017);
  const shell = createHttpServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      runInShell(Buffer.concat(parts).toString(), server).then(
        (text) => response.end(text),
        (error: unknown) => response.writeHead(500).end(String(error)),
      );
    });
  });
  const path = join(pair.sockets, 'mongosh');
  await new Promise<void>((resolve, reject) => shell.once('error', reject).listen(path, resolve));
  chmodSync(path, 0o666);
  const { exitCode, stderr } = await pair.runOnSource(`#!/bin/bash
set -e
install -m 755 /run/postgresql/mongodump /usr/local/bin/mongodump
cat >/usr/local/bin/mongosh <<'SHELL'
#!/bin/bash
if [ "$1" = --version ]; then echo 2.5.0; exit; fi
exec curl --silent --show-error --fail-with-body --unix-socket /run/postgresql/mongosh --data-binary @- http://mongosh/
SHELL
chmod 755 /usr/local/bin/mongosh
`);
  if (exitCode !== 0) throw new Error(`MongoDB's programs cannot be put on the source host: ${stderr}`);
  return {
    stop: async () => {
      shell.closeAllConnections();
      await new Promise((resolve) => shell.close(resolve));
      rmSync(path, { force: true });
      await bridge.stop();
    },
  };
}

type Program = (Mongo: unknown, print: (line: Promise<string>) => void, load: NodeJS.Require) => Promise<void>;
const AsyncFunction = (async () => {}).constructor as new (...words: string[]) => Program;

/** @returns what the program prints */
async function runInShell(program: string, server: MongoServer): Promise<string> {
  const client = new MongoClient(server.url());
  const printed: Promise<string>[] = [];
  try {
    await client.connect();
    const run = new AsyncFunction('Mongo', 'print', 'require', program);
    // As mongosh, which knows no await in a script, but waits for what it prints.
    const print = (line: Promise<string>): void => void printed.push(line);
    await run(shellConnection(client), print, createRequire(import.meta.url));
    return (await Promise.all(printed)).map((line) => `${line}\n`).join('');
  } finally {
    await client.close();
  }
}

/** mongosh's `Mongo`, as far as the host scripts use it. */
function shellConnection(client: MongoClient) {
  return class {
    constructor(uri: string) {
      if (uri !== uriOnHost) throw new Error(`no server answers at ${uri}`);
    }

    getDB(name: string) {
      const db = client.db(name);
      return {
        runCommand: (command: Document) => db.command(command),
        getCollection: (collection: string) => ({
          find: (query: Document, projection: Document, options: Document) =>
            db.collection(collection).find(query, { ...options, projection }),
        }),
      };
    }
  };
}
