import { expect, test } from '@jest/globals';
import { shown } from '../../../crosscheck/witnesses/mysql/client.ts';

test('a column is read as text that every server writes alike', () => {
  expect(shown('n', 'int')).toBe('`n`');
  expect(shown('a `b`', 'varchar')).toBe('`a ``b```');
  for (const type of ['bit', 'binary', 'varbinary', 'blob', 'longblob', 'vector'])
    expect(shown('n', type)).toBe('HEX(`n`)');
  for (const type of ['point', 'geometry', 'multipolygon', 'geomcollection', 'geometrycollection'])
    expect(shown('n', type)).toBe('HEX(ST_AsBinary(`n`))');
});
