import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { root } from '../../../scripts/lib/actions.ts';

test('what Node compiles is kept in the cache of the own repository, by paths that a copy of it has, too', () => {
  const words = ['-p', '`${process.env.NODE_COMPILE_CACHE} ${process.env.NODE_COMPILE_CACHE_PORTABLE}`'];
  // Named, not used: nothing is left behind. What started it may be another copy of the repository.
  const env = { PATH: process.env.PATH, NODE_DISABLE_COMPILE_CACHE: '1', NODE_COMPILE_CACHE: '/nowhere' };
  const { stdout } = spawnSync(join(root, 'scripts', 'node24'), words, { encoding: 'utf8', env });
  expect(stdout).toBe(`${join(root, '.lab', 'cache', 'compiled')} 1\n`);
});
