/** What a workflow file of one's own says of a job: whether it calls or uses it, and what it gives in place of variables. */
import type { WorkflowFacts } from '../domain/installation.ts';
import type { Job } from './jobs.ts';

const escaped = (text: string): string => text.replaceAll('.', '\\.');

/** Whether the file calls one of the job's workflows in another repository. */
export function callsWorkflow({ text = '' }: WorkflowFacts, job: Job): boolean {
  return job.called.some((file) => new RegExp(`uses:\\s*\\S*\\.github/workflows/${escaped(file)}@`).test(text));
}

/** Whether the file has steps of its own that use the job's actions: it gives them all that they need. */
export function usesActions({ path, text = '' }: WorkflowFacts, job: Job): boolean {
  if (path === `.github/workflows/${job.file}`) return false;
  return job.actions.some((action) => new RegExp(`uses:\\s*\\S*actions/${action}(@|\\s|$)`, 'm').test(text));
}

/** Whether a workflow runs the job: it is the job's own file, calls it, or uses its actions. */
export function runs(workflow: WorkflowFacts, job: Job): boolean {
  return (
    workflow.path === `.github/workflows/${job.file}` || callsWorkflow(workflow, job) || usesActions(workflow, job)
  );
}

/** The variables that a caller's inputs stand in for. */
export function givenByInputs({ text = '' }: WorkflowFacts, job: Job): readonly string[] {
  return Object.entries(job.inputs)
    .filter(([, input]) => new RegExp(`^\\s+${input}:[ \\t]*\\S`, 'm').test(text))
    .map(([variable]) => variable);
}
