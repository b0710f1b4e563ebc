/**
 * The GitHub CLI: the operator's own session. Values go to its standard input, never into its command line, where every user
 * of the machine could read them. Only what version 2.23 (Debian 12) has is used: it knows no `gh variable`.
 */
import { spawn } from 'node:child_process';
import type { GitHubReader } from '../../src/ports/inspection.ts';
import { BackupError } from '../../src/runtime/errors.ts';

export interface GhResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs gh. @throws BackupError when it is not installed */
export function gh(parameters: readonly string[], input = ''): Promise<GhResult> {
  return new Promise((resolve, reject) => {
    const child = spawn('gh', parameters, {
      env: { ...process.env, GH_PROMPT_DISABLED: '1', NO_COLOR: '1', GH_NO_UPDATE_NOTIFIER: '1' },
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        cause.code === 'ENOENT'
          ? new BackupError({
              what: 'gh, the GitHub CLI, is not installed',
              fix: 'sudo apt-get install gh (or https://cli.github.com), then: gh auth login',
              cause,
            })
          : cause,
      ),
    );
    child.once('close', (status) => resolve({ status: status ?? 1, stdout, stderr }));
    // It may end without having read everything.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

/** Runs gh. @throws BackupError with its own words when it fails */
export async function ghOutput(parameters: readonly string[], input?: string): Promise<string> {
  const { status, stdout, stderr } = await gh(parameters, input);
  if (status === 0) return stdout;
  throw new BackupError({
    what: `gh ${parameters.slice(0, 3).join(' ')} failed: ${(stderr || stdout).trim().split('\n')[0] ?? ''}`,
    fix: /auth|401|token/i.test(stderr) ? 'gh auth login' : undefined,
    detail: stderr,
  });
}

/** GitHub's REST API through `gh api`. */
export const ghReader: GitHubReader = {
  async get(path) {
    const { status, stdout, stderr } = await gh(['api', '--include', path]);
    const [head = '', ...rest] = stdout.split(/\r?\n\r?\n/);
    const code = Number(/^HTTP\/\S+ (\d{3})/.exec(head)?.[1] ?? 0);
    const text = rest.join('\n\n').trim();
    if (code === 0) return { status: 0, body: stderr.trim() || `gh ended with status ${status}` };
    try {
      return { status: code, body: JSON.parse(text) };
    } catch {
      return { status: code, body: text };
    }
  },
};

/** `OWNER/REPO` of the clone; empty where there is none, or gh is missing. */
export async function currentRepository(): Promise<string> {
  const answer = await gh(['repo', 'view', '--json', 'nameWithOwner']).catch(() => undefined);
  if (answer?.status !== 0) return '';
  return (JSON.parse(answer.stdout) as { nameWithOwner?: string }).nameWithOwner ?? '';
}

/** Whether gh is there and signed in. */
export async function ghIsReady(): Promise<boolean> {
  const answer = await gh(['auth', 'status']).catch(() => undefined);
  return answer?.status === 0;
}
