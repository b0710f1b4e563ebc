import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { checkOutWorkingTree } from '../../../lab/runner/working-tree.ts';

let folder: string;
let root: string;
let workspaces = 0;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'working-tree-'));
  root = join(folder, 'root');
  for (const one of ['docs', '.git', 'node_modules']) mkdirSync(join(root, one), { recursive: true });
  writeFileSync(join(root, 'README.md'), 'as it is');
  writeFileSync(join(root, 'run'), '#!/bin/sh', { mode: 0o755 });
  writeFileSync(join(root, 'docs', 'page.md'), 'page');
  writeFileSync(join(root, '.git', 'HEAD'), 'ref');
  symlinkSync('README.md', join(root, 'link'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function checkOut(): string {
  workspaces += 1;
  const workspace = join(folder, `workspace-${workspaces}`);
  mkdirSync(workspace);
  checkOutWorkingTree(root, join(folder, 'copies'), workspace);
  return workspace;
}
const read = (workspace: string, name: string): string => readFileSync(join(workspace, name), 'utf8');

test('a workspace has the tree without what Git ignores', () => {
  const workspace = checkOut();
  expect(readdirSync(workspace, { recursive: true }).map(String).sort()).toEqual([
    'README.md',
    'docs',
    join('docs', 'page.md'),
    'link',
    'run',
  ]);
  expect(read(workspace, 'link')).toBe('as it is');
});

test('what a job writes into a file neither reaches the tree nor the next job', () => {
  const first = checkOut();
  writeFileSync(join(first, 'README.md'), 'by a job');
  expect(read(root, 'README.md')).toBe('as it is');
  expect(read(checkOut(), 'README.md')).toBe('as it is');
});

test('the next job has the tree as it has become', () => {
  checkOut();
  writeFileSync(join(root, 'README.md'), 'as it was');
  rmSync(join(root, 'run'));
  mkdirSync(join(root, 'run'));
  rmSync(join(root, 'docs'), { recursive: true });
  writeFileSync(join(root, 'docs'), 'a file now');
  const workspace = checkOut();
  expect(readdirSync(workspace).sort()).toEqual(['README.md', 'docs', 'link', 'run']);
  expect([read(workspace, 'README.md'), read(workspace, 'docs')]).toEqual(['as it was', 'a file now']);
});
