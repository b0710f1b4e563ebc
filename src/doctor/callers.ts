/** What a workflow file of one's own says of a job: whether it calls or uses it, and what it gives in place of variables. */
import { parse } from 'yaml';
import type { WorkflowFacts } from '../domain/installation.ts';
import { type Job, jobs } from './jobs.ts';

const escaped = (text: string): string => text.replaceAll('.', '\\.');

/** Whether the file calls one of the job's workflows in another repository. */
export function callsWorkflow({ text = '' }: WorkflowFacts, job: Job): boolean {
  return job.called.some((file) => new RegExp(`uses:\\s*\\S*\\.github/workflows/${escaped(file)}@`).test(text));
}

/** Whether a file that uses db-dump uses this engine: the input's default is PostgreSQL. */
function hasEngine(text: string, engine: Job['engine']): boolean {
  if (engine === undefined) return true;
  const named = [...text.matchAll(/^\s*engine:\s*["']?([a-z]+)/gm)].map(([, name]) => name);
  return named.includes(engine) || (engine === 'postgres' && named.length === 0);
}

/** Whether the file has steps of its own that use the job's actions: it gives them all that they need. */
export function usesActions({ path, text = '' }: WorkflowFacts, job: Job): boolean {
  if (path === `.github/workflows/${job.file}` || !hasEngine(text, job.engine)) return false;
  return job.actions.some((action) => new RegExp(`uses:\\s*\\S*actions/${action}(@|\\s|$)`, 'm').test(text));
}

/** Whether a workflow runs the job: it is the job's own file, calls it, or uses its actions. */
export function runs(workflow: WorkflowFacts, job: Job): boolean {
  return (
    workflow.path === `.github/workflows/${job.file}` || callsWorkflow(workflow, job) || usesActions(workflow, job)
  );
}

type Given = Readonly<Record<string, string>>;

/** What each call of one of the job's workflows is given, by input. A file that is no YAML has none: GitHub refuses it. */
function callsOf({ text = '' }: WorkflowFacts, job: Job): readonly Given[] {
  let file: { jobs?: Record<string, { uses?: unknown; with?: Record<string, unknown> } | null> } | null;
  try {
    file = parse(text);
  } catch {
    return [];
  }
  const called = new RegExp(`\\.github/workflows/(${job.called.map(escaped).join('|')})@`);
  return Object.values(file?.jobs ?? {})
    .filter((one) => called.test(String(one?.uses ?? '')))
    .map((one) =>
      Object.fromEntries(Object.entries(one?.with ?? {}).map(([name, value]) => [name, String(value ?? '')])),
    );
}

/** The variables that the inputs of every call in the file stand in for. */
export function givenByInputs(workflow: WorkflowFacts, job: Job): readonly string[] {
  const calls = callsOf(workflow, job);
  return Object.entries(job.inputs)
    .filter(([, input]) => calls.length > 0 && calls.every((given) => (given[input] ?? '') !== ''))
    .map(([variable]) => variable);
}

/**
 * What callers give in place of variables, as if it were in the variables. Where several give one, the first counts; what an expression
 * gives is not known here.
 */
export function valuesGiven(workflows: readonly WorkflowFacts[]): Given {
  const values: Record<string, string> = {};
  for (const job of jobs) {
    const databases: Given[] = [];
    for (const given of workflows.flatMap((workflow) => callsOf(workflow, job))) {
      const known = Object.fromEntries(Object.entries(given).filter(([, value]) => !value.includes('${{')));
      for (const [variable, input] of Object.entries({ ...job.inputs, ...job.further })) {
        if (variable !== job.list?.variable && known[input]) values[variable] ??= known[input];
      }
      // A caller names one database.
      if (job.list && known.source) databases.push(known);
    }
    if (job.list && databases.length > 0) values[job.list.variable] = JSON.stringify(databases);
  }
  return values;
}
