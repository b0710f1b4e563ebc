/** Reusable workflows that a workflow file calls: which ones, and with which inputs (GitHub Docs, "Reusing workflow configurations"). */
import { parse } from 'yaml';
import { jobs as ownJobs } from '../../../doctor/jobs.ts';
import { type Contexts, evaluateText, type Value } from '../../promises/expressions.ts';

export type Given = Readonly<Record<string, Value>>;

export interface Step {
  readonly with?: Given;
  readonly env?: Given;
}

export interface Job extends Step {
  readonly uses?: unknown;
  readonly strategy?: { readonly matrix?: unknown };
  readonly steps?: readonly (Step | null)[];
}

interface Input {
  readonly type?: unknown;
  readonly default?: Value;
}

export interface WorkflowFile {
  readonly on?: unknown;
  readonly env?: Given;
  readonly jobs?: Readonly<Record<string, Job | null>>;
}

/** @returns undefined for what is no YAML: GitHub refuses it */
export function parseWorkflow(text: string): WorkflowFile | undefined {
  try {
    return (parse(text, { logLevel: 'error' }) as WorkflowFile | null) ?? {};
  } catch {
    return undefined;
  }
}

const local = /^\.\/(\.github\/workflows\/[^/@]+)$/;
const elsewhere = /^[^/]+\/[^/]+\/\.github\/workflows\/[^/@]+@/;

const isOwn = (path: string): boolean => {
  const name = /([^/@]+)(@.*)?$/.exec(path)?.[1] ?? '';
  return ownJobs.some(({ called, file }) => called.includes(name) || file === name);
};

/** What a job calls, unless it is Holdfast's own: its path in the same repository, or in another one, which is not read. */
export function calledBy({ uses }: Job): { readonly path: string } | { readonly elsewhere: string } | undefined {
  if (typeof uses !== 'string' || isOwn(uses)) return undefined;
  const path = local.exec(uses)?.[1];
  if (path !== undefined) return { path };
  return elsewhere.test(uses) ? { elsewhere: uses } : undefined;
}

/** Paths of the workflows of the same repository that the file calls. */
export function localCalls(text: string): readonly string[] {
  const all = Object.values(parseWorkflow(text)?.jobs ?? {}).map((job) => (job === null ? undefined : calledBy(job)));
  return [...new Set(all.flatMap((one) => (one !== undefined && 'path' in one ? one.path : [])))];
}

/** What an input is that is neither given nor has a default (GitHub Docs, "Workflow syntax", `on.workflow_call.inputs`). */
const withoutDefault: Readonly<Record<string, Value>> = { boolean: false, number: 0 };

/** The inputs of a called workflow: those that its caller gives, and its defaults, which may be expressions. */
export function inputsOf({ on }: WorkflowFile, given: Given): Given {
  const { workflow_call: call } = (typeof on === 'object' && on !== null ? on : {}) as {
    readonly workflow_call?: { readonly inputs?: Readonly<Record<string, Input | null>> | null } | null;
  };
  const contexts: Contexts = {};
  const defaults = Object.entries(call?.inputs ?? {}).map(([name, input]) => {
    const value = input?.default ?? withoutDefault[String(input?.type)] ?? '';
    return [name, typeof value === 'string' ? evaluateText(value, contexts) : value];
  });
  return { ...Object.fromEntries(defaults), ...given };
}
