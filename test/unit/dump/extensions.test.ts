/** Extensions that a scratch server has to have. */
import { describe, expect, test } from '@jest/globals';
import {
  checkExtensions,
  isOlder,
  librariesToPreload,
  packageOf,
} from '../../../src/dump/engines/postgres/extensions.ts';
import { BackupError } from '../../../src/runtime/errors.ts';

const server = { what: 'the scratch server', series: 17 };

function refused(source: Record<string, string>, offered: Record<string, string>): BackupError {
  try {
    checkExtensions(source, new Map(Object.entries(offered)), server);
  } catch (error) {
    if (error instanceof BackupError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('what a server offers', () => {
  test('is enough when it is the same, or newer, which is told', () => {
    const offered = new Map([
      ['hstore', '1.8'],
      ['postgis', '3.5.2'],
    ]);
    expect(checkExtensions({ hstore: '1.8', postgis: '3.4.0' }, offered, server)).toEqual([
      'the scratch server has the extension postgis 3.5.2, the source 3.4.0',
    ]);
  });

  test('is refused when extensions are missing, with their packages', () => {
    const error = refused({ postgis: '3.4', vector: '0.8.0', plpgsql: '1.0', own_thing: '1' }, { plpgsql: '1.0' });
    expect(error).toMatchObject({
      code: 'extension-missing',
      what: 'the scratch server lacks the extensions postgis, vector, own_thing, which the database uses',
    });
    expect(error.fix).toContain('postgis is in the package postgresql-17-postgis-3');
    expect(error.fix).toContain('vector is in the package postgresql-17-pgvector');
    expect(error.fix).toContain('own_thing has to be installed for PostgreSQL 17');
  });

  test('is refused when it is older', () => {
    const error = refused({ pg_stat_statements: '1.11' }, { pg_stat_statements: '1.9' });
    expect(error.what).toBe('the scratch server has pg_stat_statements 1.9, and the database 1.11');
    expect(error.fix).toContain('postgresql-17');
  });

  test('is not told to be installed when only a provider has it', () => {
    expect(refused({ aws_s3: '1.1' }, {}).fix).toContain('exists only on Amazon RDS and Aurora');
  });
});

test.each([
  ['1.9', '1.10', true],
  ['1.10', '1.9', false],
  ['3.4', '3.4.1', true],
  ['3.4.0', '3.4', false],
  ['1.4-1', '1.4-2', true],
  ['3.5.0dev', '3.6', false],
  ['unpackaged', '1.0', false],
  ['', '1.0', false],
])('version %s is older than %s: %s', (one, other, expected) => {
  expect(isOlder(one, other)).toBe(expected);
});

test('packages follow the series; those of PostgreSQL itself are in that of the server', () => {
  expect(packageOf('pg_cron', 16)).toBe('postgresql-16-cron');
  expect(packageOf('plperlu', 16)).toBe('postgresql-plperl-16');
  expect(packageOf('pg_trgm', 16)).toBe('postgresql-16');
  expect(packageOf('something', 16)).toBeUndefined();
});

test('libraries are preloaded in an order that works, with those that they need', () => {
  expect(librariesToPreload(['pg_stat_kcache', 'hstore', 'timescaledb', 'pg_cron'])).toEqual([
    'timescaledb',
    'pg_stat_statements',
    'pg_stat_kcache',
    'pg_cron',
  ]);
  expect(librariesToPreload(['hstore'])).toEqual([]);
});
