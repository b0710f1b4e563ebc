/** Files that people give: of other formats, with what other programs wrote into them, from Windows. */
import { describe, expect, test } from '@jest/globals';
import { foreignFormat } from '../../../src/anonymize/format/input/foreign-formats.ts';
import { quoted } from '../../../src/anonymize/format/input/noise.ts';
import { run } from './run.ts';

const begin = '--\n-- PostgreSQL database dump\n--\n\n';
const content = `SET statement_timeout = 0;

CREATE TABLE public.t (
    id integer,
    a text
);

COPY public.t (id, a) FROM stdin;
1\tann@corp.example
2\t\\N
\\.

`;
const end = '--\n-- PostgreSQL database dump complete\n--\n\n';
const dump = begin + content + end;
const clean = dump.replace('ann@corp', 'nobody@example.com').replace('.com.example', '.com');
const utf16 = (text: string) => Buffer.from(text, 'utf16le');
const latin1 = (text: string) => Buffer.from(text, 'latin1');

function tar(name: string, magic = 'ustar\x0000'): Buffer {
  const header = Buffer.alloc(1024);
  header.write(name, 0, 'latin1');
  header.write(magic, 257, 'latin1');
  return header;
}

async function refused(given: Buffer | string): Promise<{ what: string; fix: string; cause: string }> {
  const errors = await Promise.all(
    [1, 7, 65_536].map((chunk) =>
      run(given, { footer: true, chunk, pipe: true }).then(
        () => expect(undefined).toBe('an error'),
        (error) => ({ what: error.what, fix: error.fix, cause: error.likelyCause }),
      ),
    ),
  );
  // Whatever the size of the chunks.
  expect(new Set(errors.map((one) => JSON.stringify(one))).size).toBe(1);
  return errors[0] as { what: string; fix: string; cause: string };
}

test('a dump of definitions alone is told as one', async () => {
  const definitions = `${begin}CREATE TABLE public.t (a text);\n${end}`;
  expect((await run(definitions, { footer: true })).report.warnings).toEqual([
    'the dump holds definitions, and no rows: there was nothing in tables to replace',
  ]);
  const empty = `${begin}CREATE TABLE public.t (a text);\nCOPY public.t (a) FROM stdin;\n\\.\n${end}`;
  expect((await run(empty, { footer: true })).report.warnings).toEqual([]);
});

