/** The settings that db-dump and anonymize get from their inputs. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { inputs as anonymizeInputs } from '../../../src/actions/anonymize/inputs.ts';
import { inputs as dumpInputs } from '../../../src/actions/db-dump/inputs.ts';
import { locationOf } from '../../../src/actions/db-dump/ports.ts';
import { noRules } from '../../../src/anonymize/rules/file/rules-file.ts';
import type { ConfigurationError } from '../../../src/runtime/errors.ts';
import { settingsFrom } from '../../fakes/context.ts';

let folder: string;
let rules: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-inputs-'));
  rules = join(folder, 'rules.yml');
  writeFileSync(rules, 'version: 1\nunknown-columns: fail\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Inputs = Readonly<Record<string, string>>;

const needed = {
  'aws-region': 'us-east-1',
  source: 'shop.prod/1',
  bucket: 'dumps',
  'receipt-bucket': 'receipts',
  'database-url': 'postgresql://u:p%2Fw@db.example.org/shop',
  'scratch-url': 'postgresql://s:q@localhost/postgres',
};

function problemsOf(parse: () => unknown): readonly string[] {
  try {
    parse();
    return [];
  } catch (error) {
    return (error as ConfigurationError).problems;
  }
}

describe('db-dump', () => {
  const settings = (given: Inputs = {}) => settingsFrom(dumpInputs, { ...needed, ...given });
  const problems = (given: Inputs) => problemsOf(() => settings(given));

  test('gets connections, lists of files, a share and a key that are ready to use', () => {
    const { databaseUrl, scratchUrl, files, prove, maxChange, anonymizeKey, rules: none, workDirectory } = settings();
    expect(databaseUrl).toMatchObject({ database: 'shop', secrets: ['p/w'] });
    expect(scratchUrl?.url).toBe('postgresql://s:q@localhost/postgres');
    expect([files, prove]).toEqual([
      ['archive', 'plain', 'anonymised'],
      ['archive', 'plain', 'anonymised'],
    ]);
    expect(maxChange).toBe(0.3);
    expect(anonymizeKey).toHaveLength(32);
    expect(settings().anonymizeKey).not.toEqual(anonymizeKey);
    expect(none).toBe(noRules);
    expect(workDirectory).not.toBe('');
  });

  test('reads rules and key when they are given', () => {
    const given = settings({ rules, 'anonymize-key': 'a key of the tests' });
    expect(given.rules).toMatchObject({ unknownColumns: 'fail' });
    expect(Buffer.from(given.anonymizeKey).toString()).toBe('a key of the tests');
  });

  test('always makes the archive, in the order in which the files are made', () => {
    expect(settings({ files: 'plain', prove: 'none' }).files).toEqual(['archive', 'plain']);
    expect(settings({ files: 'anonymised plain', prove: 'plain archive' })).toMatchObject({
      files: ['archive', 'plain', 'anonymised'],
      prove: ['archive', 'plain'],
    });
    expect(settings({ files: 'none', prove: 'none' })).toMatchObject({ files: ['archive'], prove: [] });
  });

  test('names the files after the source, unless a name is given', () => {
    expect(locationOf(settings()).name).toBe('shop.prod-1');
    expect(locationOf(settings({ source: 'shop.anon' }))).toMatchObject({ name: 'shop-anon' });
    expect(locationOf(settings({ name: 'shop' }))).toMatchObject({ name: 'shop', prefix: 'db/', keepAs: 'versions' });
  });

  test('compresses with gzip at level 5, or with Zstandard at level 3', () => {
    expect(settings()).toMatchObject({ compression: 'gzip', compressionLevel: 5 });
    expect(locationOf(settings()).compression).toBe('gzip');
    const zstd = settings({ compression: 'zstd' });
    expect(zstd).toMatchObject({ compression: 'zstd', compressionLevel: 3 });
    expect(locationOf(zstd).compression).toBe('zstd');
    expect(settings({ compression: 'zstd', 'compression-level': '19' }).compressionLevel).toBe(19);
    expect(settings({ 'compression-level': '9' }).compressionLevel).toBe(9);
  });

  test.each<[string, Inputs, string]>([
    [
      'a level that gzip does not have',
      { 'compression-level': '10' },
      'compression-level: "10" is not allowed for gzip',
    ],
    [
      'a level that nothing has',
      { 'compression-level': '0' },
      'compression-level: "0" is not allowed; allowed: a whole',
    ],
    [
      'a level in words',
      { compression: 'zstd', 'compression-level': 'best' },
      'compression-level: "best" is not allowed',
    ],
    ['another compression', { compression: 'xz' }, 'compression: "xz" is not allowed; allowed: gzip or zstd'],
    ['no database', { 'database-url': '' }, 'database-url: it is missing'],
    ['two databases', { instance: 'db01', database: 'shop' }, 'instance: database-url is given too'],
    ['an instance alone', { 'database-url': '', instance: 'db01' }, 'database: it is needed with instance'],
    ['a container alone', { container: 'db' }, 'container: it needs instance'],
    [
      'a name that no host may get',
      { instance: 'db01', database: 'a;b', 'database-url': '' },
      'database: "a;b" is not allowed',
    ],
    [
      'parallel jobs in a container',
      { 'database-url': '', instance: 'db01', database: 'shop', container: 'c', 'archive-format': 'directory' },
      'archive-format: directory does not work in a container',
    ],
    [
      'rights on no server',
      { 'scratch-url': '', 'scratch-superuser': 'true' },
      'scratch-superuser: it says something of the server in scratch-url',
    ],
    [
      'a proof of no file',
      { files: 'archive' },
      'prove: plain, anonymised is not made (input files); allowed: archive',
    ],
    ['a name whose archive developers could read', { name: 'shop.anon' }, 'name: "shop.anon" is not allowed'],
    ['an unknown file', { files: 'archive sql' }, 'files: "archive sql" is not allowed'],
    ['rules that do not exist', { rules: '/nowhere/rules.yml' }, 'rules: /nowhere/rules.yml does not exist'],
    ['a short key', { 'anonymize-key': 'short' }, 'anonymize-key: the value given (not shown) is not allowed'],
    ['no share', { 'max-change': '0.3' }, 'max-change: "0.3" is not allowed; allowed: a share such as 30%'],
    ['a time as a label', { label: '20261121T040512Z' }, 'label: "20261121T040512Z" is not allowed; allowed: letters,'],
    [
      'a long label',
      { label: 'a'.repeat(64) },
      'allowed: letters, digits and ._-, beginning with a letter, at most 63',
    ],
    ['a choice as a label', { label: 'latest' }, 'neither latest nor list'],
    ['a pin that is neither', { 'keep-forever': 'perhaps' }, 'keep-forever: "perhaps" is not allowed'],
    ['a version of two lines', { 'application-version': '1\n2' }, 'application-version: '],
    [
      'a label of a dump that is proven again',
      { 'prove-again': 'newest', label: 'v2' },
      'label: no dump is made with prove-again; allowed: without it',
    ],
    [
      'a pin of a dump that is proven again',
      { 'prove-again': 'newest', 'keep-forever': 'true' },
      'keep-forever: no dump is made with prove-again',
    ],
  ])('refuses %s', (_what, given, problem) => {
    expect(problems(given)).toEqual([expect.stringContaining(problem)]);
  });

  const mysql = { engine: 'mysql', 'database-url': 'mysql://u:p%2Fw@db/', 'scratch-url': '' };
  const onHost = { engine: 'mongodb', 'database-url': '', 'scratch-url': '', instance: 'db01' };
  const mongodb = { engine: 'mongodb', 'database-url': 'mongodb://u:p%2Fw@db/', 'scratch-url': '' };

  test('every engine has its own files and formats, and makes all of its files', () => {
    expect(settings({ files: '', prove: '' })).toMatchObject({ archiveFormat: 'custom' });
    expect(settings(mysql)).toMatchObject({ archiveFormat: 'sql', files: ['archive', 'anonymised'] });
    expect(settings(mongodb)).toMatchObject({ archiveFormat: 'tarball', prove: ['archive', 'anonymised'] });
    expect(settings({ ...mongodb, 'archive-format': 'archive', files: 'none', prove: 'none' })).toMatchObject({
      archiveFormat: 'archive',
      files: ['archive'],
      prove: [],
    });
    expect(settings(mongodb).databaseUrl).toMatchObject({ database: undefined, secrets: ['p/w'] });
  });

  test.each([
    ['postgres', 'postgresql://u:p@db/shop'],
    ['mysql', 'mysql://u:p@db/shop'],
    ['mongodb', 'mongodb://u:p@db/shop'],
  ])('the URL of %s keeps its database: a dump of one is not one of all', (engine, url) => {
    const given = settings({ engine, 'database-url': url, 'scratch-url': '' });
    expect(given.databaseUrl).toMatchObject({ url, database: 'shop' });
  });

  test('databases and patterns are lists of words; a pod needs no URL of MongoDB', () => {
    expect(settings({ ...mysql, databases: 'shop  crm', 'exclude-databases': 'test_* old' })).toMatchObject({
      databases: ['shop', 'crm'],
      excludeDatabases: ['test_*', 'old'],
    });
    const pod = { ...mongodb, 'database-url': '', 'kube-service': 'mongo-service', 'kube-namespace': 'shop' };
    expect(settings(pod)).toMatchObject({ databaseUrl: undefined, kubeService: 'mongo-service' });
    expect(settings({ ...mongodb, 'database-url': '', container: 'mongo' })).toMatchObject({ container: 'mongo' });
    expect(settings({ ...onHost, container: 'mongo', 'host-folder': '/backups' })).toMatchObject({
      instance: 'db01',
      hostConfig: '/etc/holdfast/mongodb.conf',
    });
  });

  test.each<[string, Inputs, string]>([
    [
      'a file that it does not make',
      { ...mysql, files: 'plain', prove: 'none' },
      'files: plain is no file of the engine mysql',
    ],
    [
      'a compression that mongorestore does not read',
      { ...mongodb, compression: 'zstd' },
      'compression: the engine mongodb does not have it; allowed: with postgres and mysql',
    ],
    [
      'a format of another',
      { ...mongodb, 'archive-format': 'custom' },
      'archive-format: "custom" is no format of the engine mongodb',
    ],
    [
      'a URL of another',
      { ...mysql, 'database-url': 'mongodb://h/' },
      'database-url: the value given (not shown) is not a URL of',
    ],
    [
      'an option of another',
      { ...mongodb, jobs: '8' },
      'jobs: the engine mongodb does not have it; allowed: with postgres',
    ],
    [
      'a lock timeout of MongoDB',
      { ...mongodb, 'lock-timeout': '5s' },
      'lock-timeout: the engine mongodb does not have it; allowed: with postgres and mysql',
    ],
    [
      'a pod of PostgreSQL',
      { 'kube-pod': 'db-0' },
      'kube-pod: the engine postgres does not have it; allowed: with mysql and mongodb',
    ],
    ['a list of databases of PostgreSQL', { databases: 'a' }, 'databases: the engine postgres does not have it'],
    [
      'a list of databases and one in the URL',
      { ...mysql, 'database-url': 'mysql://u@h/shop', databases: 'a' },
      'databases: database-url names the database shop',
    ],
    [
      'exclusions from one database',
      { ...mysql, 'database-url': 'mysql://u@h/shop', 'exclude-databases': 'a' },
      'exclude-databases: database-url names the database shop',
    ],
    [
      'exclusions from a dump of PostgreSQL',
      { 'exclude-databases': 'a' },
      'exclude-databases: a dump of PostgreSQL is one of one database',
    ],
    ['a name that is an option', { ...mysql, databases: '--all' }, 'databases: "--all" is not allowed'],
    ['a pattern as a name', { ...mysql, databases: 'a*' }, 'databases: "a*" is not allowed'],
    ['a URL and an instance', { ...mongodb, instance: 'db01' }, 'database-url: instance is given too'],
    ['a pod and an instance', { ...onHost, 'kube-pod': 'p' }, 'kube-pod: instance is given too'],
    ['an oplog of a host', { ...onHost, oplog: 'true' }, 'oplog: a dump on an instance has none'],
    ['users of a host', { ...onHost, users: 'true' }, 'users: a dump on an instance leaves them out'],
    ['a stream of a host', { ...onHost, 'archive-format': 'archive' }, 'archive-format: an instance makes no archive'],
    ['the account of a host', { ...onHost, 'host-user': 'mongodb' }, 'host-user: the engine mongodb does not have it'],
    [
      'MySQL on a host',
      { ...mysql, 'database-url': '', instance: 'db01' },
      'instance: the engine mysql does not have it; allowed: with postgres and mongodb',
    ],
    ['service and pod', { ...mongodb, 'kube-service': 's', 'kube-pod': 'p' }, 'kube-pod: kube-service is given too'],
    ['a namespace alone', { ...mongodb, 'kube-namespace': 'n' }, 'kube-namespace: it needs kube-service or kube-pod'],
    [
      'a pod and a container of the runner',
      { ...mongodb, 'kube-pod': 'p', container: 'c' },
      'container: it is a container of the runner',
    ],
    [
      'no URL of MySQL in a container',
      { ...mysql, 'database-url': '', container: 'c' },
      'database-url: it is missing; allowed: a URL of mysql, as the server is called there',
    ],
    [
      'an operations log of one database',
      { ...mongodb, 'database-url': 'mongodb://h/shop', oplog: 'true' },
      'oplog: it needs a dump of the whole server',
    ],
    [
      'a list from a host',
      { instance: 'db01', database: 'x', 'database-url': '', 'list-databases': 'true' },
      'list-databases: it asks the server that database-url names',
    ],
  ])('of its engine, refuses %s', (_what, given, problem) => {
    expect(problems(given)).toContainEqual(expect.stringContaining(problem));
  });

  test('the defaults that GitHub gives are no mistake of another engine', () => {
    const defaults = Object.entries(dumpInputs.definitions).flatMap(([name, { default: preset }]) =>
      preset === undefined || preset.startsWith('${{') ? [] : [[name, preset]],
    );
    expect(problems({ ...Object.fromEntries(defaults), ...mongodb })).toEqual([]);
    expect(problems({ ...Object.fromEntries(defaults), ...mysql })).toEqual([]);
  });

  test('reports mistakes in URLs and rules beside all others, and shows no password', () => {
    const broken = join(folder, 'broken.yml');
    writeFileSync(broken, 'version: 2\n');
    const all = problems({
      source: '',
      'database-url': 'mysql://u:secret@h/d',
      'scratch-url': 'postgresql://u:secret@h/d?what=1',
      rules: broken,
      keep: '0',
    });
    expect(all).toEqual([
      expect.stringContaining('source: it is required'),
      expect.stringContaining('database-url: the value given (not shown) is not a PostgreSQL URL'),
      expect.stringContaining('scratch-url: it has unknown parameters: what'),
      expect.stringContaining('keep: "0" is not allowed'),
      expect.stringMatching(/^rules: .*broken\.yml, line 1, version: /),
    ]);
    expect(all.join()).not.toContain('secret');
  });
});

describe('anonymize', () => {
  const settings = (given: Inputs) => settingsFrom(anonymizeInputs, given);
  const problems = (given: Inputs) => problemsOf(() => settings(given));

  test('gets rules and key that are ready to use', () => {
    const given = settings({ from: rules, to: 'out.gz', rules, key: 'a key of the tests' });
    expect(given.rules).toMatchObject({ unknownColumns: 'fail' });
    expect(Buffer.from(given.key).toString()).toBe('a key of the tests');
    expect(settings({ from: rules, to: 'out.gz' })).toMatchObject({ rules: noRules, schema: '', audit: false });
  });

  test.each<[string, Inputs, string]>([
    ['a dump that does not exist', { from: '/nowhere/dump.gz', to: 'out.gz' }, 'from: /nowhere/dump.gz does not exist'],
    [
      'definitions that do not exist',
      { from: '', to: 'out.gz', schema: '/nowhere' },
      'schema: /nowhere does not exist',
    ],
    ['a place that is none', { from: 's3://x', to: 'out.gz' }, 'from: "s3://x" is not allowed'],
    ['no target', { from: '' }, 'to: it is required'],
    ['a level that gzip does not have', { from: '', to: 'o.gz', 'compression-level': '15' }, 'compression-level: "15"'],
    ['S3 without a region', { from: '', to: 's3://bucket/key' }, 'aws-region: it is needed for a place in S3'],
  ])('refuses %s', (_what, given, problem) => {
    expect(problems({ ...given, from: given.from || rules })).toEqual([expect.stringContaining(problem)]);
  });

  test('refuses to overwrite the dump, or its definitions', () => {
    const same = join(folder, '..', basename(folder), 'rules.yml');
    expect(problems({ from: rules, to: same })).toEqual(['to: it is the same as from; allowed: another place']);
    expect(problems({ from: 's3://bucket/a.sql', schema: rules, to: same, 'aws-region': 'us-east-1' })).toEqual([
      'to: it is the same as schema; allowed: another place',
    ]);
  });

  test('takes the level that is best for the compression of the target', () => {
    const level = (to: string, given?: string) =>
      settings({ from: rules, to, 'compression-level': given ?? '' }).compressionLevel;
    expect([level('o.gz'), level('o.zst'), level('o.zst', '19'), level('o.gz', '9')]).toEqual([5, 3, 19, 9]);
  });

  test('needs no target for an audit', () => {
    expect(settings({ from: rules, audit: 'true' })).toMatchObject({ audit: true, to: '' });
  });
});
