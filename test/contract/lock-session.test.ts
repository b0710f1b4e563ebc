/**
 * The session that holds the lock of a pause, on a real server: what it reads is what was there at the lock, nobody waits longer
 * than he must, and however it ends, no lock and no transaction is left. systemd is played by a few lines of Bash here; the
 * crash suite of the bundles has the real one.
 */
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { installDatabase, type Sql, withServer } from '../../lab/hosts/mariadb.ts';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { throughSudo } from '../../lab/hosts/root.ts';
import { hostScriptText } from '../../scripts/host-scripts.ts';
import type { Fingerprint } from '../../src/domain/receipt.ts';

const minute = 60_000;
let folder = '';
let sql: Sql;
let stop: () => void;
let stopped: Promise<void>;

beforeAll(async () => {
  throughSudo();
  ensurePrerequisites();
  folder = mkdtempSync(join(tmpdir(), 'holdfast-session-'));
  chmodSync(folder, 0o755);
  await installDatabase(join(folder, 'data'));
  await new Promise<void>((started, failed) => {
    stopped = withServer(join(folder, 'data'), async (given) => {
      sql = given;
      const ended = new Promise<void>((resolve) => {
        stop = resolve;
      });
      started();
      await ended;
    }).catch(failed);
  });
}, 2 * minute);

afterAll(async () => {
  stop?.();
  await stopped;
  rmSync(folder, { recursive: true, force: true });
}, minute);

beforeEach(async () => {
  await sql(`DROP DATABASE IF EXISTS shop; CREATE DATABASE shop; USE shop;
    CREATE TABLE orders (id INT AUTO_INCREMENT PRIMARY KEY, amount INT NOT NULL) ENGINE=InnoDB;
    CREATE TABLE customers (id INT PRIMARY KEY, name VARCHAR(40)) ENGINE=InnoDB;
    CREATE TABLE log (id INT AUTO_INCREMENT PRIMARY KEY, text VARCHAR(40)) ENGINE=MyISAM;
    INSERT INTO orders (amount) SELECT seq FROM seq_1_to_1000; INSERT INTO customers VALUES (1, 'Ada'), (2, 'Bo');
    INSERT INTO log (text) SELECT seq FROM seq_1_to_50;
    CREATE DATABASE IF NOT EXISTS other; CREATE OR REPLACE TABLE other.held (text VARCHAR(40)) ENGINE=MyISAM;
    INSERT INTO other.held SELECT seq FROM seq_1_to_50;`);
});

afterEach(async () => {
  const left = (await sql('SHOW PROCESSLIST')).split('\n').filter((line) => line.split('\t')[1] === 'root');
  for (const line of left) await sql(`KILL ${line.split('\t')[0]}`).catch(() => {});
});

/** Functions of the host script, and a systemd that only starts and stops one unit. */
function prelude(more: Readonly<Record<string, string>>): string {
  const all = hostScriptText('quiesce');
  const variables = {
    Socket: join(folder, 'data', 'lab.sock'),
    DefaultsFile: '',
    LeaseSeconds: '20',
    Method: 'rows',
    Checks: '',
  };
  const given = Object.entries(variables).map(([name, value]) => `export SSM_${name}='${value}'`);
  const session = { session_reads: 'others', session_patience: '10', session_seconds: '60', ...more };
  return `${all.slice(0, all.indexOf('# Sets the lease, then quiesces the source.'))}
${given.join('\n')}
${Object.entries(session)
  .map(([name, value]) => `${name}='${value}'`)
  .join('\n')}
state_dir=$(mktemp -d '${folder}/state.XXXXXX') unit_dir=$state_dir/unit-files
mkdir -p "$unit_dir"
systemctl() {
  case "$1" in
    start) setsid "$BASH" "$state_dir/units/\${2%.service}" >"$state_dir/unit-says" 2>&1 & echo $! >"$state_dir/unit" ;;
    is-active) kill -0 "$(cat "$state_dir/unit")" 2>/dev/null ;;
    stop) if [ -e "$state_dir/unit" ]; then kill -- "-$(cat "$state_dir/unit")" 2>/dev/null || true; while kill -0 "$(cat "$state_dir/unit")" 2>/dev/null; do sleep 0.05; done; fi ;;
  esac
}
until_ended() { while systemctl is-active; do sleep 0.1; done; }
begin() {
  settle_client
  ${/prepare_session "\$SSM_HoldId"[\s\S]*?session_seconds\n/.exec(all)?.[0].replace('"$SSM_HoldId"', '7-1')}  start_session 7-1
  await_session 7-1 20 ready
}
lock() { tell_session 7-1 lock; await_session 7-1 20 locked; }
`;
}

interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs Bash beside this process, so that the test can ask the server meanwhile. */
function run(script: string, more: Readonly<Record<string, string>> = {}): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn('bash', ['-c', `${prelude(more)}\n${script}`]);
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });
}

