/** The commands for somebody who restores without this program. */
import { expect, test } from '@jest/globals';
import { mongoLoader } from '../../../../scripts/lib/engines/mongodb/loader.ts';

type ByHand = ReturnType<typeof mongoLoader.target>['byHand'];
const [file, receipt, options] = [
  { bucket: 'dumps', key: 'db/shop.archive.gz' },
  { takenAt: '2026-11-21T02:23:00.000Z' },
  {},
] as unknown as Parameters<ByHand>;

test.each([
  ['mongodb+srv://u:Secr3t@c.example.net/', '--uri=mongodb+srv://c.example.net/ '],
  ['mongodb://u:Secr3t@a:1,b:2/', '--uri=mongodb://a:1,b:2/ '],
])('for %s name the server as the URL does', (url, uri) => {
  const commands = mongoLoader.target(url, 'database-url').byHand(file, receipt, options);
  expect(commands).toContain(uri);
  expect(commands).not.toContain('Secr3t');
});
