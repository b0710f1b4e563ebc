/** The steps that install dump tools, on every kind of runner: GitHub's, one's own without sudo or apt, a container as root. */
import { describe, expect, test } from '@jest/globals';
import { runStep, type StepResult, script } from './support-steps.ts';

/** Passes what follows the assignments on, as env and sudo do; the archive's script is not on this computer. */
const passOn = `while [ "\${1#-}" != "$1" ] || [ "\${1#*=}" != "$1" ]; do shift; done
case "$1" in /usr/share/*) echo "archive $*" >> "$CALLS"; exit \${FAIL_ARCHIVE:-0} ;; esac
PATH="$PATH:/usr/bin:/bin"
case "$1" in true) exit 0 ;; sed) echo "sed $*" >> "$CALLS"; exit 0 ;; esac
exec "$@"`;

const programs = {
  id: 'echo "$UID_OF_JOB"',
  env: passOn,
  'apt-get': `case "$1" in
  update) exit \${FAIL_UPDATE:-0} ;;
  install) for word; do package=$word; done; case "$package" in postgresql-common) exit \${FAIL_COMMON:-0} ;; *) exit \${FAIL_INSTALL:-0} ;; esac ;;
esac`,
  'dpkg-query': `for word; do package=$word; done; case " $INSTALLED " in *" $package "*) printf installed ;; *) exit 1 ;; esac`,
};
const withSudo = { ...programs, sudo: `[ "$1" = -n ] || exit 9\n${passOn}` };
const withPassword = { ...programs, sudo: 'echo "sudo: a password is required" >&2; exit 1' };

const runners = {
  "GitHub's, or one with sudo": { standIns: withSudo, uid: '1001', may: true },
  'root, with sudo': { standIns: withSudo, uid: '0', may: true },
  'root, without sudo': { standIns: programs, uid: '0', may: true },
  'sudo that asks for a password': { standIns: withPassword, uid: '1001', may: false },
  'without sudo': { standIns: programs, uid: '1001', may: false },
};

const steps = {
  'postgres-dump': {
    content: script('postgres-dump', 'Install the dump tools and the server for the proof'),
    package: 'postgresql-16',
  },
  'postgres-server': { content: script('postgres-server', 'Install the client'), package: 'postgresql-client-16' },
  restore: { content: script('restore', 'Install the tools'), package: 'postgresql-client-16' },
};

function expectOneError({ status, lines }: StepResult, words: string): void {
  expect(status).toBe(1);
  expect(lines).toEqual([expect.stringMatching(/^::error::/)]);
  expect(lines[0]).toContain(words);
}

describe.each(Object.entries(steps))('%s', (_, { content, package: needed }) => {
  const run = (runner: keyof typeof runners, environment: Record<string, string> = {}): StepResult => {
    const { standIns, uid } = runners[runner];
    return runStep(
      content,
      { SERIES: '16', PACKAGES: '', UID_OF_JOB: uid, INSTALLED: '', ...environment },
      { standIns },
    );
  };
  const kinds = Object.keys(runners) as (keyof typeof runners)[];

  test.each(kinds.filter((kind) => runners[kind].may))(
    '%s: the lists are read before anything is installed',
    (kind) => {
      const result = run(kind);
      expect(result).toMatchObject({ status: 0, lines: [] });
      const apt = result.calls.filter((call) => /^(apt-get|archive) /.test(call));
      expect(apt[0]).toBe('apt-get update --quiet');
      expect(apt.slice(1).map((call) => call.split(' ').at(-1))).toEqual(['postgresql-common', '-y', needed]);
      expect(result.calls.some((call) => call.startsWith('sudo'))).toBe(runners[kind].uid !== '0');
      expect(
        result.calls.filter((call) => call.includes('apt-get install')).every((call) => !/^sudo (?!-n)/.test(call)),
      ).toBe(true);
    },
  );

  test.each(kinds.filter((kind) => !runners[kind].may))('%s: one line says what to put on the runner', (kind) => {
    const result = run(kind);
    expectOneError(result, `put ${needed} on the runner`);
    expect(result.calls.filter((call) => call.startsWith('apt-get'))).toEqual([]);
  });

  test.each(kinds)('%s: nothing is done where the tools are there', (kind) => {
    const result = run(kind, { INSTALLED: `base ${needed}` });
    expect(result).toMatchObject({ status: 0, lines: [] });
    expect(result.calls.filter((call) => /^(apt-get|sudo|archive)/.test(call))).toEqual([]);
  });

  test.each([
    ['FAIL_UPDATE', 'apt-get update failed'],
    ['FAIL_COMMON', 'postgresql-common could not be installed'],
    ['FAIL_ARCHIVE', 'package archive could not be added'],
    ['FAIL_INSTALL', `${needed} could not be installed`],
  ])('%s: one line', (fails, words) => {
    expectOneError(run('root, without sudo', { [fails]: '100' }), words);
  });

  test('a runner without apt, as root or not', () => {
    for (const UID_OF_JOB of ['0', '1001']) {
      const { 'apt-get': _apt, 'dpkg-query': _dpkg, ...standIns } = programs;
      expectOneError(runStep(content, { SERIES: '16', PACKAGES: '', UID_OF_JOB }, { standIns }), 'has no apt-get');
    }
  });

  test('a series that is no version', () => {
    expectOneError(run("GitHub's, or one with sudo", { SERIES: '16; rm -rf /' }), 'is not the name of a package');
  });
});

