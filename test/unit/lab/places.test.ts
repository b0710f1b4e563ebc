import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { serverKinds, serversFolder } from '../../../lab/hosts/places.ts';

test('the socket of a server that an action starts in the folder of its servers has a path that is short enough', () => {
  // The longest name of a lab's folder: its time, and the largest number of a process.
  const folders = serverKinds.map((kind) => serversFolder('/repo/.lab/20261126-110428-4194304', kind));
  expect(new Set(folders).size).toBe(serverKinds.length);
  // src/adapters/databases/postgres/server/own-server.ts; man 7 unix: sun_path has 108 bytes with the zero at its end.
  const socket = ['work', 'holdfast-server-XXXXXX', 'socket', '.s.PGSQL.65535'];
  for (const folder of folders) expect(join(folder, ...socket).length).toBeLessThanOrEqual(107);
});