describe('what is no plain dump is told as what it is', () => {
  test.each([
    ['PGDMP\x01\x0e\0\x04', 'archive of pg_dump (-Fc', 'pg_restore'],
    [tar('toc.dat'), 'tar archive of pg_dump (-Ft)', 'pg_restore'],
    [tar('toc.dat', ''), 'tar archive of pg_dump (-Ft)', 'pg_restore'],
    [tar('./'), 'folder, such as that of pg_dump -Fd', 'tar -xf'],
    [tar('shop/'), 'folder, such as that of pg_dump -Fd', 'tar -xf'],
    [tar('backup/3021.dat.gz'), 'folder, such as that of pg_dump -Fd', 'tar -xf'],
    [tar('shop.sql', 'ustar  \0'), 'a tar file, whose first member is shop.sql', 'tar -xOf'],
    ['\x1f\x8b\x08\0', 'gzip a second time', 'gzip -dc'],
    ['\x28\xb5\x2f\xfd\x04', 'Zstandard a second time', 'zstd -dc'],
    ['\x04\x22\x4d\x18\x64', 'LZ4', 'lz4 -dc'],
    ['\x02\x21\x4c\x18\x64', 'LZ4', 'lz4 -dc'],
    ['\xfd7zXZ\0\0', 'xz', 'xz -dc'],
    ['\x5d\0\0\x80', 'lzma', 'xz -dc'],
    ['LZIP\x01', 'lzip', 'lzip -dc'],
    ['\x89LZO\0', 'lzop', 'lzop -dc'],
    ['BZh91AY', 'bzip2', 'bzip2 -dc'],
    ['\x1f\x9d\x90', 'compress (.Z)', 'gzip -dc'],
    ['\xff\x06\0\0sNaPpY', 'Snappy', 'snzip'],
    ['PK\x03\x04\x14\0', 'ZIP', 'unzip -p'],
    ['7z\xbc\xaf\x27\x1c', '7z', '7z x -so'],
    ['Rar!\x1a\x07', 'RAR', 'unrar'],
    ['age-encryption.org/v1\n', 'encrypted by age', 'age --decrypt'],
    ['-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n', 'encrypted by age', 'age --decrypt'],
    ['-----BEGIN PKCS7-----\nMII\n', 'encrypted (CMS)', 'openssl cms'],
    ['$ANSIBLE_VAULT;1.1;AES256\n3365\n', 'encrypted by Ansible Vault', 'ansible-vault'],
    [
      'U2FsdGVkX18TY28G8bo/3OKqbP3+C9RuayVsH4xrQzlbCqDdbEXq93Q8c0kE7rHA\n',
      'encrypted by OpenSSL, in base64',
      'openssl',
    ],
    [`${Buffer.from(dump).toString('base64')}\n`, 'this is base64', 'base64 -d'],
    [Buffer.from(dump).toString('base64').replaceAll(/.{76}/g, '$&\n'), 'this is base64', 'base64 -d'],
    ['%PDF-1.4\n', 'a PDF file', 'pg_dump'],
    ['\x89PNG\r\n\x1a\n', 'a picture', 'pg_dump'],
    ['#!/bin/sh\npg_dump shop\n', 'a script, and no dump', 'run it'],
    [dump.replaceAll(/^/gm, 'db-1  | '), 'the name of a container', 'docker compose exec'],
    [dump.replaceAll(/^/gm, '2026-11-26T10:00:00.123456789Z '), 'begins with a time', 'kubectl exec'],
    ['BEGIN TRANSACTION;\nCREATE TABLE "t" (id INTEGER PRIMARY KEY AUTOINCREMENT);\n', 'dump of SQLite', 'pg_dump'],
    ['CREATE TABLE [dbo].[t](\n\t[a] [nvarchar](50) NULL\n)\nGO\n', 'script of SQL Server', 'pg_dump'],
    ['\xff\xfe\0\0-\0\0\0', 'UTF-32', '--file'],
    ['-\0\0\0-\0\0\0', 'UTF-32', '--file'],
    ['-----BEGIN PGP MESSAGE-----\n', 'encrypted by GnuPG', 'decrypt'],
    ['Salted__abcdefgh', 'encrypted by OpenSSL', 'decrypt'],
    ['SQLite format 3\0\x10\0', 'SQLite database', 'pg_dump'],
    ['\x6d\xe2\x99\x81\x66\0', 'mongodump', 'pg_dump'],
    ['TAPE\0\0\x03\0', 'backup of SQL Server', 'pg_dump'],
    ['\x03\0\x01EXPORT:V11.02.00\n', 'export of Oracle', 'pg_dump'],
    ['REDIS0009', 'Redis', 'pg_dump'],
    ['PAR1\x15\x04', 'Parquet', 'pg_dump'],
    ['\x7fELF\x02\x01\0\0', 'binary data', 'pg_dump'],
    [
      String.fromCharCode(...Array.from({ length: 600 }, (_, at) => (at * 167 + 90) % 255 || 1)),
      'binary data',
      'pg_dump',
    ],
    ['\xff\xfe-\0-\0', 'UTF-16', '--file'],
    ['\xfe\xff\0-\0-', 'UTF-16', '--file'],
    ['', 'is empty', 'messages of pg_dump'],
    ['\n \r\n', 'is empty', 'messages of pg_dump'],
    ['version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 1\n', 'Git LFS', 'git lfs pull'],
    ['<!DOCTYPE html>\n<html>', 'HTML', 'download'],
    ['\n<html lang="en">', 'HTML', 'download'],
    ['<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code></Error>', 'error of S3', 'credentials'],
    ['<?xml version="1.0"?>\n<rows/>', 'XML', 'pg_dump'],
    ['{"users": []}', 'JSON', 'pg_dump'],
    ['[\n  {"id": 1}\n]', 'JSON', 'pg_dump'],
    [';\n; Archive created at 2026-11-21 10:00:00\n', 'list of an archive', 'pg_restore'],
    ['<?xml version="1.0"?>\n<mysqldump xmlns:xsi="x">\n', 'XML of mysqldump --xml', 'without --xml'],
    ['XBSTCK01\\0', 'a stream of xtrabackup or mariabackup', 'mysqldump'],
    ['PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n', 'dump of SQLite', 'pg_dump'],
    ['USE [master]\r\nGO\r\n', 'script of SQL Server', 'pg_dump'],
    ['/****** Object:  Table [dbo].[users] ******/\r\nSET ANSI_NULLS ON\r\nGO\r\n', 'script of SQL Server', 'pg_dump'],
    ['SET DEFINE OFF;\nInsert into USERS\n', 'script of Oracle', 'pg_dump'],
    ['CREATE TABLE users (\n  id NUMBER(10),\n  name VARCHAR2(20)\n);\n', 'script of Oracle', 'pg_dump'],
    ['id,email,name\n1,ann@corp.example,Ann\n', 'rows without statements', 'pg_dump'],
    ['"id";"e-mail"\n"1";"ann@corp.example"\n', 'rows without statements', 'pg_dump'],
    ['1\tann@corp.example\t\\N\n', 'rows without statements', 'pg_dump'],
  ])('%j', async (given, what, fix) => {
    const error = await refused(typeof given === 'string' ? latin1(given) : given);
    expect(error.what).toContain(what);
    expect(error.fix).toContain(fix);
  });

  test('without a byte order mark, UTF-16 too', async () => {
    expect((await refused(utf16(dump))).what).toContain('UTF-16');
  });

  test.each([
    '-- a comment, with commas\n-- another, with commas\nSELECT 1;\n',
    'BEGIN;\nSELECT 1;\nCOMMIT;\n',
    'SELECT\t1;\nSELECT 2;\n',
    '(SELECT 1);\n',
    '/* x */ CREATE TABLE t (a text, b text);\nINSERT INTO t VALUES (1, 2);\n',
    '\n\nINSERT INTO "t" VALUES (1, 2);\n',
  ])('plain SQL is not: %j', async (sql) => {
    expect((await run(sql)).text).toBe(sql);
  });
});