/** Programs of a runner on which the tools are missing, and apt answers with what the environment says. */
const apt = {
  ...Object.fromEntries(
    ['awk', 'tr', 'mktemp', 'cat', 'rm'].map((name) => [name, `PATH=/usr/bin:/bin; exec ${name} "$@"`]),
  ),
  id: 'echo "$UID_OF_JOB"',
  env: passOn.replace('exec "$@"', 'case "$1" in install) echo "install $*" >> "$CALLS"; exit 0 ;; esac\nexec "$@"'),
  'apt-get': `case "$1" in update) exit \${FAIL_UPDATE:-0} ;; install) exit \${FAIL_INSTALL:-0} ;; esac`,
};
const aptWithSudo = { ...apt, sudo: `[ "$1" = -n ] || exit 9\n${apt.env}` };

describe("MongoDB's Database Tools", () => {
  const content = script('mongodb-dump', "Install MongoDB's Database Tools");
  const KEY = '4B0752C1BCA238C0B4EE14DC41DE058A4E7DCA05';
  const tools = { mongodump: '', mongorestore: '' };
  const mongo = {
    ...aptWithSudo,
    curl: '[ -z "$FAIL_CURL" ] || exit "$FAIL_CURL"\nwhile [ "$1" != --output ]; do shift; done\n: > "$2"',
    gpg: `case " $* " in *" --show-keys "*) for key in $KEYS; do echo "pub:::"; echo "fpr:::::::::$key:"; echo "sub:::"; echo "fpr:::::::::00$key:"; done ;; esac`,
  };
  const run = (environment: Record<string, string> = {}, standIns: Record<string, string> = mongo): StepResult =>
    runStep(
      content,
      { KEY, KEYS: KEY, OS_RELEASE: './os-release', UID_OF_JOB: '1001', ...environment },
      { standIns, files: { 'os-release': environment.SYSTEM ?? 'ID=ubuntu\nVERSION_CODENAME=noble\n' } },
    );

  test('are left alone where they are there', () => {
    const result = run({}, { ...mongo, ...tools });
    expect(result).toMatchObject({ status: 0, lines: [], calls: [] });
  });

  test.each(['0', '1001'])('are installed from the archive whose key is the pinned one, by user %s', (UID_OF_JOB) => {
    const result = run({ UID_OF_JOB });
    expect(result).toMatchObject({ status: 0, lines: [] });
    const words = result.calls
      .filter((call) => /^(apt-get|curl|gpg|install) /.test(call))
      .map((call) => call.split(' ')[0]);
    expect(words).toEqual(['apt-get', 'apt-get', 'curl', 'gpg', 'gpg', 'install', 'install', 'apt-get', 'apt-get']);
    expect(result.calls.at(-1)).toMatch(/install --quiet --yes mongodb-database-tools$/);
  });

  test.each([
    ['another key', 'A'.repeat(40)],
    ['a second key', `${KEY} ${'A'.repeat(40)}`],
    ['no key', ''],
  ])('with %s nothing is installed', (_, KEYS) => {
    const result = run({ KEYS });
    expectOneError(result, 'has another key than expected');
    expect(result.calls.filter((call) => /mongodb-database-tools|sources\.list/.test(call))).toEqual([]);
  });

  test('where they cannot be installed, one line says what to put on the runner', () => {
    const { sudo: _sudo, ...withoutSudo } = mongo;
    expectOneError(run({}, withoutSudo), 'put mongodb-database-tools on the runner');
    const { 'apt-get': _apt, ...withoutApt } = mongo;
    expectOneError(run({}, withoutApt), 'has no apt-get: put mongodb-database-tools on it');
    expectOneError(run({ SYSTEM: 'ID=fedora\n' }), 'MongoDB has no package archive with apt for fedora');
    expectOneError(run({ FAIL_CURL: '22' }), "MongoDB's key could not be read");
    expectOneError(run({ FAIL_UPDATE: '100' }), 'apt-get update failed');
  });
});

