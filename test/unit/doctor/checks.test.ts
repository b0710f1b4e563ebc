/** Every check of the doctor: sound where nothing is wrong, and the right words where one thing is broken on purpose. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { knownVariables } from '../../../src/doctor/checks/configuration.ts';
import { examine } from '../../../src/doctor/examine.ts';
import type { Inventory } from '../../../src/doctor/inventory.ts';
import { read, unread } from '../../../src/doctor/reading.ts';
import type { Finding } from '../../../src/domain/finding.ts';
import { brokenMachines } from './broken-machines.ts';
import { brokenSettings } from './broken-settings.ts';
import { change, trouble, withBucket, withRegion, withRole, withVariables } from './changed.ts';
import * as given from './sound.ts';

const { sound, job } = given;

test.each([
  ['a terminal', sound],
  ['a job', job],
])('of a sound installation at %s nothing is broken, and nothing is unread', (_where, inventory) => {
  expect(trouble(inventory)).toEqual([]);
  expect(examine(inventory).length).toBeGreaterThan(15);
});

describe.each([...brokenSettings, ...brokenMachines])('%s', (_what, inventory, status, is, fix) => {
  test('is found, alone of its status but for what follows from it, with the way to mend it', () => {
    const found = trouble(inventory).filter((one) => is.test(one.is) && one.status === status);
    expect(found).not.toEqual([]);
    expect(found.at(-1)?.fix).toMatch(fix);
  });
});

describe("PostgreSQL's tools", () => {
  const dumps = { HOLDFAST_DATABASES: '[{"source":"a","secret":"A"}]', HOLDFAST_INSTALL_CLIENT: 'false' };
  const withTools = (version: string | undefined, unsafe = false): readonly Finding[] =>
    trouble(
      change(
        'environment',
        { postgresTools: read(version === undefined ? [] : [{ folder: '/usr/bin', version, unsafe }]) },
        withVariables(dumps),
      ),
    ).filter(({ area }) => area === 'Environment');

  test('are asked for only where the job does not install them', () => {
    expect(withTools('17.11')).toEqual([]);
    expect(withTools(undefined)).toMatchObject([
      { status: 'failed', is: 'none', fix: expect.stringContaining('apt-get') },
    ]);
    expect(withTools('17.1', true)).toMatchObject([{ status: 'failed', is: expect.stringContaining('known holes') }]);
  });
});

describe('what could not be read', () => {
  const reason = unread('holdfast-backup may not look: it needs iam:GetRole');
  test.each<[string, Inventory]>([
    ['the provider', change('identity', { providers: reason })],
    ['the trust', withRole({ trust: reason })],
    ['the repository', change('identity', { repository: reason })],
    ['the stack', { ...sound, stack: reason }],
    ['a document', withRegion({ documents: [{ ...given.document, document: reason }] })],
    ['the instances', withRegion({ instances: reason })],
    ['the agents', withRegion({ agents: reason })],
    ['a host', { ...sound, hosts: [{ subject: 'a', problems: reason, has: '' }] }],
    ['the buckets', withBucket({ versioning: reason })],
    ['the variables', change('configuration', { variables: reason })],
    ['the secrets', change('configuration', { secrets: reason })],
    ['the workflows', { ...sound, workflows: reason }],
    ['the clock', change('environment', { skewSeconds: reason })],
  ])('%s is not-checked, names the permission, and is never ok', (_what, inventory) => {
    const found = trouble(inventory);
    expect(found).toContainEqual(
      expect.objectContaining({ status: 'not-checked', is: 'holdfast-backup may not look: it needs iam:GetRole' }),
    );
    const unreadSubjects = found.filter(({ status }) => status === 'not-checked').map(({ subject }) => subject);
    const ok = examine(inventory)
      .filter(({ status }) => status === 'ok')
      .map(({ subject }) => subject);
    expect(ok.filter((subject) => unreadSubjects.includes(subject))).toEqual([]);
  });
});

test('a secret that the workflow did not name is unknown to a job, not missing', () => {
  const inventory = change(
    'configuration',
    {
      variables: read({ ...given.variables, HOLDFAST_DATABASES: '[{"source":"a","secret":"A_URL"}]' }),
      secrets: read([{ name: 'SLACK_WEBHOOK_URL', set: false }]),
    },
    job,
  );
  expect(trouble(inventory)).toContainEqual(
    expect.objectContaining({ subject: 'secret A_URL', status: 'not-checked' }),
  );
});

test('the doctor knows every variable that a workflow reads', () => {
  const folder = '.github/workflows';
  const texts = readdirSync(folder).map((name) => readFileSync(`${folder}/${name}`, 'utf8'));
  const used = texts.flatMap((text) => [...text.matchAll(/vars\.(HOLDFAST_[A-Z_]+)/g)].map(([, name]) => name));
  expect([...new Set(used)].filter((name) => !knownVariables.includes(name ?? ''))).toEqual([]);
});