test.each([
  'Jane Secret\nBob Secret\n',
  'Jane Secret jane@corp.example wrote:\nhello\n',
  'Jane Secret, 12 High Street\n',
  'jane@corp.example',
])('a file without SQL is told as none, and nothing of it is quoted: %j', async (text) => {
  const error = await refused(text);
  expect(error.what).toBe(
    `this is no dump: line 1, of ${text.split('\n')[0]?.length} characters, is not SQL, and no line behind it begins as a dump's do`,
  );
  expect(JSON.stringify(error)).not.toMatch(/Secret|jane/);
});

test.each([
  ['COPY public.t (id, a) FROM stdin;\n', 'pg_dump: warning: something\n'],
  ['COPY public.t (id) FROM stdin;\n', 'a\tb\n'],
  ['COPY public.t (id, a, b) FROM stdin;\n1\t2\t3\n', 'NOTICE:  x\n'],
])('a row of another width than its COPY is told: %j', async (statement, row) => {
  const definition = 'CREATE TABLE public.t (id integer, a integer, b integer);\n';
  await expect(run(`${definition}${statement}${row}\\.\n`)).rejects.toMatchObject({
    what: expect.stringMatching(/^a row of public.t has \d fields, its COPY statement names \d columns$/),
    likelyCause: expect.stringContaining('another program wrote into the rows'),
  });
});

test('texts in a statement behind the dump are not quoted', async () => {
  const { report } = await run(`${dump}UPDATE public.t SET a = 'Jane Secret' WHERE a = 'Bob';\n`, { footer: true });
  expect(report.warnings.join()).toContain("“UPDATE public.t SET a = '…' WHERE a = '…';”");
});

test('a dump that begins with many comments is soon known as none of another kind', () => {
  const comments = Array.from({ length: 60 }, (_, index) => `/*!40101 SET @OLD_${index}=@@SESSION_${index} */;\n`);
  expect(foreignFormat(Buffer.from(comments.join('')))).toBeUndefined();
  expect(foreignFormat(Buffer.from(comments.join('').replaceAll(';', '')))).toBeUndefined();
});

