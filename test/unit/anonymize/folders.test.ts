/** Folders in the place of files, and files in folders that do not exist: told as such, not as EISDIR. */
import { linkSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { openTarget, overwrites } from '../../../src/actions/anonymize/places.ts';
import { readDefinitions } from '../../../src/actions/anonymize/run.ts';
import { rulesInput } from '../../../src/actions/common/anonymize-inputs.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-folders-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const noObjects = (): never => {
  throw new Error('no S3 here');
};

test('a result cannot be a folder, nor lie in one that does not exist; nothing is left there', async () => {
  await expect(openTarget(folder, noObjects)).rejects.toMatchObject({
    problems: [`to: ${folder} is a folder; allowed: a file, such as ${join(folder, 'dump.anon.sql.gz')}`],
  });
  await expect(openTarget(join(folder, 'no', 'such.sql'), noObjects)).rejects.toMatchObject({
    problems: [`to: the folder ${join(folder, 'no')} does not exist; allowed: a file in a folder that does`],
  });
  expect(readdirSync(folder)).toEqual([]);
  const target = await openTarget(join(folder, 'result.sql'), noObjects);
  await target.write(Buffer.from('SELECT 1;\n'));
  await target.keep();
  expect(readdirSync(folder)).toEqual(['result.sql']);
});

test('definitions cannot be a folder', async () => {
  await expect(async () => readDefinitions(folder)).rejects.toThrow(
    `${folder} is a folder, such as pg_dump -Fd writes`,
  );
});

test('rules cannot be a folder', () => {
  const { parse } = rulesInput('rules') as unknown as { parse: (path: string) => unknown };
  expect(() => parse(folder)).toThrow(`${folder} is a folder`);
  writeFileSync(join(folder, 'rules.yml'), 'version: 1\n');
  expect(parse(join(folder, 'rules.yml'))).toMatchObject({ unknownColumns: 'emails' });
});

test('a result never takes the place of what it is made of, whatever the path', () => {
  const places = join(folder, 'places');
  mkdirSync(join(places, 'in'), { recursive: true });
  const source = join(places, 'dump.sql');
  writeFileSync(source, 'SELECT 1;\n');
  symlinkSync(source, join(places, 'link.sql'));
  symlinkSync(places, join(places, 'in', 'folder'));
  linkSync(source, join(places, 'hard.sql'));
  for (const same of [
    source,
    join(places, 'link.sql'),
    join(places, 'hard.sql'),
    `${places}/in/../dump.sql`,
    join(places, 'in', 'folder', 'dump.sql'),
  ]) {
    expect([same, overwrites(same, source)]).toEqual([same, true]);
    expect([same, overwrites(source, same)]).toEqual([same, true]);
  }
  writeFileSync(join(places, 'other.sql'), 'SELECT 1;\n');
  expect(overwrites(join(places, 'other.sql'), source)).toBe(false);
  expect(overwrites(join(places, 'new.sql'), source)).toBe(false);
  expect(overwrites('s3://bucket/a.gz', 's3://bucket/a.gz?versionId=7')).toBe(true);
  expect(overwrites('s3://bucket/b.gz', 's3://bucket/a.gz')).toBe(false);
  expect(overwrites(source, 's3://bucket/a.gz')).toBe(false);
});
