/** The jobs that a schedule starts, with what each gives to Holdfast: through matrices, conditions, and reusable workflows of its own. */
import type { WorkflowFacts } from '../../domain/installation.ts';
import { workflowIn } from '../../runtime/schedule/workflow.ts';
import { type Contexts, evaluate, evaluateText, isTrue, notKnown, open, type Value } from './expressions.ts';
import { contextsOfSteps, type DependentJob, type DependentStep, goodRunOf, type Runs } from './good-run.ts';
import { combinations } from './matrix.ts';

/** One use of an action, or one call of a workflow. */
export interface Use {
  /** `ebs-rotate` of `uses: OWNER/holdfast/actions/ebs-rotate@…`, or `postgres-dump.yml` of a workflow. */
  readonly name: string;
  readonly given: Readonly<Record<string, Value>>;
  /** File and job, for people. */
  readonly where: string;
  /** Set for what may use Holdfast in a file that is not read: a local action, or a workflow of another repository. */
  readonly elsewhere?: string | undefined;
  /** A condition of which only a run knows whether it holds. */
  readonly unsure?: string | undefined;
}

export type WorkflowFile = Pick<WorkflowFacts, 'path' | 'state' | 'text'>;

export interface Repository {
  /** By path. */
  readonly files: ReadonlyMap<string, WorkflowFile>;
  readonly variables: Readonly<Record<string, string>>;
  readonly name: string;
  readonly defaultBranch: string | undefined;
}

interface Job extends DependentJob {
  readonly environment?: Value;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, Value>>;
  readonly env?: Environment | string;
  readonly strategy?: { readonly matrix?: unknown };
  readonly steps?: readonly (Step | null)[];
}

type Environment = Readonly<Record<string, Value>>;

interface Step extends DependentStep {
  readonly env?: Environment | string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, Value>>;
}

/** Reusable workflows may be nested ten deep (GitHub Docs, "Reuse workflows"). */
const deepest = 10;

