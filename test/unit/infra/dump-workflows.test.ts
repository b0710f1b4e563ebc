/** What a deployment of MongoDB or a server of MySQL gets of the list: its secrets, the server for its restores, the cluster. */
import { readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { evaluate, text, textMap } from '../../../lab/runner/expressions.ts';
import { runStep, script } from './support-steps.ts';

interface Job {
  readonly with: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly services: { readonly scratch: { readonly image: string; readonly ports: readonly string[] } };
  readonly steps: readonly { readonly id?: string; readonly with?: Readonly<Record<string, string>> }[];
}
const dumpJob = (name: string): Job =>
  (parse(readFileSync(`.github/workflows/${name}.yml`, 'utf8')) as { readonly jobs: { readonly dump: Job } }).jobs.dump;

const engines = {
  mongodb: { port: '27017', scratch: 'mongodb://127.0.0.1:40001', usual: 'mongo:8' },
  mysql: { port: '3306', scratch: 'mysql://root:scratch@127.0.0.1:40001', usual: 'mysql:8.4' },
};

describe.each(Object.entries(engines))('%s', (engine, { port, scratch, usual }) => {
  const caller = dumpJob(`${engine}-backup`);
  const { services, steps } = dumpJob(`${engine}-dump`);
  const inputs = steps.find(({ id }) => id === 'dump')?.with ?? {};
  const imageVariable = `HOLDFAST_${engine.toUpperCase()}_SCRATCH_IMAGE`;
  const scratchSecret = `HOLDFAST_${engine.toUpperCase()}_SCRATCH_URL`;

  /** What the inner workflow sees, and its image; GitHub starts no container for an empty one. */
  function called(database: object, { vars = {}, secrets = {} }: { vars?: object; secrets?: object } = {}) {
    const outer = { vars, secrets, matrix: { database }, inputs: {} };
    const given = Object.fromEntries(
      Object.entries(caller.with).map(([name, value]) => [name, evaluate(value, outer)]),
    );
    const inner = { vars, secrets: textMap(caller.secrets, outer), inputs: given as object };
    const image = text(services.scratch.image, inner);
    const job = image === '' ? {} : { services: { scratch: { ports: { [port]: '40001' } } } };
    const contexts = { ...inner, job };
    return { image, secrets: inner.secrets, value: (input: string) => text(inputs[input] ?? '', contexts) };
  }

  test.each<[string, object, Parameters<typeof called>[1], image: string, url: string]>([
    ['nothing', {}, {}, usual, scratch],
    ['an image for all', {}, { vars: { [imageVariable]: 'x:1' } }, 'x:1', scratch],
    ['an image for one', { 'scratch-image': 'y:2' }, { vars: { [imageVariable]: 'x:1' } }, 'y:2', scratch],
    ['no image for one', { 'scratch-image': 'none' }, {}, '', ''],
    ['an image for one of none', { 'scratch-image': 'y:2' }, { vars: { [imageVariable]: 'none' } }, 'y:2', scratch],
    ['no image for all', {}, { vars: { [imageVariable]: 'none' } }, '', ''],
    [
      'a server of your own',
      {},
      { vars: { [imageVariable]: 'none' }, secrets: { [scratchSecret]: 'own://s' } },
      '',
      'own://s',
    ],
    [
      'a server for one',
      { 'scratch-secret': 'MINE', 'scratch-image': 'none' },
      { secrets: { [scratchSecret]: 'own://s', MINE: 'own://m' } },
      '',
      'own://m',
    ],
  ])('restores with %s', (_, database, configured, image, url) => {
    const it = called(database, configured);
    expect(it.image).toBe(image);
    expect(it.value('scratch-url')).toBe(url);
  });

  test('nobody beside the job reaches the container', () => {
    expect(services.scratch.ports).toEqual([`127.0.0.1::${port}`]);
  });

  test('a database gets the secrets that it names, and none of the others', () => {
    const secrets = { FIRST: 'own://first', SECOND: 'own://second', KUBECONFIG: 'usual', OTHER: 'other' };
    const first = called({ secret: 'FIRST' }, { secrets });
    expect(first.value('database-url')).toBe('own://first');
    expect(Object.values(first.secrets)).not.toContain('own://second');
    expect(first.secrets.KUBECONFIG).toBe('usual');
    expect(called({ 'kubeconfig-secret': 'OTHER' }, { secrets }).secrets.KUBECONFIG).toBe('other');
    // A pod without a password needs no URL.
    if (engine === 'mongodb') expect(called({ 'kube-service': 'db' }, { secrets }).value('database-url')).toBe('');
    expect(called({ secret: 'THIRD' }, { secrets }).value('database-url')).toBe('');
  });

  test('the kubeconfig is a file that nobody else reads, and only where there is one', () => {
    const write = script(`${engine}-dump`, 'Write the kubeconfig');
    const folder = tmpdir();
    const environment = { RUNNER_TEMP: folder, CONTENT: 'apiVersion: v1' };
    const { status, outputs } = runStep(write, environment, { path: '/usr/bin:/bin' });
    expect({ status, outputs }).toEqual({ status: 0, outputs: [`file=${folder}/holdfast-kubeconfig`] });
    const file = `${folder}/holdfast-kubeconfig`;
    expect((statSync(file).mode & 0o777).toString(8)).toBe('600');
    expect(readFileSync(file, 'utf8')).toBe('apiVersion: v1\n');
    runStep(script(`${engine}-dump`, 'Remove the kubeconfig'), { FILE: file }, { path: '/usr/bin:/bin' });
    expect(() => statSync(file)).toThrow('ENOENT');
    expect(runStep(write, { ...environment, CONTENT: '' }).outputs).toEqual([]);
  });
});

test('MongoDB is kept by date, as its users know it, unless they choose otherwise', () => {
  const caller = dumpJob('mongodb-backup');
  const keepAs = (database: object): unknown => evaluate(caller.with['keep-as'] ?? '', { matrix: { database } });
  expect(keepAs({})).toBe('dated');
  expect(keepAs({ 'keep-as': 'versions' })).toBe('versions');
});

test('the client of MariaDB is proven on MariaDB', () => {
  const { services } = dumpJob('mysql-dump');
  const image = (inputs: object): string => text(services.scratch.image, { inputs, vars: {} });
  expect(image({ client: 'mariadb' })).toBe('mariadb:11');
  expect(image({ client: 'mysql' })).toBe('mysql:8.4');
});
