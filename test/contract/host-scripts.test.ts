/** Functions of the host scripts that no rehearsal reaches, each run alone. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { hostScriptText } from '../../scripts/host-scripts.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-host-scripts-'));
  mkdirSync(join(folder, 'dir'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs Bash with the functions of dump-start, for a dump with a time limit of an hour. */
function run(script: string): void {
  const all = hostScriptText('dump-start');
  const functions = ['dump_failed', 'dump_ended', 'record_end', 'words_of_pg_dump'].map((name) => {
    const from = all.indexOf(`\n${name}() {\n`);
    return all.slice(from, all.indexOf('\n}\n', from) + 3);
  });
  const given = `set -euo pipefail; dir=${folder}/dir; work=${folder}/work; SSM_DumpId=7-1-shop; SSM_MaxSeconds=3600`;
  spawnSync('bash', ['-c', `${given}\n${functions.join('')}\n${script}`], { encoding: 'utf8' });
}
const stateFile = (name: string) => readFileSync(join(folder, 'dir', name), 'utf8');

test('a dump that fails records why, even when its files cannot be removed because pg_dump is still writing', () => {
  run(`rm() { return 1; }; dump_failed 'pg_dump failed' 'pg_dump: error: permission denied'`);
  expect([stateFile('message'), stateFile('failed')]).toEqual(['pg_dump failed', 'pg_dump: error: permission denied']);
});

test.each([
  ['in the middle', 100, 'the dump ended before it was complete'],
  ['at the end of its time', 3600, 'the dump was not complete after 3600 s (host-timeout)'],
])('a dump that is ended %s records that', (_when, seconds, message) => {
  run(`SECONDS=${seconds}; record_end; kill -TERM $BASHPID`);
  expect(stateFile('message')).toBe(message);
  expect(existsSync(join(folder, 'dir', 'failed'))).toBe(true);
});

test('a dump that is complete has not failed', () => {
  run(`SECONDS=3600; record_end; touch "$dir/done"`);
  expect(existsSync(join(folder, 'dir', 'failed'))).toBe(false);
});

test.each([
  ['', ''],
  ['NOTICE:  x\n', ''],
  ['NOTICE:  x\npg_dump: warning: M\xfcller is left out\n', 'pg_dump: warning: Mller is left out\n'],
])('of what pg_dump wrote, its own words follow the fingerprint: %j', (errors, words) => {
  writeFileSync(join(folder, 'dir', 'dump-errors'), Buffer.from(errors, 'latin1'));
  run('words_of_pg_dump >"$dir/out"; touch "$dir/went-on"');
  expect(stateFile('out')).toBe(words);
  expect(existsSync(join(folder, 'dir', 'went-on'))).toBe(true);
});

test('sessions of dumps on one host have names of their own, within the 63 bytes that PostgreSQL keeps', () => {
  const all = hostScriptText('dump-start');
  const from = all.indexOf('\nsession_name() {\n');
  const text = all.slice(from, all.indexOf('\n}\n', from) + 3);
  const nameOf = (id: string): string =>
    spawnSync('bash', ['-c', `set -euo pipefail; SSM_DumpId=${id}\n${text}\nsession_name`], { encoding: 'utf8' })
      .stdout;
  const long = `17000000000-1-${'a'.repeat(90)}`;
  const names = ['', '1-1-shop', 'b'.repeat(54), 'b'.repeat(55), `${long}.one`, `${long}.two`].map(nameOf);
  expect(names.slice(0, 3)).toEqual(['holdfast', 'holdfast 1-1-shop', `holdfast ${'b'.repeat(54)}`]);
  expect(new Set(names).size).toBe(6);
  for (const name of names) expect(Buffer.byteLength(name)).toBeLessThanOrEqual(63);
});

test('what a program says of the server of MongoDB holds no password', () => {
  const all = hostScriptText('mongodb-inspect');
  const from = all.indexOf('\nwords_of() {\n');
  const text = all.slice(from, all.indexOf('\n}\n', from) + 3);
  writeFileSync(join(folder, 'said'), 'no: mongodb+srv://u:p@ss@h/?a=b, "mongodb://u:p@h:1/", me@example.com\n');
  const { stdout } = spawnSync('bash', ['-c', `${text}\nwords_of ${folder}/said`], { encoding: 'utf8' });
  expect(stdout).toBe('no: mongodb+srv://h/?a=b, "mongodb://h:1/", me@example.com\n');
});
