/** The lists of databases in variables, as the workflows read them with the real jq. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { runStep, script } from '../unit/infra/support-steps.ts';

beforeAll(() => ensurePrerequisites());

describe.each([
  ['postgres-backup', 'HOLDFAST_DATABASES', [{ secret: 'A' }, { instance: 'db01', database: 'shop' }]],
  ['mongodb-backup', 'HOLDFAST_MONGODB_DATABASES', [{ secret: 'A' }, { 'kube-service': 'mongo-service' }]],
  ['mysql-backup', 'HOLDFAST_MYSQL_DATABASES', [{ secret: 'A' }, { secret: 'B', container: 'db' }]],
])('%s', (workflow, variable, ways) => {
  const names = ['HOLDFAST_REGION', 'HOLDFAST_DUMP_ROLE', 'HOLDFAST_DUMP_BUCKET', 'HOLDFAST_RECEIPT_BUCKET'];
  const choose = (list: unknown, SOURCE = '') =>
    runStep(
      script(workflow, 'Choose the databases, find missing variables'),
      {
        ...Object.fromEntries(names.map((name) => [name, 'x'])),
        [variable]: typeof list === 'string' ? list : JSON.stringify(list),
        REQUIRED: 'true',
        PAGE: 'page',
        SOURCE,
      },
      { path: '/usr/bin:/bin' },
    );

  test('every way to reach a database is one; numbers become texts, and null nothing', () => {
    const list = ways.map((way, index) => ({ source: `s${index}`, ...way, keep: 7, prefix: null }));
    // Servers of which all databases are dumped are an output of their own.
    const servers = workflow === 'postgres-backup' ? ['servers=[]'] : [];
    const asTexts = list.map((one) => ({ ...one, keep: '7', prefix: '' }));
    expect(choose(list)).toMatchObject({
      status: 0,
      lines: [],
      outputs: [`databases=${JSON.stringify(asTexts)}`, ...servers],
    });
    expect(choose(list, 's1').outputs).toEqual([`databases=${JSON.stringify(asTexts.slice(1))}`, ...servers]);
  });

  test.each([
    ['no JSON', '{'],
    ['no list', { source: 'a', secret: 'A' }],
    ['no way to reach it', [{ source: 'a' }]],
    ['no source', [{ secret: 'A' }]],
    ['a source that is no text', [{ source: 7, secret: 'A' }]],
    ['one of two', [{ source: 'a', secret: 'A' }, { source: 'b' }]],
  ])('%s is named', (_, list) => {
    const { status, lines, outputs } = choose(list);
    expect({ status, outputs }).toEqual({ status: 1, outputs: [] });
    expect(lines.filter((line) => line.startsWith('::'))).toEqual([
      expect.stringContaining(`::error::${variable} is not a JSON list of { "source": …`),
    ]);
  });

  if (workflow === 'postgres-backup') {
    test('a server of which all databases are dumped is listed first; what is excluded may be a list', () => {
      const one = { source: 'a', secret: 'A' };
      const all = { source: 'b', secret: 'B', databases: 'all', 'exclude-databases': ['test_*', 'old'] };
      const asTexts = { ...all, 'exclude-databases': 'test_* old' };
      expect(choose([one, all])).toMatchObject({
        status: 0,
        outputs: [`databases=${JSON.stringify([one])}`, `servers=${JSON.stringify([asTexts])}`],
      });
      expect(choose([one, all], 'b').outputs).toEqual(['databases=[]', `servers=${JSON.stringify([asTexts])}`]);
    });

    test.each([
      ['some of them', { source: 'a', secret: 'A', databases: 'shop crm' }],
      ['all of a host', { source: 'a', instance: 'db01', database: 'shop', databases: 'all' }],
      ['all, and one', { source: 'a', secret: 'A', database: 'shop', databases: 'all' }],
    ])('%s is named: there are all of a server, or one', (_, entry) => {
      expect(choose([entry])).toMatchObject({ status: 1, outputs: [] });
    });
  }

  test('a source that is not in it is named', () => {
    expect(choose([{ source: 'a', secret: 'A' }], 'b')).toMatchObject({
      status: 1,
      lines: [`::error::no database of ${variable} is called "b"`],
    });
  });
});
