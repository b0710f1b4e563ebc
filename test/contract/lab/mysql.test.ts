/** The lab's MariaDB servers: each with a folder, a port, a password and settings of its own. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createConnection } from 'mysql2/promise';
import { type MysqlServer, startMysql } from '../../../lab/hosts/mysql/server.ts';
import { ensurePrerequisites } from '../../../lab/hosts/prerequisites.ts';

const root = mkdtempSync(join(tmpdir(), 'holdfast-mysql-'));
let server: MysqlServer;

beforeAll(async () => {
  ensurePrerequisites();
  chmodSync(root, 0o755);
  server = await startMysql({ directory: join(root, 'main'), settings: { 'log-bin': 'changes', 'server-id': '7' } });
}, 120_000);

afterAll(async () => {
  await server?.stop();
  rmSync(root, { recursive: true, force: true });
});

const ask = async (url: string, sql: string): Promise<unknown> => {
  const connection = await createConnection(url);
  try {
    return (await connection.query(sql))[0];
  } finally {
    await connection.end();
  }
};

test('a server answers by its URL, with the settings that it was given, and only with its password', async () => {
  await server.sql("CREATE DATABASE `a b`; CREATE TABLE `a b`.t (x text); INSERT INTO `a b`.t VALUES ('Käse\\n')");
  expect(await ask(server.url('a b'), 'SELECT x, @@server_id AS id, @@log_bin AS log FROM t')).toEqual([
    { x: 'Käse\n', id: 7, log: 1 },
  ]);
  expect(await server.sql('SELECT x FROM t', 'a b')).toBe('Käse\\n');
  await expect(ask(server.url().replace(server.password, 'wrong'), 'SELECT 1')).rejects.toThrow('Access denied');
  await expect(ask(`mysql://root@${server.host}:${server.port}`, 'SELECT 1')).rejects.toThrow('Access denied');
});

test('a server that is killed or restarted comes back on its port with its tables', async () => {
  await server.sql('CREATE DATABASE kept; CREATE TABLE kept.t AS SELECT 5 AS x; FLUSH TABLES; FLUSH LOGS');
  await server.restart();
  expect(await ask(server.url('kept'), 'SELECT x FROM t')).toEqual([{ x: 5 }]);
  await server.kill();
  // The kernel closes the port of a killed process some moments after its memory.
  await expect(ask(server.url('kept'), 'SELECT x FROM t')).rejects.toThrow(/ECONNREFUSED|ECONNRESET/);
  await server.restart();
  expect(await ask(server.url('kept'), 'SELECT x FROM t')).toEqual([{ x: 5 }]);
});

test('a second server in the same folder is refused', async () => {
  await expect(startMysql({ directory: join(root, 'main') })).rejects.toThrow('holds a MariaDB server already');
});
