/** Which database client the host scripts use where `mysql-ib` is a script, on a real server: whose user asks, and that rows are rows. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { installDatabase, type Sql, withServer } from '../../lab/hosts/mariadb.ts';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { throughSudo } from '../../lab/hosts/root.ts';
import { hostScriptText } from '../../scripts/host-scripts.ts';

const minute = 60_000;
const client = '/usr/bin/mariadb';
const given = join(process.env.HOLDFAST_LAB_OLD_PROGRAMS ?? '/none', 'bash');
const shells = ['/bin/bash', ...(existsSync(given) ? [given] : [])];
const limited = 'limited@localhost';
const root = 'root@localhost';
let folder = '';
let sql: Sql;
let stop: () => void;
let stopped: Promise<void>;
let socket: string;

beforeAll(async () => {
  throughSudo();
  ensurePrerequisites();
  folder = mkdtempSync(join(tmpdir(), 'holdfast-wrappers-'));
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, 'bin'));
  mkdirSync(join(folder, 'home'));
  socket = join(folder, 'data', 'lab.sock');
  await installDatabase(join(folder, 'data'));
  await new Promise<void>((started, failed) => {
    stopped = withServer(join(folder, 'data'), async (now) => {
      sql = now;
      const ended = new Promise<void>((resolve) => {
        stop = resolve;
      });
      started();
      await ended;
    }).catch(failed);
  });
  await sql(`CREATE USER ${limited} IDENTIFIED BY 'secretpw'`);
}, 2 * minute);

afterAll(async () => {
  stop?.();
  await stopped;
  rmSync(folder, { recursive: true, force: true });
}, minute);

beforeEach(() => {
  rmSync(join(folder, 'home', '.my.cnf'), { force: true });
  rmSync(join(folder, 'bin', 'mysql-ib'), { force: true });
});

const write = (path: string, text: string): string => {
  const file = join(folder, path);
  writeFileSync(file, text);
  chmodSync(file, 0o755);
  return file;
};
const wrapper = (...lines: string[]): string => write('bin/mysql-ib', `#!/bin/sh\n${lines.join('\n')}\n`);
const options = (path: string, user = 'limited', password = 'secretpw'): string =>
  write(path, `[client]\nuser=${user}\npassword=${password}\n`);

/** Runs a script with the functions of `resume`. */
function run(script: string, parameters: Record<string, string> = {}, shell = '/bin/bash', ...before: string[]) {
  const text = hostScriptText('resume');
  const libraries = text.slice(0, text.indexOf('\nlock_hold\nif'));
  const [program = '', ...words] = [...before, shell, '-c', `${libraries}\nstate_dir='${folder}/state'\n${script}`];
  return spawnSync(program, words, {
    encoding: 'utf8',
    env: {
      PATH: `${folder}/bin:/usr/bin:/bin`,
      HOME: join(folder, 'home'),
      SSM_HoldId: '1-1',
      SSM_MountPoint: '/no/mount',
      SSM_Service: 'none',
      SSM_Socket: socket,
      ...parameters,
    },
  });
}

const whose = `settle_client
sql <<<"SELECT CURRENT_USER(), CHAR(9, 10)"
printf '%s %s' "\${mysql_client##*/}" "$mysql_options"`;

