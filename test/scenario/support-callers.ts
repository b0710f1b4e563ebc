/** A second repository: a folder that holds one file, the caller that a page shows, and the variables and secrets of nobody else. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import type { Lab } from '../../lab/lab.ts';
import type { RunResult, Trigger } from '../../lab/runner/runner.ts';

const file = '.github/workflows/backup.yml';

/** The caller on a page, word for word but for the names of the buckets, which a reader replaces too. */
export function callerOn(page: string, lab: Lab): string {
  const [, text = ''] = /^```yaml\n(name: [\s\S]*?)^```/m.exec(readFileSync(page, 'utf8')) ?? [];
  return text
    .replaceAll('your-company-holdfast-receipts', lab.aws.receiptBucket)
    .replaceAll('your-company-holdfast-dumps', lab.aws.dumpBucket);
}

/** Runs the caller as the only file of its repository. */
export async function runCaller(lab: Lab, page: string, trigger: Partial<Trigger> = {}): Promise<RunResult> {
  const root = mkdtempSync(join(tmpdir(), 'holdfast-caller-'));
  try {
    mkdirSync(join(root, '.github/workflows'), { recursive: true });
    writeFileSync(join(root, file), callerOn(page, lab));
    return await lab.runWorkflow(file, { event: 'workflow_dispatch', vars: {}, secrets: {}, ...trigger, root });
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** Runs a pull request that changes the caller on a page: `main` has it as it is. */
export async function reviewCaller(
  lab: Lab,
  page: string,
  [before, after]: readonly [string, string],
): Promise<RunResult> {
  const root = mkdtempSync(join(tmpdir(), 'holdfast-review-'));
  const git = (...words: string[]) =>
    execFileSync('git', ['-C', root, '-c', 'user.name=lab', '-c', 'user.email=lab@example.com', ...words]);
  try {
    const caller = callerOn(page, lab);
    if (!caller.includes(before)) throw new Error(`the caller on ${page} does not say ${before}`);
    mkdirSync(join(root, '.github/workflows'), { recursive: true });
    writeFileSync(join(root, file), caller);
    git('init', '--quiet', '--initial-branch=main');
    git('add', '.');
    git('commit', '--quiet', '--message=base');
    writeFileSync(join(root, file), caller.replace(before, after));
    return await lab.runWorkflow(file, { event: 'pull_request', vars: {}, secrets: {}, root });
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** Whose issues, roles and run book it was: the caller's repository, and the run book of the workflow's version. */
export function expectCalled(lab: Lab, run: RunResult): void {
  expect(run.conclusion).toBe('success');
  expect(run.summary).toMatch(
    /\[Run book\]\(https:\/\/github\.com\/OWNER\/holdfast\/blob\/[0-9a-f]{40}\/docs\/runbook\.md/,
  );
  expect(run.url).toContain(`/${lab.github.state.fullName}/actions/runs/`);
}
