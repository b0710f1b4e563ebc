/**
 * MongoDB's own tools and two servers that speak its protocol, made once into the labs' cache: by Go from `go/` (mongodump, mongorestore,
 * mongoexport, bsondump, and FerretDB, which stores in PostgreSQL), by Maven from `java/` (mongo-java-server, which stores in memory). Each file of
 * theirs is known by its hash: `go/go.sum` and `java/jars.sha256`.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder, madeOnce } from '../cached.ts';
import { command } from '../command.ts';
import { installPrograms } from '../packages.ts';
import { newerPrograms } from '../unpacked.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const goModule = join(here, 'go');
const javaModule = join(here, 'java');

const toolsModule = 'github.com/mongodb/mongo-tools';
/** The release that the module's version (in go.mod) comes after; the tools tell it in each dump. */
const toolsVersion = '100.12.2';

/**
 * For tests and benchmarks: makes all of it before the first test, when no time limit runs. On a computer without Go's caches it takes
 * minutes. To be awaited where a module begins, after ensurePrerequisites().
 */
export async function ensureMongo(): Promise<void> {
  await Promise.all([mongoPrograms(), javaServer()]);
}

/** The folder of mongodump, mongorestore, mongoexport, bsondump and ferretdb. @throws Error with the last lines of what failed */
export async function mongoPrograms(): Promise<string> {
  const recipe = hashOf(
    ...['go.mod', 'go.sum', 'ferretdb/main.go'].map((name) => join(goModule, name)),
    fileURLToPath(import.meta.url),
  );
  return await madeOnce(join(cacheFolder, `mongodb-go-${recipe}`), buildPrograms);
}

async function buildPrograms(folder: string): Promise<void> {
  // Debian 12 has Go 1.19, which is too old, and other distributions what they have: one release builds everywhere.
  const root = join(await newerPrograms(['golang-1.24-go', 'golang-1.24-src']), 'usr/lib/go-1.24');
  const go = (...words: string[]): Promise<string> => run(goModule, join(root, 'bin/go'), words, goEnvironment(root));
  for (const program of ['bsondump', 'mongodump', 'mongoexport', 'mongorestore'])
    await go(
      ...['build', '-trimpath', '-o', join(folder, program)],
      ...['-ldflags', `-s -w -X main.VersionStr=${toolsVersion}`, `${toolsModule}/${program}/main`],
    );
  const overlay = mkdtempSync(join(tmpdir(), 'holdfast-overlay-'));
  try {
    await go('mod', 'download', 'github.com/FerretDB/FerretDB');
    const changed = takeIndexOptions(await go('list', '-m', '-f', '{{.Dir}}', 'github.com/FerretDB/FerretDB'), overlay);
    await go(
      'build',
      `-overlay=${changed}`,
      '-trimpath',
      '-o',
      join(folder, 'ferretdb'),
      '-ldflags=-s -w',
      './ferretdb',
    );
  } finally {
    rmSync(overlay, { recursive: true });
  }
}

/**
 * FerretDB refuses an index with the options `ns` and `v`, which mongorestore always sends; MongoDB takes both (its
 * `index_key_validate.cpp`). What it ignores, like `background`, is extended by them.
 * @returns the file for Go's -overlay
 */
function takeIndexOptions(source: string, folder: string): string {
  const path = join(source, 'internal/handler/msg_createindexes.go');
  const text = readFileSync(path, 'utf8');
  const changed = text.replace('case "background":', 'case "background", "ns", "v":');
  if (changed === text) throw new Error(`${path} is not as expected: how does this FerretDB treat index options?`);
  writeFileSync(join(folder, 'changed.go'), changed);
  writeFileSync(join(folder, 'overlay.json'), JSON.stringify({ Replace: { [path]: join(folder, 'changed.go') } }));
  return join(folder, 'overlay.json');
}

/** Go's own caches serve every checkout of this computer. */
function goEnvironment(root: string): NodeJS.ProcessEnv {
  const { HOME: home, GONOSUMDB: unlisted, ...rest } = process.env;
  const own = join(cacheFolder, 'go');
  return {
    ...rest,
    ...(home ? { HOME: home } : { GOPATH: own, GOCACHE: join(own, 'build') }),
    GOROOT: root,
    GOTOOLCHAIN: 'local',
    GOFLAGS: '-mod=readonly -buildvcs=false',
    CGO_ENABLED: '0',
    // The public database of checksums lacks this module; go.sum has its hash.
    GONOSUMDB: [unlisted, toolsModule].filter(Boolean).join(','),
  };
}

/** The command that serves MongoDB's protocol out of memory; the address and the port follow. */
export async function javaServer(): Promise<[string, ...string[]]> {
  const sums = join(javaModule, 'jars.sha256');
  const source = join(javaModule, 'Server.java');
  installPrograms({ java: 'default-jre-headless' }, console.log);
  const jars = await madeOnce(
    join(cacheFolder, `mongodb-java-${hashOf(sums, join(javaModule, 'pom.xml'))}`),
    fetchJars,
  );
  return ['java', '-Xmx1g', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', `${jars}/*`, source];
}

async function fetchJars(folder: string): Promise<void> {
  installPrograms({ mvn: 'maven' }, console.log);
  await run(
    javaModule,
    'mvn',
    ['-q', '-B', 'dependency:copy-dependencies', `-DoutputDirectory=${folder}`],
    process.env,
  );
  const wanted = readFileSync(join(javaModule, 'jars.sha256'), 'utf8').trim().split('\n').length;
  if (readdirSync(folder).length !== wanted) throw new Error(`${folder} has other jars than jars.sha256 names`);
  await command(
    'env',
    `--chdir=${folder}`,
    'sha256sum',
    '--check',
    '--quiet',
    '--strict',
    join(javaModule, 'jars.sha256'),
  );
}

function hashOf(...files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file)).update('\0');
  return hash.digest('hex').slice(0, 12);
}

/** @returns standard output, without the spaces around it */
function run(cwd: string, program: string, parameters: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let last = '';
    const keep = (chunk: Buffer): void => {
      last = `${last}${chunk}`.slice(-4000);
    };
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk;
      keep(chunk);
    });
    child.stderr.on('data', keep);
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(out.trim());
      else reject(new Error(`${program} ${parameters[0]} failed: ${last.trim().split('\n').slice(-8).join(' | ')}`));
    });
  });
}