describe.each(shells)('with %s', (shell) => {
  const asked = (parameters: Record<string, string> = {}): string => run(whose, parameters, shell).stdout;
  const itself = `${limited}\t\\t\\n\nmysql-ib `;

  test.each([
    ['a user and a password', () => `exec ${client} -ulimited -psecretpw "$@"`],
    ['arguments that are split', () => `exec ${client} -ulimited -psecretpw $@`],
    ['no exec', () => `${client} -ulimited -psecretpw "$@"`],
    ['an option file of its own', () => `exec ${client} --defaults-file=${options('own.cnf')} $@`],
    ['another option file', () => `exec ${client} --defaults-extra-file=${options('own.cnf')} "$@"`],
    ['a password in the environment', () => `export MYSQL_PWD=secretpw\nexec ${client} -ulimited "$@"`],
    ['the profile', () => `. /etc/profile\nexec ${client} -ulimited -psecretpw "$@"`],
    ['another socket before ours', () => `exec ${client} -ulimited -psecretpw --socket=/tmp/none.sock "$@"`],
    ['its own socket after ours', () => `exec ${client} -ulimited -psecretpw "$@" --socket=${socket}`],
    ['words on stderr', () => `echo 'Welcome' >&2\nexec ${client} -ulimited -psecretpw "$@"`],
  ])('a wrapper with %s is used itself', (_what, text) => {
    wrapper(text());
    expect(asked()).toBe(itself);
  });

  test('a wrapper that becomes another user is used itself', () => {
    wrapper(`exec runuser -u mysql -- ${client} "$@"`);
    expect(asked()).toBe('mysql@localhost\t\\t\\n\nmysql-ib ');
  });

  test.each([
    ['prints a banner', () => `echo 'Welcome to holdfast'\nexec ${client} -ulimited -psecretpw "$@"`],
    ['prints words after the rows', () => `${client} -ulimited -psecretpw "$@"; status=$?; echo done; exit $status`],
    ['prints tables', () => `exec ${client} -ulimited -psecretpw "$@" --table`],
    ['loses the status', () => `${client} -ulimited -psecretpw "$@" | cat`],
    ['hides what the server says', () => `exec ${client} -ulimited -psecretpw "$@" 2>/dev/null`],
    ['goes on after errors', () => `exec ${client} -ulimited -psecretpw "$@" --force`],
    ['takes its input from elsewhere', () => `exec ${client} -ulimited -psecretpw "$@" </dev/null`],
    ['does not start', () => `exec /opt/none/mysql -ulimited "$@"`],
    ['has a wrong password', () => `exec ${client} -ulimited -pwrong "$@"`],
  ])('in place of a wrapper that %s the real client is used', (_what, text) => {
    wrapper(text());
    expect(asked()).toBe(`${root}\t\\t\\n\nmariadb `);
  });

  test('the real client takes the option file of a wrapper that cannot be used', () => {
    const file = options('own.cnf');
    wrapper('echo Welcome', `exec ${client} --defaults-file=${file} $@`);
    expect(asked()).toBe(`${limited}\t\\t\\n\nmariadb --defaults-extra-file=${file}`);
  });

  test('with an option file that is given, the real client is used; a wrapper only where that gets no answer', () => {
    const file = options('given.cnf');
    wrapper(`exec ${client} -uroot "$@"`);
    expect(asked({ SSM_DefaultsFile: file })).toBe(`${limited}\t\\t\\n\nmariadb --defaults-file=${file}`);
    const user = write('user.cnf', '[client]\nuser=limited\n');
    wrapper('export MYSQL_PWD=secretpw', `exec ${client} "$@"`);
    expect(asked({ SSM_DefaultsFile: user })).toBe(`${limited}\t\\t\\n\nmysql-ib --defaults-file=${user}`);
  });

  test('which one it is, is asked once in a script, and not while nothing answers', () => {
    wrapper(`echo >>${folder}/starts`, `exec ${client} -ulimited -psecretpw "$@"`);
    const late = join(folder, 'late.sock');
    const { stdout } = run(
      `server_answers || echo down
       ask 5 <<<'SELECT 1' || echo "down \${mysql_settled}"
       ln -sf '${socket}' '${late}'; : >'${folder}/starts'
       server_answers && wc -l <'${folder}/starts'
       for i in 1 2; do (sql <<<'SELECT USER()') | cat; done; wc -l <'${folder}/starts'; rm '${late}'`,
      { SSM_Socket: late },
      shell,
    );
    expect(stdout).toBe(`down\ndown \n1\n${limited}\n${limited}\n3\n`);
  });
});

test('a client that is no script is not asked first', async () => {
  symlinkSync(client, join(folder, 'bin', 'mysql-ib'));
  const connections = async () =>
    Number((await sql("SHOW GLOBAL STATUS LIKE 'Connections'")).trim().split('\t').at(-1));
  const before = await connections();
  expect(run('settle_client; sql <<<"SELECT 1"').stdout).toBe('1\n');
  // The one of `sql`, and that which counts.
  expect((await connections()) - before).toBe(2);
});

test('the client that was found when a pause began is used at its end', () => {
  const used = wrapper(`echo >>${folder}/starts`, `exec ${client} -ulimited -psecretpw "$@"`);
  writeFileSync(join(folder, 'starts'), '');
  const { stdout, stderr } = run(`mkdir -p "$(hold_dir)"; printf '%s\\n' '${used}' '' >"$(hold_dir)/client"
    hold_client "$(hold_dir)"; server_answers && echo "$mysql_client"; rm "$(hold_dir)/client"`);
  expect(stderr).toBe('');
  expect(stdout).toBe(`${used}\n`);
  expect(readFileSync(join(folder, 'starts'), 'utf8')).toBe('\n');
});

test('a wrapper serves a server that knows this host by another name, and is refused where it asks another server', () => {
  wrapper(`exec ${client} -ulimited -psecretpw "$@"`);
  const renamed = run(`hostname elsewhere; HOSTNAME=elsewhere; ${whose}`, {}, '/bin/bash', 'unshare', '--uts');
  expect(renamed.stdout).toBe(`${limited}\t\\t\\n\nmysql-ib `);
  wrapper(`exec ${client} -ulimited -psecretpw "$@" --socket=${socket}`);
  const { stdout } = run('need_client', { SSM_Socket: '/tmp/no-such.sock' });
  expect(JSON.parse(stdout).error.message).toContain('asks another server than that of /tmp/no-such.sock');
});

test('where neither the wrapper nor the client behind it can be used, it is said why', () => {
  write('home/.my.cnf', '[client]\nuser=nobody\npassword=none\n');
  wrapper('echo Welcome', `exec ${client} -ulimited -psecretpw "$@"`);
  const { error } = JSON.parse(run('need_client').stdout);
  expect(error.code).toBe('lacks');
  expect(error.message).toMatch(/mysql-ib does not print rows and errors as the client does,.*defaults-file/);
});
