/** One rehearsal: run the workflow, show it, check what must hold, and say where everything is. */
import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { renderMarkdown } from '../cli/terminal/markdown.ts';
import type { Paint } from '../cli/terminal/paint.ts';
import type { Lab } from '../lab.ts';
import { source } from '../machines.ts';
import type { RunResult } from '../runner/runner.ts';
import { type NamedFault, namedFault } from './faults.ts';
import { type Check, checkNothingLeft, checkOutcome } from './infobright/checks.ts';
import { checkDump, dumpedSources } from './postgres/checks.ts';
import { checkNothingChanged, checkRotation } from './rotation/checks.ts';

export interface RehearsalOptions {
  readonly workflow: string;
  readonly fault: string | undefined;
  readonly inputs: Readonly<Record<string, string>>;
  readonly followUp: boolean;
  readonly paint: Paint;
  /** Columns of the terminal. */
  readonly width: number;
  readonly print: (text: string) => void;
}

/** Longest time the lease may take to bring the source back, in seconds: the workflow's own maximum and some. */
const leaseLimitSeconds = 180;

/** Gives the exit status: 0 when the run succeeded and all is as it should be, else 1. */
export async function rehearse(lab: Lab, options: RehearsalOptions): Promise<0 | 1> {
  const { print, paint } = options;
  const fault = options.fault === undefined ? undefined : namedFault(options.fault);
  if (fault) print(`${paint.yellow('fault')} ${fault.name}: ${fault.description}`);
  if (fault) lab.arrange(fault);
  if (fault?.ends === 'recovers') return recover(lab, options);
  const run = await runOnce(lab, options);
  const checks = await outcome(lab, options, run, fault?.ends ?? 'good');
  if (options.workflow === 'ebs-rotate' && fault === undefined && Object.keys(options.inputs).length === 0) {
    if (!show(checks, options) || run.conclusion !== 'success') return 1;
    print(`\n${paint.bold('The same once more')}`);
    const mark = lab.log.records.length;
    const again = await runOnce(lab, options);
    return show([checkNothingChanged(lab, mark), ...(await checkRotation(lab))], options) &&
      again.conclusion === 'success'
      ? 0
      : 1;
  }
  const asExpected = show(checks, options) && (run.conclusion === 'success') === ((fault?.ends ?? 'good') === 'good');
  if (fault && options.followUp) {
    print(`\n${paint.bold('The same once more, without the fault')}`);
    lab.clearFaults();
    const again = await runOnce(lab, options);
    const found = await outcome(lab, options, again, 'good');
    return show(found, options) && again.conclusion === 'success' && asExpected ? 0 : 1;
  }
  return run.conclusion === 'success' && asExpected ? 0 : 1;
}

/** The runner is killed in the pause: the source must come back by itself, and the next run must end well. */
async function recover(lab: Lab, options: RehearsalOptions): Promise<0 | 1> {
  const { print, paint } = options;
  let killedAt = 0;
  const { kill } = lab.faults;
  const handle = await lab.start(options.workflow, startOptions(options));
  const killer = lab.faults.kill;
  lab.faults.kill = () => {
    killedAt = performance.now();
    print(`${paint.red('killed')} the runner, with SIGKILL, while ${source.name} is at rest`);
    killer();
  };
  await handle.finished;
  lab.faults.kill = kill;
  if (killedAt === 0) {
    print(`${paint.red('✗')} the run never came to CreateSnapshot: nothing was killed`);
    return 1;
  }
  const back = await untilSourceAnswers(lab, killedAt);
  const seconds = ((performance.now() - killedAt) / 1000).toFixed(1);
  const lease: Check = back
    ? {
        holds: true,
        text: `the lease brought ${source.name} back: it answered ${seconds} s after the kill, without help`,
      }
    : { holds: false, text: `${source.name} did not answer within ${leaseLimitSeconds} s of the kill` };
  const leaseHolds = show([lease], options);
  lab.clearFaults();
  print(`\n${paint.bold('The next run')}`);
  const run = await runOnce(lab, options);
  const checks = await outcome(lab, options, run, 'good');
  return show(checks, options) && leaseHolds && run.conclusion === 'success' ? 0 : 1;
}

async function untilSourceAnswers(lab: Lab, since: number): Promise<boolean> {
  while (performance.now() - since < leaseLimitSeconds * 1000) {
    if (await lab.machines.sourceAnswers()) return true;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  return false;
}

function startOptions({ workflow, fault, inputs }: RehearsalOptions) {
  // A fault is for one database: what becomes of the other would not say anything.
  if (workflow === 'postgres-backup' && fault !== undefined && Object.keys(inputs).length === 0)
    return { inputs: { source: dumpedSources[0] } };
  return Object.keys(inputs).length > 0 ? { inputs } : {};
}

async function runOnce(lab: Lab, options: RehearsalOptions): Promise<RunResult> {
  const { print, paint, width } = options;
  const run = await lab.runWorkflow(options.workflow, startOptions(options));
  print(`\n${renderMarkdown(run.summary, { width, paint }) || '(no summary was written)'}\n`);
  const verdict = run.conclusion === 'success' ? paint.green(run.conclusion) : paint.red(run.conclusion);
  print(`run ${run.id}, attempt ${run.attempt}: ${verdict} after ${run.seconds.toFixed(1)} s`);
  print(`  summary   ${run.summaryPath}`);
  for (const path of await saveReceipts(lab)) print(`  receipt   ${path}`);
  print(`  API log   ${lab.log.path} (${lab.log.records.length} calls)`);
  for (const path of saveIssues(lab)) print(`  issue     ${path}`);
  for (const job of run.jobs) if (job.logPath) print(`  job log   ${job.logPath}`);
  return run;
}

/** What is checked depends on the workflow: others than the backup have no verdict. */
async function outcome(
  lab: Lab,
  options: RehearsalOptions,
  run: RunResult,
  ends: NamedFault['ends'],
): Promise<Check[]> {
  if (options.workflow === 'ebs-rotate') return ends === 'good' ? checkRotation(lab) : [];
  if (options.workflow === 'postgres-backup') {
    return Object.keys(options.inputs).length > 0
      ? []
      : checkDump(lab, ends, `${lab.github.state.fullName}/actions/runs/${run.id}`, {
          sources: options.fault === undefined ? dumpedSources : dumpedSources.slice(0, 1),
        });
  }
  if (options.workflow !== 'infobright-backup') return [];
  // A dry run, or another check of an old snapshot, makes no snapshot of its own: only what is left counts.
  if (Object.keys(options.inputs).length > 0) return checkNothingLeft(lab);
  return checkOutcome(lab, ends, `${lab.github.state.fullName}/actions/runs/${run.id}`);
}

function show(checks: readonly Check[], { print, paint }: RehearsalOptions): boolean {
  if (checks.length > 0) print('');
  for (const { holds, text } of checks) print(`${holds ? paint.green('✓') : paint.red('✗')} ${text}`);
  return checks.every((check) => check.holds);
}

async function saveReceipts(lab: Lab): Promise<string[]> {
  return Object.entries(await lab.state.receipts()).map(([key, content]) => {
    const path = join(lab.directory, `receipt-${basename(key)}`);
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
