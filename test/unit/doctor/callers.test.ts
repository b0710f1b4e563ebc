/** Repositories that hold nothing but a caller: what its inputs give needs no variable. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { runs, valuesGiven } from '../../../src/doctor/callers.ts';
import { configurationFindings } from '../../../src/doctor/checks/configuration.ts';
import { jobs } from '../../../src/doctor/jobs.ts';
import { read } from '../../../src/doctor/reading.ts';
import * as given from './sound.ts';

const callerOn = (page: string): string =>
  /^```yaml\n(name: [\s\S]*?)^```/m.exec(readFileSync(page, 'utf8'))?.[1] ?? '';

/** The findings about variables in a repository without any, whose workflow is this. */
function findings(text: string) {
  const { sound, workflow } = given;
  const inventory = {
    ...sound,
    configuration: { ...sound.configuration, variables: read({}) },
    workflows: read([workflow({ text })]),
  };
  return configurationFindings(inventory).filter(({ subject }) => subject.startsWith('variables'));
}

describe.each(jobs)('$title', (job) => {
  test('the caller on its page needs no variable', () => {
    const text = callerOn(job.page);
    expect(runs(given.workflow({ text }), job)).toBe(true);
    expect(findings(text)).toEqual([
      expect.objectContaining({ subject: `variables of the ${job.title}`, status: 'ok' }),
    ]);
  });

  test.each(Object.entries(job.inputs))('without its input for %s, the variable is missing', (variable, input) => {
    const text = callerOn(job.page).replace(new RegExp(`^ +${input}: .*\n`, 'm'), '');
    expect(findings(text)).toEqual([
      expect.objectContaining({ status: 'failed', is: expect.stringContaining(variable) }),
    ]);
  });

  test('each of its inputs is one of the workflow', () => {
    const file = job.called.at(-1) ?? '';
    const { on } = parse(readFileSync(`.github/workflows/${file}`, 'utf8')) as {
      on: { workflow_call: { inputs: Record<string, unknown> } };
    };
    const known = Object.keys(on.workflow_call.inputs);
    expect(Object.values(job.inputs).filter((input) => !known.includes(input))).toEqual([]);
    expect(Object.keys(job.inputs)).toEqual(job.variables);
  });
});

test('a workflow with steps of its own gives the actions what they need, and needs no variable', () => {
  expect(findings(callerOn('actions/ib-snapshot/README.md'))).toEqual([]);
  // A copy in which nothing is configured has the workflows, too.
  expect(findings('on: push')).toEqual([expect.objectContaining({ subject: 'variables', status: 'warning' })]);
});

test('steps of db-dump are of the job whose engine they name', () => {
  const steps = (engine: string) =>
    given.workflow({
      text: `jobs:\n  a:\n    steps:\n      - uses: OWNER/holdfast/actions/db-dump@x\n        with:\n${engine}`,
    });
  const titles = (engine: string) => jobs.filter((job) => runs(steps(engine), job)).map(({ title }) => title);
  expect(titles('          source: a\n')).toEqual(['PostgreSQL backup']);
  expect(titles('          engine: postgres\n')).toEqual(['PostgreSQL backup']);
  expect(titles('          engine: "mongodb"\n')).toEqual(['MongoDB backup']);
  expect(titles('          engine: mysql\n')).toEqual(['MySQL backup']);
});

test('what several databases share marks none of their jobs', () => {
  const found = (variables: Record<string, string>) => {
    const { sound } = given;
    const inventory = { ...sound, configuration: { ...sound.configuration, variables: read({ ...variables }) } };
    return configurationFindings(inventory).flatMap(({ subject, status }) => (status === 'failed' ? subject : []));
  };
  expect(found({ HOLDFAST_DUMP_MAX_CHANGE: '5%', HOLDFAST_INSTALL_CLIENT: 'false' })).not.toContain(
    'variables of the PostgreSQL backup',
  );
  expect(found({ HOLDFAST_MONGODB_SCRATCH_IMAGE: 'mongo:7' })).toContain('variables of the MongoDB backup');
});

describe('what callers give in place of variables', () => {
  const flow = (text: string) => valuesGiven([given.workflow({ text })]);

  test('is read for each call of its own: two jobs of one file have a role each', () => {
    const text = `on: push
jobs:
  dump:
    uses: OWNER/holdfast/.github/workflows/postgres-dump.yml@FULL-HASH
    with: { region: eu-west-1, role: 'arn:dump', bucket: dumps, receipt-bucket: receipts, source: shop, instance: db01, database: shop }
  rotate:
    uses: OWNER/holdfast/.github/workflows/ebs-rotate.yml@FULL-HASH
    with:
      role: arn:rotate
      ssm-documents: Acme-
      region: \${{ vars.HERE }}
  orders:
    uses: OWNER/holdfast/.github/workflows/mongodb-dump.yml@FULL-HASH
    with: { source: orders, kube-service: mongo-service }
`;
    expect(flow(text)).toEqual({
      HOLDFAST_REGION: 'eu-west-1',
      HOLDFAST_DUMP_ROLE: 'arn:dump',
      HOLDFAST_DUMP_BUCKET: 'dumps',
      HOLDFAST_RECEIPT_BUCKET: 'receipts',
      HOLDFAST_ROTATE_ROLE: 'arn:rotate',
      HOLDFAST_SSM_DOCUMENTS: 'Acme-',
      HOLDFAST_DATABASES: expect.stringContaining('"source":"shop","instance":"db01"'),
      HOLDFAST_MONGODB_DATABASES: '[{"source":"orders","kube-service":"mongo-service"}]',
    });
  });

  test('is nothing in a file that calls nothing, or that is no YAML', () => {
    for (const text of [
      'on: push',
      'jobs: [',
      'jobs: { a: { uses: x/y/.github/workflows/other.yml@v1, with: { region: x } } }',
    ])
      expect(flow(text)).toEqual({});
  });

  test('the callers on the pages give what they are asked for', () => {
    const values = flow(callerOn('docs/infobright.md'));
    expect(Object.keys(values)).toEqual(
      expect.arrayContaining(['HOLDFAST_REGION', 'HOLDFAST_BACKUP_ROLE', 'HOLDFAST_IB_INSTANCE']),
    );
  });
});
