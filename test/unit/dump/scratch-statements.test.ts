import { expect, test } from '@jest/globals';
import { dropStatements } from '../../../src/adapters/databases/postgres/scratch-statements.ts';

test('a server of series 12 is not asked to drop a database WITH (FORCE), which it does not know', () => {
  const [newer = '', older = ''] = dropStatements('holdfast_scratch_1').split('\\else');
  expect(newer).toMatch(/>= 130000[\s\S]*DROP DATABASE IF EXISTS holdfast_scratch_1 WITH \(FORCE\);/);
  expect(older).toMatch(/pg_terminate_backend[\s\S]*DROP DATABASE IF EXISTS holdfast_scratch_1;/);
  expect(older).toContain('DROP ROLE IF EXISTS holdfast_scratch_1;');
});
