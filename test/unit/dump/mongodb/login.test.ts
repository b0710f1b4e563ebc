/** A user of Atlas, whose TXT record says where it logs in. */
import dns from 'node:dns';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { connect } from '../../../../src/adapters/databases/mongodb/client.ts';
import { LocalTools } from '../../../../src/adapters/databases/mongodb/tools.ts';
import { parseMongoConnection } from '../../../../src/dump/engines/mongodb/connection.ts';

const { PATH } = process.env;
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-login-'));
  const tool = join(folder, 'mongodump');
  writeFileSync(tool, '#!/bin/sh\ncat "${1#--config=}"\n');
  chmodSync(tool, 0o755);
  process.env.PATH = `${folder}:${PATH}`;
});
afterAll(() => {
  process.env.PATH = PATH;
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => {
  jest.restoreAllMocks();
});

const refused = (code: string): Error => Object.assign(new Error(`queryTxt ${code} c.example.net`), { code });
const records = (answer: string[][] | Error): void => {
  jest.spyOn(dns.promises, 'resolveSrv').mockRejectedValue(refused('EREFUSED'));
  jest
    .spyOn(dns.promises, 'resolveTxt')
    .mockImplementation(async () => (answer instanceof Error ? Promise.reject(answer) : answer));
};
const connection = parseMongoConnection('mongodb+srv://u:Secr3t@c.example.net/shop?retryWrites=true', 'database-url');
const told = async (): Promise<string> => {
  const output = new LocalTools(folder).output({ tool: 'mongodump', parameters: [], connection, what: 'mongodump' });
  return (await buffer(output)).toString();
};

describe('a user of mongodb+srv logs in', () => {
  test('where the TXT record says, and not at the database in the path', async () => {
    records([['authSource=ad', 'min&replicaSet=x']]);
    expect(await told()).toBe('uri: "mongodb+srv://u:Secr3t@c.example.net/?retryWrites=true"\n');
  });
  test.each([[[['replicaSet=x']]], [[]], [refused('ENODATA')], [refused('ENOTFOUND')]])(
    'at the database in the path when the record says nothing: %j',
    async (answer) => {
      records(answer);
      expect(await told()).toContain('retryWrites=true&authSource=shop');
    },
  );
  test('nowhere when the record cannot be asked for', async () => {
    records(refused('ETIMEOUT'));
    for (const failed of [told(), connect(connection)])
      await expect(failed).rejects.toMatchObject({
        what: expect.stringContaining('the TXT record of c.example.net cannot be read'),
        code: 'unreachable',
      });
  });
});