/** Whether the file is one of Holdfast's own, in a copy of its repository: only those refer to `$/actions/`. */
export function isHoldfastsOwn({ text = '' }: Pick<WorkflowFile, 'text'>): boolean {
  return /^\s*(-\s*)?uses:\s*["']?\$\/(actions|\.github\/workflows)\//m.test(text);
}

/** Everything that a scheduled run of the file uses. @param expression the cron text that started it */
export function usesIn(file: WorkflowFile, expression: string, repository: Repository): readonly Use[] {
  const ref = repository.defaultBranch;
  const github = {
    [open]: true,
    event_name: 'schedule',
    event: { [open]: true, schedule: expression, inputs: {} },
    repository: repository.name,
    repository_owner: repository.name.split('/')[0] ?? '',
    ...(ref === undefined ? {} : { ref: `refs/heads/${ref}`, ref_name: ref, ref_type: 'branch' }),
  };
  return usesOf(file, { github, vars: repository.variables, inputs: {} }, repository, 0);
}

function usesOf(file: WorkflowFile, contexts: Contexts, repository: Repository, depth: number): readonly Use[] {
  const { jobs = {}, env } = documentOf(file);
  const run = goodRunOf(jobs, contexts, mayRun);
  return Object.entries(jobs).flatMap(([id, job]) => {
    const runs = run.runs(id);
    if (job === null || runs === false) return [];
    const where = `${file.path}, job ${id}`;
    const all: readonly Value[] = combinations(job.strategy?.matrix, contexts) ?? [notKnown];
    return all.flatMap((matrix) => {
      const own: Contexts = { ...withVariablesOf(job, contexts), needs: run.needsOf(id), matrix };
      if (typeof job.uses === 'string')
        return calls(
          job.uses,
          { given: inputsOf(job.with, own), where, github: contexts.github },
          repository,
          depth,
        ).map((use) => unless(runs, job, use));
      return usesOfSteps(job, withEnvironment({ ...own, env: { [open]: true } }, env), where).map((use) =>
        unless(runs, job, use),
      );
    });
  });
}

/** The variables of an environment are read by a run alone (GitHub Docs, "Store information in variables"). */
function withVariablesOf({ environment }: Job, contexts: Contexts): Contexts {
  const isNamed = environment !== undefined && environment !== null && environment !== '';
  return isNamed ? { ...contexts, vars: { [open]: true, ...(contexts.vars as object) } } : contexts;
}

/** Where only a run knows a condition, the outer one is told; a job without one of its own has that of what it needs. */
function unless(runs: Runs, { if: condition, needs }: DependentJob, use: Use): Use {
  return runs === undefined ? { ...use, unsure: String(condition ?? `needs: ${[needs].flat().join(', ')}`) } : use;
}

function usesOfSteps(job: Job, contexts: Contexts, where: string): readonly Use[] {
  const steps = job.steps ?? [];
  const ofJob = withEnvironment({ ...contexts, job: { [open]: true, status: 'success' } }, job.env);
  const before = contextsOfSteps(steps, (step, some) => mayRun(step.if, { ...ofJob, steps: some }));
  return steps.flatMap((step, at) => {
    const own: Contexts = { ...ofJob, steps: before[at] ?? {} };
    return usesOfStep(step, withEnvironment(own, step?.env), where);
  });
}

function usesOfStep(step: Step | null, contexts: Contexts, where: string): readonly Use[] {
  const uses = step?.uses ?? '';
  const [, name = ''] = /(?:^|\/)actions\/([a-z-]+)(?:@.*)?$/.exec(uses) ?? [];
  const elsewhere = uses.startsWith('./') ? { elsewhere: uses } : {};
  const runs = mayRun(step?.if, contexts);
  if ((name === '' && !uses.startsWith('./')) || runs === false) return [];
  return [unless(runs, step ?? {}, { name, given: inputsOf(step?.with, contexts), where, ...elsewhere })];
}

/** What a file sets is known, unless a run overwrites it; what it does not set, a run may. */
function withEnvironment(contexts: Contexts, env: Environment | string | undefined): Contexts {
  if (typeof env !== 'object' || env === null) return contexts;
  return { ...contexts, env: { ...(contexts.env as object), ...evaluated(env, contexts) } };
}

interface Caller extends Pick<Use, 'given' | 'where'> {
  /** That of a called workflow is its caller's (GitHub Docs, "Reusing workflow configurations"). */
  readonly github: Value | undefined;
}

function calls(
  uses: string,
  { given, where, github = notKnown }: Caller,
  repository: Repository,
  depth: number,
): readonly Use[] {
  const [, local, name] = /^(\.\/|\$\/)?(?:.*\/)?\.github\/workflows\/([^/@]+)(?:@.*)?$/.exec(uses) ?? [];
  if (name === undefined) return [];
  const called = local === undefined ? undefined : repository.files.get(`.github/workflows/${name}`);
  if (called === undefined || isHoldfastsOwn(called) || depth >= deepest) {
    return [{ name, given, where, ...(local === undefined ? { elsewhere: uses } : {}) }];
  }
  const inputs = { ...defaultsOf(called), ...given };
  return usesOf(called, { github, vars: repository.variables, inputs }, repository, depth + 1);
}

function documentOf({ text = '' }: WorkflowFile): {
  readonly jobs?: Readonly<Record<string, Job | null>>;
  readonly env?: Environment | string;
  readonly on?: {
    readonly workflow_call?: { readonly inputs?: Readonly<Record<string, { readonly default?: Value } | null>> } | null;
  };
} {
  try {
    const found = workflowIn(text);
    return typeof found === 'object' && found !== null ? found : {};
  } catch {
    return {};
  }
}

function defaultsOf(file: WorkflowFile): Use['given'] {
  const inputs = documentOf(file).on?.workflow_call?.inputs ?? {};
  return Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name.toLowerCase(), input?.default ?? '']));
}

function evaluated(given: Job['with'], contexts: Contexts): Use['given'] {
  return Object.fromEntries(
    Object.entries(given ?? {}).map(([name, value]) => [
      name,
      typeof value === 'string' ? evaluateText(value, contexts) : value,
    ]),
  );
}

/** The case of an input's name does not count (GitHub Docs, "Metadata syntax", inputs: its variable is in capital letters). */
function inputsOf(given: Job['with'], contexts: Contexts): Use['given'] {
  return Object.fromEntries(
    Object.entries(evaluated(given, contexts)).map(([name, value]) => [name.toLowerCase(), value]),
  );
}

/** @returns undefined when only a run knows */
function mayRun(condition: string | boolean | undefined, contexts: Contexts): Runs {
  if (condition === undefined || condition === true) return true;
  if (condition === false) return false;
  const text = condition.trim();
  const value = text.startsWith('${{') ? evaluateText(text, contexts) : evaluate(text, contexts);
  return isTrue(value);
}
