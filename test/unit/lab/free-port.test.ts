import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from '@jest/globals';
import { freePort } from '../../../lab/hosts/free-port.ts';

const host = '127.0.0.1';

test('a port that is taken is passed over, and none is one that connections get by themselves', async () => {
  const taken = await freePort(host);
  const server = createServer().listen(taken, host);
  await once(server, 'listening');
  try {
    const draws = [taken - 10_000, taken - 10_000, 21_999].map((place) => (place + 0.5) / 22_000);
    expect(await freePort(host, () => draws.shift() ?? 0.5)).not.toBe(taken);
    expect(draws.length).toBeLessThan(2);
    for (let times = 0; times < 200; times += 1) expect(await freePort(host)).toBeLessThan(32_768);
  } finally {
    server.close();
  }
});

test('an address that this computer does not have is an error', async () => {
  await expect(freePort('203.0.113.1')).rejects.toThrow('EADDRNOTAVAIL');
});
