/** Whatever a service logs before it ends, the host script reads it to the end and answers with the lines that tell why. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { hostScriptText } from '../../scripts/host-scripts.ts';
import { judgeService } from '../../src/volume/copy/service-evidence.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-long-logs-'));
  for (const name of ['bin', 'copy']) mkdirSync(join(folder, name));
  program(
    'systemctl',
    `echo "$1" >>${folder}/asked; case "$1" in start) cat ${folder}/log >${folder}/copy/host.err; exit 1 ;; esac`,
  );
  program('journalctl', `cat ${folder}/journal`);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function program(name: string, script: string): void {
  const path = join(folder, 'bin', name);
  writeFileSync(path, `#!/bin/bash\n${script}\n`);
  chmodSync(path, 0o755);
}

/** Runs start-copy for a service that logs this and ends. @returns the detail of its answer, and what systemctl was asked */
function logOfStart(journal: string, log: string): { detail: string; asked: string[] } {
  writeFileSync(join(folder, 'journal'), journal);
  writeFileSync(join(folder, 'log'), log);
  const text = hostScriptText('start-copy').replace(
    '\n# Starts the service',
    '\nis_mounted() { true; }\n# Starts the service',
  );
  const environment = {
    SSM_Service: 'db',
    SSM_MountPoint: join(folder, 'copy'),
    SSM_Socket: '/no/socket',
    SSM_WaitSeconds: '5',
  };
  const { stdout } = spawnSync('/bin/bash', ['-c', text], {
    encoding: 'utf8',
    env: { PATH: `${join(folder, 'bin')}:${process.env.PATH}`, ...environment },
  });
  const { error } = JSON.parse(stdout);
  expect(error).toMatchObject({ code: 'service-failed' });
  return { detail: error.detail, asked: readFileSync(join(folder, 'asked'), 'utf8').trim().split('\n') };
}

/** Lines that differ in more than numbers. */
const distinct = (count: number, prefix: string): string =>
  Array.from(
    { length: count },
    (_, i) => `${prefix} ${i.toString(2).replaceAll('0', 'a').replaceAll('1', 'b')} of ${'x'.repeat(60)}\n`,
  ).join('');
const notes = distinct(1000, '2026-11-26 1:00:00 0 [Note] InnoDB: note');
const damage =
  "2026-11-26 1:00:00 0 [ERROR] InnoDB: Cannot apply log to [page id: space=5, page number=265] of corrupted file './ads/c.ibd'\n";

describe('a log that is longer than a pipe holds', () => {
  test.each([
    ['before the damage', notes + damage],
    ['after the damage', damage + notes],
    ['around it', notes + damage + distinct(1000, '2026-11-26 1:00:00 0 [Warning] other')],
    ['before it, all of them errors', distinct(1000, '[ERROR] InnoDB: Table `ads`.`x` is gone,') + damage],
    ['before and after it, without end', distinct(30000, 'InnoDB: word') + damage],
  ])('has its damage found where other lines come %s', (_where, log) => {
    for (const [journal, file] of [
      [log, ''],
      ['', log],
    ] as const) {
      const { detail, asked } = logOfStart(journal, file);
      expect(detail.length).toBeLessThanOrEqual(7000);
      expect(judgeService(detail)).toMatchObject({ kind: 'damage' });
      expect(asked.at(-1)).toBe('stop');
    }
  });

  test('has its doubt found behind a hundred lines of damage of the same kind', () => {
    const tables = distinct(400, '')
      .trim()
      .split('\n')
      .map((one) => damage.replace('ads/c', `ads/${one.split(' ')[1]}`))
      .join('');
    const { detail } = logOfStart(
      '',
      `${tables}[ERROR] InnoDB: Encryption key is not found for ./ads/e2.ibd\n${tables}`,
    );
    expect(judgeService(detail)).toMatchObject({ kind: 'doubt', reason: expect.stringContaining('encrypted') });
  });

  // buf0buf.c and ut0ut.c of MySQL 5.1 to 5.6: the page is one line of hexadecimal digits, and its characters.
  test('is without the dump of the damaged page', () => {
    const dump = ` len 16384; hex ${'4e193563'.repeat(4096)}; asc ${'N 5c'.repeat(4096)};\n`;
    const said = 'InnoDB: Database page corruption on disk or a failed\nInnoDB: file read of page 7.\n';
    const log = `${said}261126  3:00:00  InnoDB: Page dump in ascii and hex (16384 bytes):\n${dump}InnoDB: End of page dump\n${dump}`;
    const { detail } = logOfStart(log, log);
    expect(detail).toBe(
      `${said}261126  3:00:00  InnoDB: Page dump in ascii and hex (16384 bytes):\nInnoDB: End of page dump`,
    );
    expect(judgeService(detail)).toMatchObject({ kind: 'damage' });
  });

  test('may hold a line of any length, bytes of any kind, and no end of its last line', () => {
    const { detail } = logOfStart(`${'y'.repeat(200_000)}\n\u0000\u00ff${damage.trim()}`, '');
    expect(judgeService(detail)).toMatchObject({ kind: 'damage' });
  });
});