/** Whether a write to each table ends, or waits for a lock for five seconds by the server's own clock. */
const writes = `writes() {
  local writing waiting said=written
  ask 60 <<<"INSERT INTO shop.orders (amount) VALUES (1); INSERT INTO shop.log (text) VALUES ('x');" & writing=$!
  while kill -0 "$writing" 2>/dev/null; do
    waiting=$(ask 60 <<<'SELECT id FROM information_schema.processlist WHERE info LIKE "INSERT INTO shop.%" AND state LIKE "Waiting for %" AND time_ms > 5000;')
    if [ -n "$waiting" ]; then said=waits; ask 60 <<<"KILL $waiting;" || true; break; fi
    sleep 0.1
  done
  wait "$writing" 2>/dev/null || [ "$said" = waits ] || said=failed
  echo "$said"
}`;
/** A statement that no lock can pass, its connection, and how to wait until it runs. */
const long = `long="UPDATE other.held SET text = CONCAT('secret', SLEEP(2));"
long_one() { ask 60 <<<'SELECT id FROM information_schema.processlist WHERE info LIKE "UPDATE other.%";'; }
until_long() { until [ -n "$(long_one)" ]; do sleep 0.1; done; }`;
/** The sessions that are left, besides the asking one. The server takes a moment to end one. */
const sessions = `sessions() {
  local left tries
  for tries in {1..40}; do
    left=$(ask 60 <<<'SELECT COUNT(*) - 1 FROM information_schema.processlist WHERE user = "root" AND COALESCE(info, "") NOT LIKE "UPDATE%";')
    if [ "$left" = 0 ]; then break; fi
    sleep 0.3
  done
  echo "$left"
}`;

const rowsOf = (print: Fingerprint) =>
  Object.fromEntries(
    print.entries.filter(({ name }) => name.startsWith('shop.')).map(({ name, rows }) => [name, rows]),
  );

describe('what it reads', () => {
  const change = `INSERT INTO shop.orders (amount) VALUES (1), (2); UPDATE shop.orders SET amount = 0; DELETE FROM shop.customers;
    INSERT INTO shop.log (text) VALUES ('later'); CREATE TABLE shop.later (id INT) ENGINE=InnoDB;`;
  const entries = (text: string) => (JSON.parse(text) as Fingerprint).entries;

  test('is what was there at the lock, while everybody writes on as soon as it is released', async () => {
    const before = await run('table_read() { :; }; take_fingerprint');
    const ran = await run(`${writes}
      begin; lock; writes >&2; release_session 7-1 this; ask 60 <<<"${change}"; writes >&2; until_ended; cat "$state_dir/saved/7-1"`);
    expect(ran.stderr.match(/waits|written/g)).toEqual(['waits', 'written']);
    const byName = (text: string) => entries(text).toSorted((a, b) => a.name.localeCompare(b.name));
    expect(byName(ran.stdout)).toEqual(byName(before.stdout));
    const after = JSON.parse((await run('table_read() { :; }; take_fingerprint')).stdout) as Fingerprint;
    expect(rowsOf(after)).toEqual({
      'shop.orders': '1003',
      'shop.customers': '0',
      'shop.log': '52',
      'shop.later': '0',
    });
  });

  test('with stop, everything is read before it says that it is locked', async () => {
    const ran = await run(`begin; lock; cat "$state_dir/saved/7-1"; release_session 7-1 lease`, {
      session_reads: 'all',
    });
    expect(rowsOf(JSON.parse(ran.stdout))).toEqual({ 'shop.orders': '1000', 'shop.customers': '2', 'shop.log': '50' });
  });

  test('without a fingerprint it only locks', async () => {
    const ran = await run(
      `${writes}\nbegin; lock; writes; release_session 7-1 this; writes; until_ended; ls "$state_dir/saved"`,
      { session_reads: 'nothing' },
    );
    expect(ran.stdout).toBe('waits\nwritten\n');
  });

  test('a table that was read can be altered while others are still read', async () => {
    const slow = `tables_json() {
      while read -r database table more; do sql <<<"SELECT 1 FROM $database.$table" >/dev/null; table_read; if [ "$table" = customers ]; then touch "$state_dir/read"; sleep 90; fi; done
    }`;
    const ran = await run(`${slow}
      begin; lock; release_session 7-1 this; until [ -e "$state_dir/read" ]; do sleep 0.1; done; ask 60 <<<'ALTER TABLE shop.customers ADD COLUMN more INT; SELECT "altered";'; end_session 7-1`);
    expect(ran.stdout).toBe('altered\n');
  });
});

