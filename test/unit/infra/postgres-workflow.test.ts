/** Where the workflow restores dumps, for each way to configure it. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { text } from '../../../lab/runner/expressions.ts';

interface Step {
  readonly id?: string;
  readonly with?: Readonly<Record<string, string>>;
}

const workflow = parse(readFileSync('.github/workflows/postgres-backup.yml', 'utf8')) as {
  readonly jobs: {
    readonly dump: {
      readonly services: { readonly scratch: { readonly image: string } };
      readonly steps: readonly Step[];
    };
  };
};
const { services, steps } = workflow.jobs.dump;
const inputs = steps.find(({ id }) => id === 'dump')?.with ?? {};
const local = 'postgresql://postgres:scratch@localhost:5432/postgres';

interface Configured {
  readonly vars?: object;
  readonly secrets?: object;
  readonly database?: object;
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
])('with %s', (_, { vars = {}, secrets = {}, database = {} }, image, url, superuser) => {
  const contexts = { vars, secrets, matrix: { database } };
  expect(text(services.scratch.image, contexts)).toBe(image);
  expect(text(inputs['scratch-url'], contexts)).toBe(url);
  expect(text(inputs['scratch-superuser'], contexts)).toBe(superuser);
});