describe('the client of MySQL or MariaDB', () => {
  const content = script('mysql-dump', 'Install the client');
  const run = (environment: Record<string, string>, more: Record<string, string> = {}): StepResult =>
    runStep(
      content,
      { CLIENT: 'mysql', UID_OF_JOB: '1001', ...environment },
      { standIns: { ...aptWithSudo, ...more } },
    );

  test.each([
    ['mysql', { mysql: '', mysqldump: '' }, 'mysql-client'],
    ['mariadb', { mariadb: '', 'mariadb-dump': '' }, 'mariadb-client'],
  ])('%s: is installed where its programs are missing, and only there', (CLIENT, programs, needed) => {
    const missing = run({ CLIENT });
    expect(missing).toMatchObject({ status: 0, lines: [] });
    expect(missing.calls.filter((call) => call.startsWith('apt-get')).map((call) => call.split(' ').at(-1))).toEqual([
      '--quiet',
      needed,
    ]);
    expect(run({ CLIENT }, programs)).toMatchObject({ status: 0, lines: [], calls: [] });
    // One of the two is not enough.
    expect(run({ CLIENT }, { [CLIENT]: '' }).calls.at(-1)).toContain(needed);
  });

  test('a client that there is not, and one that cannot be installed', () => {
    expectOneError(run({ CLIENT: 'percona' }), '"percona" is no client (client); allowed: mysql, mariadb');
    expectOneError(run({ FAIL_INSTALL: '100' }), 'Debian has no mysql-client: with client: mariadb');
    expectOneError(
      runStep(content, { CLIENT: 'mysql', UID_OF_JOB: '1001' }, { standIns: apt }),
      'put mysql-client on the runner',
    );
  });
});

test('packages of extensions are installed, and looked for first', () => {
  const { content } = steps['postgres-dump'];
  const environment = { SERIES: '16', PACKAGES: 'postgresql-16-postgis-3  postgresql-16-pgvector', UID_OF_JOB: '1001' };
  const some = { ...environment, INSTALLED: 'postgresql-16 postgresql-16-pgvector' };
  expectOneError(runStep(content, some, { standIns: programs }), 'put postgresql-16-postgis-3 on the runner');
  const all = { ...environment, INSTALLED: `${some.INSTALLED} postgresql-16-postgis-3` };
  expect(runStep(content, all, { standIns: programs })).toMatchObject({ status: 0, lines: [] });
  const wrong = { ...environment, PACKAGES: '--allow-unauthenticated', INSTALLED: '' };
  expectOneError(
    runStep(content, wrong, { standIns: withSudo }),
    '"--allow-unauthenticated" is not the name of a package',
  );
});

test.each([
  ['mongodb-dump', "Install MongoDB's Database Tools"],
  ['mysql-dump', 'Install the client'],
])('a restore installs what %s does, by the same script', (workflow, step) => {
  expect(script('restore', step)).toBe(script(workflow, step));
});

test.each([
  [{}, '--at latest --kind archive'],
  [{ REPLACE: 'true', ONLY: 'a b', USERS: 'true' }, '--at latest --kind archive --replace --only=a b --users'],
  [{ AT: 'list', REPLACE: 'true' }, '--list'],
])('a restore passes on what was asked for: %j', (environment, words) => {
  const usual = { AT: 'latest', KIND: 'archive', REPLACE: 'false', ONLY: '', USERS: 'false', ...environment };
  const result = runStep(script('restore', 'List or restore'), usual, { standIns: { npm: '', tee: 'cat' } });
  expect(result.calls).toContain(`npm run --silent restore -- ${words}`);
});
