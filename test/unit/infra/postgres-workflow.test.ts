/** Which secrets and which server for its restores a database of the list gets, for each way to configure it. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { evaluate, text, textMap } from '../../../lab/runner/expressions.ts';

interface Step {
  readonly id?: string;
  readonly with?: Readonly<Record<string, string>>;
}
interface Job {
  readonly with: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly services: { readonly scratch: { readonly image: string } };
  readonly steps: readonly Step[];
}

const dumpJob = (name: string): Job =>
  (parse(readFileSync(`.github/workflows/${name}.yml`, 'utf8')) as { readonly jobs: { readonly dump: Job } }).jobs.dump;
const caller = dumpJob('postgres-backup');
const { services, steps } = dumpJob('postgres-dump');
const inputs = steps.find(({ id }) => id === 'dump')?.with ?? {};
const local = 'postgresql://postgres:scratch@localhost:5432/postgres';

interface Configured {
  readonly vars?: object;
  readonly secrets?: object;
  readonly database?: object;
}

/** What the inner workflow sees of a database of the list. */
function called({ vars = {}, secrets = {}, database = {} }: Configured) {
  const contexts = { vars, secrets, matrix: { database }, inputs: {} };
  const given = Object.entries(caller.with).map(([name, value]) => [name, evaluate(value, contexts)]);
  return { vars, secrets: textMap(caller.secrets, contexts), inputs: Object.fromEntries(given) as object };
}

test.each<[string, Configured, image: string, url: string, superuser: string]>([
  ['nothing', {}, '', '', 'false'],
  ['an image for all', { vars: { HOLDFAST_SCRATCH_IMAGE: 'postgres:16' } }, 'postgres:16', local, 'true'],
  ['an image for one', { database: { 'scratch-image': 'postgis/postgis' } }, 'postgis/postgis', local, 'true'],
  ['a server', { secrets: { HOLDFAST_SCRATCH_URL: 'postgresql://s' } }, '', 'postgresql://s', 'false'],
  [
    'a server, as it had to be written before',
    { vars: { HOLDFAST_SCRATCH_IMAGE: 'none' }, secrets: { HOLDFAST_SCRATCH_URL: 'postgresql://s' } },
    '',
    'postgresql://s',
    'false',
  ],
  [
    'a server for one',
    {
      secrets: { HOLDFAST_SCRATCH_URL: 'postgresql://s', MINE: 'postgresql://m' },
      database: { 'scratch-secret': 'MINE' },
    },
    '',
    'postgresql://m',
    'false',
  ],
  [
    'no server for one of all',
    { secrets: { HOLDFAST_SCRATCH_URL: 'postgresql://s' }, database: { 'scratch-secret': 'NONE' } },
    '',
    '',
    'false',
  ],
])('with %s', (_, configured, image, url, superuser) => {
  const contexts = called(configured);
  expect(text(services.scratch.image, contexts)).toBe(image);
  expect(text(inputs['scratch-url'], contexts)).toBe(url);
  expect(text(inputs['scratch-superuser'], contexts)).toBe(superuser);
});

test('a database gets the secret that it names, and none of the others', () => {
  const secrets = { FIRST: 'postgresql://first', SECOND: 'postgresql://second', DATABASE_URL: 'postgresql://usual' };
  const first = called({ secrets, database: { secret: 'FIRST' } });
  expect(text(inputs['database-url'], first)).toBe('postgresql://first');
  expect(Object.values(first.secrets)).not.toContain('postgresql://second');
  expect(text(inputs['database-url'], called({ secrets }))).toBe('postgresql://usual');
  // A secret that is not there is never another database's.
  expect(text(inputs['database-url'], called({ secrets, database: { secret: 'THIRD' } }))).toBe('');
});
