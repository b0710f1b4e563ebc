import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { addressesIn, withoutAddresses } from '../../../crosscheck/witnesses/wild-dumps/addresses.ts';
import { fetchFolder, gitName, sampleOf, treeName, wildDumps } from '../../../crosscheck/witnesses/wild-dumps/files.ts';
import { ToolMissing } from '../../../scripts/lib/tools.ts';

test('a folder has the name that git gives it', () => {
  // `git hash-object` and `git write-tree` of a folder with these two files.
  const [one, other] = [gitName('blob', Buffer.from('one\n')), gitName('blob', Buffer.from('two\n'))];
  expect(one).toBe('5626abf0f72e58d7a153368ba57db4c673c0e171');
  expect(
    treeName([
      ['b.sql', other],
      ['a.sql', one],
    ]),
  ).toBe('876facb928ecd93ffe1e5ddb4be0ee5e3f4e81ef');
});

test('a checkout that is not there is a reason that names the variable', async () => {
  await expect(wildDumps({ HOLDFAST_WILD_DUMPS: '/none' })).rejects.toThrow(ToolMissing);
  await expect(wildDumps({ HOLDFAST_WILD_DUMPS: '/none' })).rejects.toThrow(
    /\/none.* does not exist.*HOLDFAST_WILD_DUMPS/,
  );
});

test('one folder of a commit is fetched, and a repository that cannot be reached is a reason', () => {
  const work = mkdtempSync(join(tmpdir(), 'holdfast-wild-'));
  try {
    const git = (...words: string[]) =>
      execFileSync('git', ['-C', join(work, 'theirs'), ...words], { encoding: 'utf8' });
    mkdirSync(join(work, 'theirs', 'sql'), { recursive: true });
    writeFileSync(join(work, 'theirs', 'sql', 'one.sql'), 'SELECT 1;\n');
    writeFileSync(join(work, 'theirs', 'more'), 'x');
    git('init', '--quiet');
    git('add', '--all');
    git('-c', 'user.name=x', '-c', 'user.email=x@example.com', 'commit', '--quiet', '--message=x');
    git('config', 'uploadpack.allowFilter', 'true');
    git('config', 'uploadpack.allowAnySHA1InWant', 'true');
    const commit = git('rev-parse', 'HEAD').trim();
    for (const into of ['ours', 'none']) mkdirSync(join(work, into));
    const address = `file://${join(work, 'theirs')}`;
    fetchFolder(join(work, 'ours'), { address, commit, folder: 'sql' });
    expect(readdirSync(join(work, 'ours')).filter((name) => name !== '.git')).toEqual(['sql']);
    expect(readFileSync(join(work, 'ours', 'sql', 'one.sql'), 'utf8')).toBe('SELECT 1;\n');
    const nowhere = { address: `file://${join(work, 'nowhere')}`, commit, folder: 'sql' };
    expect(() => fetchFolder(join(work, 'none'), nowhere)).toThrow(ToolMissing);
    expect(() => fetchFolder(join(work, 'none'), nowhere)).toThrow(/no registry has its files.*git fetch: .*nowhere/);
  } finally {
    rmSync(work, { recursive: true });
  }
});

test('CI asks every seventh file, always the same', () => {
  expect(sampleOf([...Array(16).keys()])).toEqual([0, 7, 14]);
});

test('addresses are found whatever stands around them', () => {
  expect(addressesIn("('Jo.Doe+x@Corp.Example','a@b.c') jane@corp 2@2")).toEqual(['a@b.c', 'jo.doe+x@corp.example']);
  expect(withoutAddresses('<jo@corp.example>')).toBe('<<address>>');
});
