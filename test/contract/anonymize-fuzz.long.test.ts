/**
 * Cases of fixed seeds, which take about a minute; fresh ones: npm run fuzz -- anonymize --servers. And each kind of
 * constraint once on a real PostgreSQL: what comes out restores, or the run is refused with the column's name.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { tryForms } from '../fuzz/forms.ts';
import { fuzz } from '../fuzz/fuzz.ts';
import { FuzzServer } from '../fuzz/servers.ts';

let server: FuzzServer;
beforeAll(async () => {
  ensurePrerequisites();
  server = await FuzzServer.start();
}, 60_000);
afterAll(async () => {
  await server?.stop();
});

/** Lines of the command, of which jest shows those of a test that fails. */
const lines: string[] = [];
const print = (line: string): void => void lines.push(line);

test.each([
  ['a fixed seed', 1],
  ['another one', 500_000],
])(
  'of %s (%d), nothing is found',
  async (_name, seed) => {
    lines.length = 0;
    const finds = await fuzz({ seconds: Number.POSITIVE_INFINITY, seeds: 6, seed, keepGoing: false, server, print });
    expect({ finds, lines: finds === 0 ? [] : lines }).toEqual({ finds: 0, lines: [] });
  },
  600_000,
);

test('each kind of constraint restores, or is refused with the name of the column', async () => {
  lines.length = 0;
  const wrong = await tryForms(print, server);
  expect({ wrong, lines: wrong === 0 ? [] : lines }).toEqual({ wrong: 0, lines: [] });
}, 600_000);
