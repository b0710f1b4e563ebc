/** A stranger at a shell: an empty account, a repository with caller files only, hosts without tags, and the real `git`, `npm`, `aws` and `gh`. */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../../lab/directory.ts';
import { source, verification } from '../../lab/hosts/pair.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import { postgresSeed } from '../../lab/rehearsals/postgres/seed.ts';
import type { RunResult } from '../../lab/runner/runner.ts';
import { labTarget } from '../../lab/services/hosts.ts';
import { startProxy } from '../../lab/services/http/proxy.ts';

export interface Stranger {
  readonly lab: Lab;
  /** The repository with the callers. */
  readonly repository: string;
  /**
   * Runs commands as they stand on a page, in one Bash on a terminal; `answer` is typed into it.
   * @throws Error with the output when one fails
   */
  shell(commands: string, answer?: string): Promise<string>;
  /** The end of the run that was started last. */
  lastRun(): Promise<RunResult>;
  stop(): Promise<void>;
}

export async function startStranger(): Promise<Stranger> {
  const lab = await startLab({ stack: 'none', seed: postgresSeed(5) });
  const folder = join(lab.directory, 'stranger');
  const [home, repository] = [join(folder, 'home'), join(folder, 'repository')];
  for (const one of [home, join(repository, '.github', 'workflows')]) mkdirSync(one, { recursive: true });
  const target = labTarget({ aws: lab.aws.url, github: lab.github.apiUrl });
  const proxy = await startProxy({ directory: join(folder, 'proxy'), target });
  const environment = {
    ...{ PATH: process.env.PATH ?? '/usr/bin:/bin', HOME: home, LANG: 'C.UTF-8' },
    ...{ ...proxy.environment, ...lab.environment(), AWS_PAGER: '', AWS_EC2_METADATA_DISABLED: 'true' },
    ...{ GH_TOKEN: lab.github.state.signIn(), GH_NO_UPDATE_NOTIFIER: '1', GH_PROMPT_DISABLED: '1' },
    // `git clone` of the page gets this working copy.
    ...{ GIT_CONFIG_COUNT: '1', GIT_CONFIG_VALUE_0: 'https://github.com/OWNER/holdfast' },
    GIT_CONFIG_KEY_0: `url.${repositoryRoot}.insteadOf`,
    // A slow computer makes Git show its progress; a page that is compared has none.
    GIT_PROGRESS_DELAY: '86400',
    ...{ REAL_HOME: process.env.HOME ?? '', REAL_AUTHORITIES: process.env.NODE_EXTRA_CA_CERTS ?? '' },
  };
  const shell: Stranger['shell'] = (commands, answer = '') => terminal(commands, answer, folder, environment);
  const started: Promise<RunResult>[] = [];
  lab.github.state.dispatch = (path, inputs) => {
    started.push(runByHand(lab, repository, path, inputs));
    return undefined;
  };
  // A lab's repository has what its jobs need; a stranger's has nothing.
  for (const settings of [lab.github.state.variables, lab.github.state.secrets])
    for (const name of Object.keys(settings)) delete settings[name];
  lab.github.state.workflows.length = 0;
  // The lab's hosts carry the tags of an installation; a stranger's do not.
  await shell(`aws ec2 delete-tags --resources ${source.id} ${verification.id} --tags Key=holdfast:host`);
  return {
    ...{ lab, repository, shell },
    lastRun: async () => {
      const run = started.at(-1);
      if (!run) throw new Error('no run was started');
      return run;
    },
    stop: async () => {
      await Promise.allSettled(started);
      await proxy.stop();
      await lab.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** With the variables and secrets that the repository has by then. */
async function runByHand(
  lab: Lab,
  root: string,
  path: string,
  inputs: Readonly<Record<string, string>>,
): Promise<RunResult> {
  const { variables, secrets } = lab.github.state;
  const vars = {
    ...variables,
    // What is the lab's own: its tools are installed, and its room is elsewhere.
    ...{ HOLDFAST_INSTALL_CLIENT: 'false', HOLDFAST_DUMP_WORK_DIRECTORY: lab.databases?.workDirectory ?? '' },
  };
  return lab.runWorkflow(path, { event: 'workflow_dispatch', root, inputs, vars, secrets: { ...secrets } });
}

/** Puts the caller of a page into the repository, as a push would. */
export function addCaller({ lab, repository }: Stranger, name: string, text: string): void {
  const path = `.github/workflows/${name}`;
  writeFileSync(join(repository, path), text);
  const title = /^name: (.*)$/m.exec(text)?.[1] ?? name;
  lab.github.state.workflows.push({ id: lab.github.state.nextId(), name: title, path, state: 'active', text });
}

function section(page: string, heading: string): string {
  const text = readFileSync(join(repositoryRoot, page), 'utf8');
  const start = text.indexOf(`\n${heading}\n`);
  if (start < 0) throw new Error(`${page} has no heading ${heading}`);
  return text.slice(start + heading.length + 2).split(/^## /m)[0] ?? '';
}

interface Block {
  readonly language: string;
  readonly text: string;
}

function blocksBelow(page: string, heading: string): Block[] {
  const fenced = section(page, heading).matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm);
  return [...fenced].map(([, language = '', text = '']) => ({ language, text }));
}

/** Blocks of commands below a heading of a page, with a reader's own names filled in. */
export function commandsBelow(page: string, heading: string, names: Readonly<Record<string, string>>): string[] {
  return blocksBelow(page, heading)
    .filter(({ language }) => language === '' || language === 'bash')
    .map(({ text }) => Object.entries(names).reduce((filled, [name, own]) => filled.replaceAll(name, own), text));
}

/** The workflow below a heading of a page, word for word. */
export function workflowBelow(page: string, heading: string): string {
  const found = blocksBelow(page, heading).find(
    ({ language, text }) => language === 'yaml' && text.startsWith('name: '),
  );
  if (!found) throw new Error(`${page} shows no workflow below ${heading}`);
  return found.text;
}

/** Only `npm ci` gets past the lab's proxy: its packages come from where this computer gets them. */
const realRegistry = `npm() {
  if [ "$1" != ci ]; then command npm "$@"; return; fi
  env -u HTTPS_PROXY -u https_proxy HOME="$REAL_HOME" NODE_EXTRA_CA_CERTS="$REAL_AUTHORITIES" npm "$@"
}`;

/** A carriage return goes back to the beginning of the line: what follows replaces what stood there. */
const asShown = (output: string): string => output.replaceAll(/\r+\n/g, '\n').replaceAll(/^.*\r/gm, '');

/** `script` gives the commands a terminal. Not synchronous: the lab answers in this process. */
function terminal(text: string, answer: string, cwd: string, env: Readonly<Record<string, string>>): Promise<string> {
  return new Promise((resolve, reject) => {
    const file = join(cwd, 'commands.sh');
    writeFileSync(file, `set -euo pipefail\n${realRegistry}\n${text}`);
    const child = spawn('script', ['--quiet', '--return', '--command', `bash ${file}`, '/dev/null'], {
      cwd,
      env: { ...env, NO_COLOR: '1', TERM: 'dumb' },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        output += chunk;
        if (answer !== '' && /\[y\/N\] $/.test(output)) child.stdin.end(`${answer}\n`);
      });
    }
    if (answer === '') child.stdin.end();
    child.on('error', reject);
    child.on('close', (status) => {
      if (status === 0) resolve(asShown(output));
      else reject(new Error(`exit status ${status} of\n${text}\n${output}`));
    });
  });
}