describe('statements in the session', () => {
  // At the end the client and its watch may be gone already: a case ends the one, and the other then ends by itself.
  const inSession = (script: string, before = ':') =>
    run(`${before}; session_main() { session_home=$(session_dir "$session_id"); open_session; ${script}; }
      session_id=7-1; mkdir -p "$(session_dir 7-1)"; session_main; kill "$session_client" "$session_watch" 2>/dev/null || true`);

  test('rows and errors are told apart, and a refused statement does not end the session', async () => {
    const ran =
      await inSession(`sql <<<'SELECT 1; SELECT no_such_column; SELECT 2' 2>"$state_dir/errors" || echo refused
      cut -c 1-17 "$state_dir/errors"; sql <<<"SELECT 'ERROR 1' -- a comment"; sql <<<''; sql <<<'SELECT 3;'`);
    expect(ran.stdout).toBe('1\n2\nrefused\nERROR 1054 (42S22\nERROR 1\n3\n');
  });

  test('a long answer whose reader stops, and one whose reader asks on, disturb nothing', async () => {
    const ran =
      await inSession(`sql <<<'SELECT seq, REPEAT("x", 100) FROM shop.orders JOIN shop.seq_1_to_20 ON TRUE' | head -n 1 | cut -c 1-5 || true
      sql <<<'SELECT id FROM shop.customers' | while read -r id; do sql <<<"SELECT $id + 10"; done`);
    expect(ran.stdout).toMatch(/^\d+\tx+\n11\n12\n$/);
  });

  /** The client is a child of its wrapper, which does not end with it. */
  const wrapped = `mkdir "$state_dir/bin"; printf '#!/bin/sh\\nmariadb "$@"\\n' >"$state_dir/bin/mysql-ib"; chmod +x "$state_dir/bin/mysql-ib"
    PATH="$state_dir/bin:$PATH"; mysql_settled=''; settle_client; echo "\${mysql_client##*/}"`;

  test.each([
    ['the client', 'kill "$session_client"'],
    ['the connection', `ask 60 <<<"KILL $(ask 60 <<<"SELECT IS_USED_LOCK('holdfast-7-1')")"`],
  ])('once %s is gone, all that follows is an error, also behind a wrapper', async (_what, end) => {
    const script = `${end}; for one in 1 2; do sql <<<'SELECT 5' 2>&1 | grep -c 2013 || true; done`;
    expect((await inSession(script)).stdout).toBe('1\n1\n');
    expect((await inSession(script, wrapped)).stdout).toBe('mysql-ib\n1\n1\n');
  });
});

describe('however it ends, no lock and no transaction is left', () => {
  const phases = [
    ['before the lock', 'begin'],
    ['while it waits for the lock', `ask 100 <<<"$long" & until_long; begin; tell_session 7-1 lock; sleep 1`],
    ['while it reads under the lock', 'begin; tell_session 7-1 lock; await_session 7-1 20 reading; sleep 0.5'],
    ['when it is locked', 'quick=1; begin; lock'],
    ['while it reads in the transaction', 'quick=1; begin; lock; release_session 7-1 this; sleep 0.5'],
  ] as const;
  /** MyISAM is quick where the phase is a later one; InnoDB is always slow. */
  const slow = `tables_json() { local line; line=$(cat); if [[ "$line" == *InnoDB* || -z "$quick" ]]; then sql <<<'SELECT SLEEP(30)' >/dev/null; fi; table_read MyISAM; printf '{}'; }; quick='';
    prepare_again() { eval "$(declare -f prepare_session | sed 's/session_id \\$\\*/session_id quick $*/')"; }; prepare_again`;
  const ends = [
    ['its unit is stopped, as by the lease', 'release_session 7-1 lease'],
    ['its shell is killed', 'kill -9 "$(cat "$state_dir/unit")"; end_session 7-1'],
    ['its client is killed', 'kill -9 $(pgrep -s "$(cat "$state_dir/unit")" -x mariadb); until_ended'],
  ] as const;

  test.each(phases.flatMap(([phase, reach]) => ends.map(([how, end]) => [phase, how, reach, end] as const)))(
    '%s, %s',
    async (_phase, _how, reach, end) => {
      const ran = await run(
        `${slow}\n${writes}\n${sessions}\n${long}\n{ ${reach}; } >/dev/null 2>&1 3>&-; ${end}; kill $(jobs -p) 2>/dev/null || true; writes; sessions; ls "$state_dir/saved"`,
      );
      expect(ran.stdout).toBe('written\n0\n');
    },
    minute,
  );
});

test('a lock that a long statement keeps away is given up, the statement is named, and nobody waits any longer', async () => {
  const ran = await run(
    `${writes}\n${long}
    ask 100 <<<"$long" >/dev/null 3>&- & until_long
    begin; tell_session 7-1 lock; await_session 7-1 3 locked || running_statements 1
    end_session 7-1; writes; long_one | wc -l; ask 60 <<<"KILL $(long_one);"`,
    { session_patience: '2' },
  );
  expect(ran.stdout).toMatch(/^connection \d+ of root, for \d+ s: UPDATE other\.held SET text \.\.\.\nwritten\n1\n$/);
  expect(ran.stdout).not.toContain('secret');
});
