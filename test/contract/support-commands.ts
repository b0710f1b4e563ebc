/** The blocks of commands in the pages, and stand-ins for the programs that a test must not run. */
import { chmodSync, globSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { root } from '../../scripts/lib/actions.ts';

export interface Block {
  readonly page: string;
  readonly line: number;
  readonly language: string;
  readonly text: string;
}

/** A transcript: test/scenario/installation.long.test.ts runs its commands, and compares what they print. */
const transcripts = ['docs/first-backup.md'];

/** Every fenced block of the pages for users and contributors. */
export function documentedBlocks(): Block[] {
  const patterns = ['{README,SECURITY,CONTRIBUTING,CHANGELOG}.md', 'docs/**/*.md', 'actions/*/README.md', 'ops/*.md'];
  const pages = globSync(patterns, { cwd: root }).filter((page) => !transcripts.includes(page));
  return pages.sort().flatMap((page) => {
    const text = readFileSync(join(root, page), 'utf8');
    return [...text.matchAll(/^( *)```([^\n`]*)\n([\s\S]*?)^\1```$/gm)].map((match) => {
      const [, indent = '', language = '', body = ''] = match;
      const line = text.slice(0, match.index).split('\n').length;
      return { page, line, language: language.trim(), text: body.replaceAll(new RegExp(`^${indent}`, 'gm'), '') };
    });
  });
}

/** One call of a stand-in. */
export interface Call {
  readonly program: string;
  readonly words: readonly string[];
  /** Of the block that it stands in. */
  readonly line: number;
  /** Of `aws` and `gh`, which are called as they are: how they ended. */
  readonly status: number | undefined;
  /** What it said on standard output. */
  readonly answer?: string;
}

/** What `aws` and `gh` of Debian 12 do not know, or cannot do here; such a call is noted, and not made. */
const notHere = [
  // A terminal and the plugin of Session Manager.
  ['aws', 'ssm start-session'],
  // In gh since 2.49; Debian 12 has 2.23, and the lab no Sigstore.
  ['gh', 'attestation'],
  ['gh', 'release verify'],
] as const;

/** The witness `aws-cli` (crosscheck/) gives a current version, which knows every option. Default: Debian's. */
const givenAws = process.env.HOLDFAST_AWS_CLI;

/** Programs that run as they are: they only read, or write into the folder of the test. */
const real = [
  'bash',
  'cat',
  'cut',
  'grep',
  'head',
  'jq',
  'ls',
  'mkdir',
  'mktemp',
  'rm',
  'sed',
  'sha256sum',
  'sleep',
  'sort',
  'tail',
  'tar',
  'tee',
];

/** Programs that the restore pages alone use: test/contract/restore-pages.long.test.ts calls the real ones. Here they are only noted. */
export const runOnBareHost = ['apt-get', 'apt.postgresql.org.sh', 'curl', 'mongoexport', 'zstd'] as const;

/** Programs that are only noted, with the status that makes the rest of the block run. */
const noted: Readonly<Record<string, number>> = {
  ...{ npm: 0, node: 0, git: 0, docker: 0, psql: 0, sudo: 0 },
  ...{ pg_restore: 0, mysql: 0, mongorestore: 0, zcat: 0 },
  ...Object.fromEntries(runOnBareHost.map((program) => [program, 0])),
  // They need root or a cluster.
  ...{ install: 0, journalctl: 0, kubectl: 0 },
  ...{ systemctl: 0, fsfreeze: 0, mount: 0, umount: 0, mountpoint: 1 },
};

/** Only what Git would fetch is noted; `gh` reads the remotes of the clone. */
const localGit = `case "$1" in
  rev-parse) exec /usr/bin/git -C '${root}' "$@" ;;
  clone) ;;
  *) exec /usr/bin/git "$@" ;;
esac
`;

/** Which block a call belongs to: a variable of the shell that runs them. */
export const blockVariable = 'HOLDFAST_BLOCK';

/** Makes a folder for PATH that holds nothing else. @param calls file that gets a line for each call */
export function commandFolder(folder: string, calls: string): void {
  mkdirSync(folder);
  writeFileSync(calls, '');
  for (const program of real) symlinkSync(join('/usr/bin', program), join(folder, program));
  // In one write: both programs of a pipe note their calls at the same time.
  const note = (status: string, answer = "''"): string =>
    `call=$(printf '%s\\037' "\${0##*/}" "$${blockVariable}" ${status} ${answer} "$@"; printf '\\036'); printf '%s' "$call" >>'${calls}'`;
  for (const [program, status] of Object.entries(noted)) {
    executable(join(folder, program), `${program === 'git' ? localGit : ''}${note("''")}\nexit ${status}\n`);
  }
  for (const program of ['aws', 'gh']) {
    const skipped = notHere.filter(([name]) => name === program).map(([, words]) => `'${words}'*`);
    const given = program === 'aws' ? givenAws : undefined;
    executable(
      join(folder, program),
      `case "$*" in ${skipped.join(' | ')}) ${note("''")}; exit 0 ;; esac
answer=$(/usr/bin/mktemp '${calls}-answer-XXXXXX')
'${given ?? join('/usr/bin', program)}' "$@" | /usr/bin/tee "$answer"
status=\${PIPESTATUS[0]}
${note('"$status"', '"$answer"')}
exit "$status"
`,
    );
  }
}

function executable(path: string, text: string): void {
  writeFileSync(path, `#!/usr/bin/bash\n${text}`);
  chmodSync(path, 0o755);
}

export function callsIn(file: string): Call[] {
  return readFileSync(file, 'utf8')
    .split('\x1e')
    .filter((record) => record !== '')
    .map((record) => {
      const [program = '', line = '', status = '', answer = '', ...words] = record.split('\x1f').slice(0, -1);
      const call = { program, words, line: Number(line), status: status === '' ? undefined : Number(status) };
      return answer === '' ? call : { ...call, answer: readFileSync(answer, 'utf8') };
    });
}

/** Without those that were refused, and that their block made again until they succeeded. @param endedWell of the block at a line */
export function withoutRetries(calls: readonly Call[], endedWell: (line: number) => boolean): Call[] {
  const same = (one: Call, other: Call): boolean =>
    one.program === other.program && one.line === other.line && isDeepStrictEqual(one.words, other.words);
  return calls.filter((call, at) => {
    const retried = calls.slice(at + 1).some((later) => later.status === 0 && same(call, later));
    return !(call.status && retried && endedWell(call.line));
  });
}
