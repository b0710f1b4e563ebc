/** What a summary prints to get a proven backup back by hand. test/contract/support-page-on-host.ts compares it with the pages. */
import { expect, test } from '@jest/globals';
import { fetchCommand, restoreBlock, volumeCommand } from '../../../src/report/render/restore-text.ts';
import { bad, good, taken, unproven } from './samples.ts';

const file = { kind: 'archive', bucket: 'dumps', key: 'db/shop.dump', versionId: 'v1', size: 5, sha256: 'ab' } as const;

test.each([
  [file.key, 'v1', 'aws s3api get-object shop.dump --bucket dumps --key db/shop.dump --version-id v1'],
  ['db/a/b.sql.gz', undefined, 'aws s3api get-object b.sql.gz --bucket dumps --key db/a/b.sql.gz'],
  [
    'db/shop.dump.tar',
    undefined,
    'aws s3api get-object /dev/fd/3 3>&1 >&2 --bucket dumps --key db/shop.dump.tar | tee >(sha256sum >shop.sha256) | tar -x --one-top-level=shop',
  ],
  [
    'db/2018-04-04T11_37.tar.gz',
    undefined,
    'aws s3api get-object /dev/fd/3 3>&1 >&2 --bucket dumps --key db/2018-04-04T11_37.tar.gz | tee >(sha256sum >2018-04-04T11_37.sha256) | tar -xz --one-top-level=2018-04-04T11_37',
  ],
  ["o'hara/a b", undefined, "aws s3api get-object 'a b' --bucket dumps --key 'o'\\''hara/a b'"],
])('the command that gets %s (%#)', (key, versionId, command) => {
  expect(fetchCommand({ ...file, key, versionId })).toBe(command);
});

test('a snapshot that is proven: the command that makes a volume of it, and where to go on', () => {
  const report = { ...good, runbookUrl: 'https://github.example/o/h/blob/main/docs/runbook.md' };
  const block = restoreBlock(report);
  expect(block).toContain(volumeCommand(report.verification?.snapshotId ?? ''));
  expect(block).toContain('[restore-volume.md](https://github.example/o/h/blob/main/docs/restore-volume.md)');
  expect(restoreBlock({ ...report, runbookUrl: 'https://wiki.example/ours' })).toContain('docs/restore-volume.md');
});

test('nothing for what is not proven', () => {
  expect([bad, unproven, taken].map(restoreBlock)).toEqual(['', '', '']);
});
