/** AWS and GitHub of the lab without hosts, as somebody at a shell meets them: the real `aws` and `gh`, and a clone of a repository. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LabHosts } from '../../lab/hosts/host.ts';
import { type AccountOptions, type LabAccount, region, startAccount } from '../../lab/services/aws/account.ts';
import { realClock } from '../../lab/services/clock/clock.ts';
import type { SubjectForm } from '../../lab/services/github/oidc.ts';
import { type GitHubLab, startGitHub } from '../../lab/services/github/server.ts';
import { labTarget } from '../../lab/services/hosts.ts';
import type { CallLog } from '../../lab/services/http/call-log.ts';
import { openCallLog } from '../../lab/services/http/call-log.ts';
import { faultRules } from '../../lab/services/http/faults.ts';
import { startProxy } from '../../lab/services/http/proxy.ts';
import { repository } from './lab/support-github.ts';

/** Instances that run, and on which nothing can be run. */
const emptyHosts: LabHosts = {
  storage: { copy: async (image) => image, remove: async () => {} },
  host: (instanceId) => ({
    ...{ instanceId, running: true, boot: async () => {}, shutdown: async () => {} },
    run: async () => ({ stdout: '', stderr: 'there is no host', exitCode: 1 }),
    ...{ attach: async () => {}, detach: async () => true },
  }),
};

export interface ShellResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface AccountUnderTest {
  readonly directory: string;
  /** A clone of the reader's repository. */
  readonly clone: string;
  readonly aws: LabAccount;
  readonly github: GitHubLab;
  readonly log: CallLog;
  /** What a person has in the environment: keys of an administrator, `gh` signed in. */
  readonly environment: Readonly<Record<string, string>>;
  /** Runs a text in Bash, in the clone. */
  shell(text: string, environment?: Readonly<Record<string, string>>): Promise<ShellResult>;
  stop(): Promise<void>;
}

interface Options {
  readonly subjectForm?: SubjectForm;
  readonly stack: 'deployed' | 'none';
  readonly seed?: AccountOptions['seed'];
  /** What is behind the instances; default: nothing can be run on them. */
  readonly hosts?: LabHosts;
}

export async function startAccountUnderTest(options: Options): Promise<AccountUnderTest> {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-account-'));
  const log = openCallLog(join(directory, 'calls.jsonl'));
  const parts = { log, faults: faultRules() };
  const { subjectForm } = options;
  const github = await startGitHub({ ...parts, repository, ...(subjectForm ? { subjectForm } : {}) });
  const aws = await startAccount({
    ...parts,
    ...{
      directory,
      clock: realClock(),
      hosts: options.hosts ?? emptyHosts,
      stack: options.stack,
      issuer: github.oidc.issuer,
    },
    subject: github.oidc.subject({ event: 'schedule', ref: 'refs/heads/main' }),
    planSubject: github.oidc.subject({ event: 'pull_request', ref: 'refs/pull/7/merge' }),
    seed: options.seed ?? { instances: [], regions: [] },
  });
  const target = labTarget({ aws: aws.url, github: github.apiUrl });
  const proxy = await startProxy({ directory: join(directory, 'proxy'), target });
  const clone = join(directory, 'clone');
  mkdirSync(join(directory, 'home'));
  execFileSync('git', ['init', '--quiet', clone]);
  const address = `https://github.com/${repository.owner}/${repository.name}.git`;
  execFileSync('git', ['-C', clone, 'remote', 'add', 'origin', address]);
  const environment = {
    ...{ PATH: '/usr/bin:/bin', HOME: join(directory, 'home'), LANG: 'C.UTF-8', TMPDIR: directory },
    ...proxy.environment,
    ...{ GH_TOKEN: github.state.signIn(), GH_NO_UPDATE_NOTIFIER: '1', GH_PROMPT_DISABLED: '1' },
    AWS_ACCESS_KEY_ID: aws.administrator.accessKeyId,
    AWS_SECRET_ACCESS_KEY: aws.administrator.secretAccessKey,
    ...{ AWS_EC2_METADATA_DISABLED: 'true', AWS_DEFAULT_REGION: region, AWS_PAGER: '' },
  };
  return {
    ...{ directory, clone, aws, github, log, environment },
    shell: (text, more = {}) => bash(text, clone, { ...environment, ...more }),
    stop: async () => {
      await proxy.stop();
      await aws.stop();
      await github.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Not synchronous: the lab answers in this process. */
function bash(text: string, cwd: string, env: Readonly<Record<string, string>>): Promise<ShellResult> {
  return new Promise((resolve, reject) => {
    const script = join(cwd, '..', 'script.sh');
    writeFileSync(script, text);
    const child = spawn('bash', [script], { cwd, env: { ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    const output = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (chunk: string) => {
        output[stream] += chunk;
      });
    }
    child.on('error', reject);
    child.on('close', (status) => resolve({ status: status ?? -1, ...output }));
  });
}