describe('what other programs wrote before the dump is left out, and the report says so', () => {
  test.each([
    ['Defaulted container "db" out of: db, sidecar, migrate (init)\n', 'kubectl'],
    ['Unable to use a TTY - input is not a terminal or the right kind of file\n', 'kubectl'],
    ['pod/psql created\n', 'kubectl'],
    ['Flag --as-root has been deprecated, use --x\n', 'kubectl'],
    ['Enter password: \n', 'mysqldump'],
    ['+ pg_dump -U shop shop\n', 'the shell'],
    ['psql (15.3)\nType "help" for help.\n\n', 'psql'],
    ['SET\nCOPY 5\n', 'psql'],
    [' ›   Warning: heroku update available from 7.0 to 8.0.\n', 'heroku'],
    ['  % Total    % Received % Xferd  Average Speed\n', 'curl'],
    ['WARN[0000] /srv/compose.yml: the attribute `version` is obsolete \n', 'docker'],
    [
      'pg_dump: warning: there are circular foreign-key constraints on this table:\npg_dump: detail: t\npg_dump: hint: Consider\n',
      'pg_dump',
    ],
    ['WARNING:  database "shop" has a collation version mismatch\nDETAIL:  x\nHINT:  y\n', 'pg_dump'],
    ["Warning: Permanently added 'db' (ED25519) to the list of known hosts.\r\n", 'ssh'],
    ['Pseudo-terminal will not be allocated because stdin is not a terminal.\n', 'ssh'],
    [
      '\nWe trust you have received the usual lecture from the local System\nAdministrator. It usually boils down to these three things:\n\n    #1) Respect the privacy of others.\n    #2) Think before you type.\n    #3) With great power comes great responsibility.\n\n',
      'sudo',
    ],
    ['could not change directory to "/root": Permission denied\n', 'sudo'],
    [
      'perl: warning: Setting locale failed.\nperl: warning: Please check that your locale settings:\n\tLANGUAGE = (unset),\n\tLC_ALL = (unset),\n\tLANG = "de_DE.UTF-8"\n    are supported and installed on your system.\n',
      'the shell',
    ],
    ['\x1b[33mDefaulted container "db" out of: db\x1b[0m\n', 'kubectl'],
  ])('%j', async (noise, producer) => {
    for (const chunk of [1, 65_536]) {
      const { text, report } = await run(noise + dump, { footer: true, chunk });
      expect(text).toBe(clean);
      expect(report.warnings).toHaveLength(1);
      expect(report.warnings[0]).toMatch(/before the dump, of .*, left out: “/);
      expect(report.warnings[0]).toContain(producer);
    }
  });

  test('a byte order mark', async () => {
    const { text, report } = await run(`\ufeff${dump}`, { footer: true });
    expect(text).toBe(clean);
    expect(report.warnings).toEqual(['the byte order mark before the dump was left out']);
  });

  test('but what nobody knows is refused, with its line', async () => {
    const error = await refused(`\nWelcome to db-7!\n${dump}`);
    expect(error.what).toBe('line 2, “Welcome to db-7!”, is not SQL');
    expect(error.cause).toContain('another program wrote it');
    expect((await refused(`Ask ann@corp.example!\n${dump}`)).what).toBe('line 1, “Ask …@…”, is not SQL');
    const after = await refused(`Defaulted container "db" out of: db\nWelcome!\n${dump}`);
    expect(after.what).toBe('line 2, “Welcome!”, is not SQL');
  });

  test('but nothing else in the file is no dump, with or without a last line', async () => {
    const message = 'pg_dump: error: connection to server at "db" failed: Connection refused\n';
    const { what, cause } = await refused(message);
    expect(what).toBe('the file holds no dump');
    expect(cause).toContain('pg_dump: error: connection');
    await expect(run(message)).rejects.toMatchObject({ what, likelyCause: cause });
  });

  test('but not what stands between the statements, where it may have cut a row', async () => {
    const error = await refused(dump.replace('COPY', 'pg_dump: dumping contents of table "public.t"\nCOPY'));
    expect(error.what).toMatch(/^“pg_dump: dumping contents of table "public.t"” stands in the dump, and is not SQL/);
    expect(error.cause).toContain('the messages of pg_dump wrote it');
  });
});

