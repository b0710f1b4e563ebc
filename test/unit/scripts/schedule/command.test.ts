/** The command as a person runs it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-reschedule-'));
  file = join(folder, 'night.yml');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const run = (...words: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync('scripts/node24', ['scripts/reschedule.ts', ...words], {
    encoding: 'utf8',
  });
  return { status, out: stdout, err: stderr };
};
const two = "on:\r\n  schedule:\r\n    - cron: '0 0 * * *' # nightly\r\n    - cron: '0 12 * * *'\r\n";

test('changes one of two lines, says the next runs and how to hand it in', () => {
  writeFileSync(file, two);
  expect(run('--file', file, '23 3 * * *')).toMatchObject({
    status: 1,
    err: expect.stringContaining('1: "0 0 * * *" (line 3), 2: "0 12 * * *" (line 4)'),
  });
  expect(readFileSync(file, 'utf8')).toBe(two);
  const dry = run('--file', file, '23 3 * * *', '--which', '0 0 * * *', '--dry-run');
  expect(dry).toMatchObject({ status: 0, out: expect.stringContaining("+ - cron: '23 3 * * *' # nightly") });
  expect(readFileSync(file, 'utf8')).toBe(two);
  const done = run('--file', file, ' 23 3 * *  * ', '--which', '1', '--timezone', 'Asia/Tokyo');
  expect(done.status).toBe(0);
  expect(done.out).toMatch(/at 03:23 \(UTC\)[\s\S]*( 03:23 UTC = \w{3} [\d-]+ 12:23 Asia\/Tokyo\s[^=]*){3}/);
  expect(done.out).toContain(`git -C ${folder} diff -- night.yml`);
  expect(readFileSync(file, 'utf8')).toBe(two.replace("'0 0 * * *'", "'23 3 * * *'"));
  expect(run('--file', file, '23 3 * * *', '--which', '1').out).toContain('says so already');
});

test('names what is there, and what is wrong', () => {
  expect(run('no-such-workflow', '23 3 * * *')).toMatchObject({
    status: 1,
    err: expect.stringMatching(/doctor, .*postgres-backup/),
  });
  expect(run('postgres-dump', '23 3 * * *').err).toContain('has no schedule');
  expect(run('postgres-backup', '0 0 30 2 *').err).toContain('never comes');
  // The shell made file names of the stars.
  expect(run('postgres-backup', '0', '0', 'README.md')).toMatchObject({
    status: 2,
    err: expect.stringContaining('in single quotes'),
  });
  const wrong = run('postgres-backup', '0 0 * * 7', '--timezone', 'Mars/Base');
  expect(wrong.status).toBe(2);
  expect(wrong.err).toMatch(/Sunday is 0[\s\S]*"Mars\/Base" is not a time zone/);
  expect(run('--file', join(folder, 'none.yml'), '23 3 * * *').err).toContain('cannot be read');
});

test('says when a step asks for the schedule that it changes', () => {
  writeFileSync(file, `${two}jobs:\r\n  a:\r\n    if: github.event.schedule == '0 0 * * *'\r\n`);
  expect(run('--file', file, '23 3 * * *', '--which', '1').out).toContain('names "0 0 * * *" elsewhere');
});

test('changes nothing in a file that is not in UTF-8', () => {
  const bytes = Buffer.concat([
    Buffer.from('# caf'),
    Buffer.from([0xe9]),
    Buffer.from('\non:\n  schedule:\n    - cron: 0 1 * * *\n'),
  ]);
  writeFileSync(file, bytes);
  expect(run('--file', file, '23 3 * * *').err).toContain('is not in UTF-8; nothing was changed');
  expect(readFileSync(file)).toEqual(bytes);
});
