/** Dumps that attack the machine which proves them: none reaches it. The same attacks do work where nothing shuts them in. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { attacks, hostileDump, plainDump, type Target } from './support-attacks.ts';
import { Databases, type Where } from './support-engine.ts';
import { HostileRestores } from './support-hostile.ts';

const databases = new Databases();
const hostile = new HostileRestores(databases);
const folder = join(databases.folder, 'runner');
let target: Target;
let listener: Server;
let connections = 0;
/** Names of extensions that are installed here. */
let installed: ReadonlySet<string>;

beforeAll(async () => {
  ensurePrerequisites();
  await databases.start();
  listener = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>((done) => listener.listen(0, '127.0.0.1', done));
  const address = listener.address();
  const { port, user, password } = databases.source;
  target = {
    canary: join(folder, 'canary'),
    secret: 'the-secret-of-the-runner',
    folder,
    port: typeof address === 'object' ? (address?.port ?? 0) : 0,
    database: { port, user, password },
  };
  installed = new Set((await databases.scratch.sql('SELECT name FROM pg_available_extensions')).split('\n'));
}, 120_000);
afterAll(async () => {
  listener.close();
  await databases.stop();
});
beforeEach(() => {
  mkdirSync(folder);
  chmodSync(folder, 0o777);
  writeFileSync(target.canary, target.secret);
  connections = 0;
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What the attacks reached: loot in the copy, files and connections on the runner. */
async function reached(where: Where): Promise<string[]> {
  const loot = (await hostile.ask(where, "SELECT name || ': ' || what FROM public.loot")).split('\n');
  const files = new Set(readdirSync(folder));
  return attacks
    .filter(({ name, loot: sought, file }) => {
      if (sought) return loot.some((line) => line.startsWith(`${name}: `) && line.includes(sought(target)));
      return file ? files.has(file) : connections > 0;
    })
    .map(({ name }) => name);
}

describe('SQL that attacks while it is restored', () => {
  test('works on a server that nothing shuts in, so that the tests that follow can fail', async () => {
    await hostile.restore(hostileDump(attacks, target), { where: 'disposable' }, async () => {
      const possible = attacks.filter(({ needs, neverWorks }) => !neverWorks && (!needs || installed.has(needs)));
      expect(await reached('disposable')).toEqual(possible.map(({ name }) => name));
    });
  }, 120_000);

  test('reaches nothing of the runner from a server of our own, whatever it tries', async () => {
    await hostile.restore(hostileDump(attacks, target), {}, async ({ error }) => {
      expect(error).toBeUndefined();
      expect(await reached('own')).toEqual([]);
      expect(readdirSync(folder)).toEqual(['canary']);
      expect(readFileSync(target.canary, 'utf8')).toBe(target.secret);
      // Each was tried, and refused: but plpython3u runs and finds nothing, the event trigger fires and can start nothing, and
      // there is a list of accounts with one entry.
      const failed = (await hostile.ask('own', 'SELECT DISTINCT name FROM public.failed')).split('\n');
      const quiet = ['plpython3u', 'reading accounts', 'an event trigger that fires afterwards'];
      const refused = attacks.map(({ name }) => name).filter((name) => !quiet.includes(name));
      expect(failed).toEqual(expect.arrayContaining(refused));
      // Nothing is there to be started, or to be looked at.
      for (const empty of ['/usr/bin', '/usr/sbin', '/usr/local', '/proc'])
        expect(await hostile.ask('own', `SELECT count(*) FROM pg_ls_dir('${empty}')`)).toBe('0');
      await expect(hostile.ask('own', "SELECT pg_ls_dir('/keep')")).rejects.toThrow('Permission denied');
    });
  }, 120_000);

  test('is refused to the role without rights on the server in scratch-url', async () => {
    // Too long for the socket of a server of our own, where all would be tried again.
    const workDirectory = join(databases.workDirectory, 'x'.repeat(90));
    mkdirSync(workDirectory);
    try {
      await hostile.restore(
        hostileDump(attacks, target),
        { where: 'given', workDirectory },
        async ({ error, refusals }) => {
          expect(error).toBeUndefined();
          expect(refusals).not.toEqual([]);
          expect(await reached('given')).toEqual([]);
          expect(readdirSync(folder)).toEqual(['canary']);
        },
      );
    } finally {
      rmdirSync(workDirectory);
    }
  }, 120_000);
});

describe('commands of psql', () => {
  const touch = (name: string): string => `touch ${folder}/${name}`;
  const commands: readonly (readonly [string, () => string])[] = [
    ['a shell command', () => `\\! ${touch('shell')}`],
    ['a copy to a program', () => `\\copy (SELECT 1) TO PROGRAM '${touch('copy')}'`],
    ['output to a program', () => `\\o |${touch('output')}\nSELECT 1;\n\\o`],
    ['a command in backquotes', () => `\\set x \`${touch('backquote')}\``],
    ['an environment variable and an editor', () => `\\setenv PSQL_EDITOR '${touch('editor')};'\nSELECT 1\n\\e`],
    ['a file of the runner', () => `\\copy loot FROM '${target.canary}'`],
    [
      'a command behind the name of an object',
      () => `--\n-- Name: x\n\\! ${touch('name')}\n; Type: TABLE; Schema: public; Owner: -\n--\n`,
    ],
    ['a command behind the end of the restriction', () => `\\unrestrict 0000\n\\! ${touch('unrestrict')}`],
    ['a command behind rows', () => `CREATE TABLE c (x text);\nCOPY c (x) FROM stdin;\na\n\\.\n\\! ${touch('rows')}`],
    ['a command within a statement', () => `SELECT 1 \\! ${touch('within')}\n;`],
  ];

  test.each(commands)(
    '%s in a plain file is not run',
    async (_, command) => {
      await hostile.restore(plainDump(command()), {}, async ({ error, refusals }) => {
        expect([error, ...refusals]).not.toEqual([undefined]);
      });
      expect(readdirSync(folder)).toEqual(['canary']);
    },
    60_000,
  );

  test('would run in any other psql, so that these tests can fail', async () => {
    for (const [, command] of commands) await databases.source.sql(command()).catch(() => {});
    const made = ['backquote', 'copy', 'name', 'output', 'rows', 'shell', 'within'];
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(made));
  });
});