describe('behind the last line of a dump', () => {
  test.each([
    ['command terminated with exit code 137\n', 'kubectl'],
    ['Connection to db.corp.example closed.\r\n', 'ssh'],
    ['root@db-0:/# exit\nlogout\n', 'the shell'],
    ["bash: line 1: don't: command not found\n", 'the shell'],
  ])('what other programs wrote is left out: %j', async (noise, producer) => {
    const { text, report } = await run(dump + noise, { footer: true });
    expect(text).toBe(clean);
    expect(report.warnings).toHaveLength(1);
    expect(report.warnings[0]).toMatch(/behind the dump, of .*, left out$/);
    expect(report.warnings[0]).toContain(producer);
  });

  test('statements are kept, and named', async () => {
    const { text, report } = await run(`${dump}RESET ALL;\n`, { footer: true });
    expect(text).toBe(`${clean}RESET ALL;\n`);
    expect(report.warnings).toEqual([
      'a statement behind the last line of the dump, which pg_dump did not write, was kept: “RESET ALL;”',
    ]);
    const restricted = dump.replace(/\n$/, '\n\\unrestrict abc\n\n');
    const more = await run(`${restricted}ANALYZE;\nRESET ALL;\nSELECT 1;\nSELECT 2;\n`, { footer: true });
    expect(more.report.warnings).toEqual([
      '4 statements behind the last line of the dump, which pg_dump did not write, were kept: “ANALYZE;”, “RESET ALL;”, “SELECT 1;”',
    ]);
  });

  test('rows are those of another dump, which needs a last line of its own', async () => {
    for (const added of ['COPY public.t (a) FROM stdin;\nx\n\\.\n', "INSERT INTO public.t VALUES (1, 'x');\n"]) {
      const { what, fix } = await refused(dump + added);
      expect(what).toContain('rows stand behind the last line of the dump');
      expect(fix).toContain('footer: optional');
      expect((await run(dump + added)).text).toBe(clean + added);
    }
    expect((await refused(dump + begin + content)).what).toContain('does not have its last line');
    const { report } = await run(dump + dump, { footer: true });
    expect(report.warnings).toEqual([]);
  });

  test('what nobody knows is refused', async () => {
    const { what } = await refused(`${dump}Bye now\n`);
    expect(what).toMatch(
      /^a line of 7 characters stands behind the last line of the dump, and is not SQL \(at byte [\d,]+ of the SQL\)$/,
    );
  });

  test('a dump that was cut off tells what other programs said of it', async () => {
    const cut = dump.slice(0, dump.indexOf('\n\\.'));
    const { what, cause } = await refused(`${cut}\ncommand terminated with exit code 137\n`);
    expect(what).toContain('ends in the middle of the rows of public.t');
    expect(cause).toBe('the dump was cut off: kubectl wrote “command terminated with exit code 137”');
  });
});

describe('line ends of Windows', () => {
  const windows = dump.replaceAll('\n', '\r\n');

  test('become those of pg_dump, wherever chunks end, so that the last field of a row is read right', async () => {
    for (const chunk of [1, 2, 3, 64, 65_536]) {
      const { text, report } = await run(windows, { footer: true, chunk });
      expect(text).toBe(clean);
      expect(report.warnings).toEqual([expect.stringContaining('CR LF')]);
    }
  });

  test('a CR alone stays, and so do all bytes of a dump with other line ends', async () => {
    const odd = dump.replace('ann@corp.example', 'a\rb\\r\r');
    expect((await run(odd, { footer: true })).text).toBe(odd);
    const { text } = await run(odd.replaceAll('\n', '\r\n'), { footer: true, chunk: 1 });
    expect(text).toBe(odd);
  });
});

test('the beginning of a long line is quoted at once, without addresses', () => {
  // Searched as a whole, a line without blanks of this length took an hour.
  expect(quoted('/'.repeat(2_000_000))).toBe(`“${'/'.repeat(80)}…”`);
  expect(quoted(`mail ann@corp.example ${'x'.repeat(2_000_000)}`)).toBe(`“mail …@… ${'x'.repeat(71)}…”`);
});
