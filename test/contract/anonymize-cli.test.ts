/** The command `npm run -s anonymize`. */
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from '@jest/globals';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

const run = (env: Record<string, string>, ...parameters: string[]): Promise<{ status: number; err: string }> =>
  new Promise((resolve) => {
    const options = { env: { ...process.env, ...env } };
    execFile('scripts/node24', ['scripts/anonymize.ts', ...parameters], options, (error, _out, err) =>
      resolve({ status: error ? Number(error.code) : 0, err }),
    );
  });

test('names all wrong arguments at once', async () => {
  const parameters = ['nofile', 'o.gz', '--level', '12', '--footer', 'x', '--rules', 'no.yml', '--gzip', '--zstd'];
  const { status, err } = await run({ HOLDFAST_ANONYMIZE_KEY: 'short' }, ...parameters);
  expect(status).toBe(2);
  for (const part of [
    '--gzip, --zstd: only one',
    '--level: 12 is not from 1 to 9',
    '--footer',
    'at least 16 characters',
    'no.yml does not exist',
    'nofile does not exist',
  ])
    expect(err).toContain(part);
});

test('refuses to overwrite what it reads, before it reads it', async () => {
  const path = join(folder, 'same.sql');
  const rules = join(folder, 'same.yml');
  writeFileSync(path, 'no dump');
  writeFileSync(rules, 'version: 1\n');
  for (const [parameters, named] of [
    [[path, path], path],
    [[path, join(folder, '.', 'same.sql'), '--rules', rules], path],
    [['-', rules, '--rules', rules], rules],
  ] as const) {
    const { status, err } = await run({}, ...parameters);
    expect(status).toBe(2);
    expect(err).toContain(`TO: it is the same as ${named}; allowed: another file`);
  }
  expect(readFileSync(path, 'utf8')).toBe('no dump');
});

test.each([
  ['x.dump', 'PGDMP\x01\x0e\x00', 'this is an archive of pg_dump'],
  ['x.gz', gzipSync('PGDMP\x01\x0e\x00'), 'this is an archive of pg_dump'],
  ['x.lz4', Buffer.from('04224d186440a7', 'hex'), 'this is compressed by LZ4'],
  ['x.sql', '-- MySQL dump 10.13  Distrib 8.0.36\n', 'the dump does not have its last line'],
  ['empty.sql', '', 'the file is empty'],
])('tells what a file is that is no plain dump: %s', async (name, content, message) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  for (const more of [[], ['--audit']]) {
    const { status, err } = await run({}, path, join(folder, 'out.gz'), ...more);
    expect(status).toBe(1);
    expect(err).toMatch(new RegExp(`^${message}.*\n(Likely cause: .*\n)?Fix: .+\n$`));
  }
  expect(existsSync(join(folder, 'out.gz'))).toBe(false);
});

test('tells that a folder is one', async () => {
  mkdirSync(join(folder, 'shop.dir'));
  const { status, err } = await run({}, join(folder, 'shop.dir'), join(folder, 'out.gz'));
  expect(status).toBe(1);
  expect(err).toContain('is a folder, such as pg_dump -Fd writes, not plain SQL');
});

test('reads a named pipe once, as a pipe', async () => {
  const path = join(folder, 'named.pipe');
  execFileSync('mkfifo', [path]);
  const dump =
    "--\n-- PostgreSQL database dump\n--\n\nCREATE TABLE t (a text);\nINSERT INTO t VALUES ('ann@corp.example');\n\n-- PostgreSQL database dump complete\n";
  const written = writeFile(path, dump);
  const { status, err } = await run({}, path, join(folder, 'named.sql'));
  await written;
  expect({ status, err }).toEqual({ status: 0, err: 't: 1 emails\n' });
  expect(readFileSync(join(folder, 'named.sql'), 'utf8')).toContain("VALUES ('nobody@example.com');");
});

test('writes into a named pipe, and leaves it one', async () => {
  const [from, to] = [join(folder, 'plain.sql'), join(folder, 'to.pipe')];
  writeFileSync(from, '--\n-- PostgreSQL database dump\n--\n\nSELECT 1;\n\n-- PostgreSQL database dump complete\n');
  execFileSync('mkfifo', [to]);
  const [{ status }, written] = await Promise.all([run({}, from, to), readFile(to, 'utf8')]);
  expect({ status, written }).toEqual({ status: 0, written: readFileSync(from, 'utf8') });
  expect(statSync(to).isFIFO()).toBe(true);
});

test('reads a dump of MySQL, and tells whose folder is given instead of one', async () => {
  const path = join(folder, 'mysql.sql');
  writeFileSync(
    path,
    "-- MySQL dump 10.13\nCREATE TABLE `t` (`a` text);\nINSERT INTO `t` VALUES ('ann@corp.example');\n-- Dump completed\n",
  );
  const { status, err } = await run({}, path, join(folder, 'mysql.anon.sql'));
  expect({ status, err }).toEqual({ status: 0, err: 't: 1 emails\n' });
  expect(readFileSync(join(folder, 'mysql.anon.sql'), 'utf8')).toContain("VALUES ('nobody@example.com');");
  for (const [file, program] of [
    ['metadata', 'mydumper'],
    ['@.json', 'MySQL Shell'],
  ] as const) {
    mkdirSync(join(folder, program));
    writeFileSync(join(folder, program, file), '');
    expect((await run({}, join(folder, program), join(folder, 'out.gz'))).err).toContain(`such as ${program} writes`);
  }
});

test('notes what it left out', async () => {
  const path = join(folder, 'kubectl.sql');
  const dump = '--\n-- PostgreSQL database dump\n--\n\nSELECT 1;\n\n-- PostgreSQL database dump complete\n';
  writeFileSync(path, `Defaulted container "db" out of: db, sidecar\n${dump}RESET ALL;\n`);
  const { status, err } = await run({}, path, join(folder, 'clean.sql'));
  expect({ status, err }).toEqual({
    status: 0,
    err: `note: a line before the dump, of kubectl, left out: “Defaulted container "db" out of: db, sidecar”
note: a statement behind the last line of the dump, which pg_dump did not write, was kept: “RESET ALL;”
`,
  });
});
