/** Shows a run that has ended: its summary, where its files are, and what was checked. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from '../lab.ts';
import type { Check } from '../rehearsals/check.ts';
import type { RunResult } from '../runner/runner.ts';
import { renderMarkdown } from './terminal/markdown.ts';
import type { Paint } from './terminal/paint.ts';

export interface ShowOptions {
  readonly paint: Paint;
  /** Columns of the terminal. */
  readonly width: number;
  readonly print: (text: string) => void;
}

/** Prints the job summaries and the outcome, and writes receipts and issues to the lab's folder. */
export async function showRun(lab: Lab, run: RunResult, { print, paint, width }: ShowOptions): Promise<void> {
  print(`\n${renderMarkdown(run.summary, { width, paint }) || '(the run wrote no summary)'}\n`);
  const conclusion = run.conclusion === 'success' ? paint.green(run.conclusion) : paint.red(run.conclusion);
  print(`run ${run.id}, attempt ${run.attempt}: ${conclusion} after ${run.seconds.toFixed(1)} s`);
  print(`  summary   ${run.summaryPath}`);
  for (const path of await saveReceipts(lab)) print(`  receipt   ${path}`);
  print(`  API log   ${lab.log.path} (${lab.log.records.length} calls)`);
  for (const path of saveIssues(lab)) print(`  issue     ${path}`);
  for (const job of run.jobs) if (job.logPath) print(`  job log   ${job.logPath}`);
}

/** Prints a line for each check; true when all hold. */
export function showChecks(checks: readonly Check[], { print, paint }: ShowOptions): boolean {
  if (checks.length > 0) print('');
  for (const { holds, text } of checks) print(`${holds ? paint.green('✓') : paint.red('✗')} ${text}`);
  return checks.every((check) => check.holds);
}

async function saveReceipts(lab: Lab): Promise<string[]> {
  return Object.entries(await lab.state.receipts()).map(([key, content]) => {
    // receipts/SOURCE/RUN.json: the receipts of one run differ in their source only.
    const path = join(lab.directory, `receipt-${key.split('/').slice(1).join('-')}`);
    writeFileSync(path, content);
    return path;
  });
}

function saveIssues(lab: Lab): string[] {
  return lab.github.state.issues.map((issue) => {
    const path = join(lab.directory, `issue-${issue.number}.md`);
    const comments = issue.comments.map((comment) => `\n\n---\n${comment.createdAt}\n\n${comment.body}`).join('');
    writeFileSync(path, `# ${issue.title}\n\n${issue.state}, ${issue.labels.join(', ')}\n\n${issue.body}${comments}\n`);
    return `${path} (#${issue.number}, ${issue.state}: ${issue.title})`;
  });
}
