/** Reads what GitHub knows of the repository: itself, its variables and secrets, its workflows and their runs. */
import type { Tags } from '../../domain/ec2.ts';
import type { RepositoryFacts, RunFacts, SubjectRule, WorkflowFacts } from '../../domain/installation.ts';
import type { GitHubReader } from '../../ports/inspection.ts';
import { each } from '../../runtime/each.ts';
import { runs } from '../callers.ts';
import type { SecretPresence } from '../inventory.ts';
import { jobs } from '../jobs.ts';
import { type Reading, read, unread } from '../reading.ts';

type Json = Readonly<Record<string, unknown>>;

export type WorkflowFile = Pick<WorkflowFacts, 'path' | 'state' | 'text'>;

export interface WorkflowFiles {
  readonly files: readonly WorkflowFile[];
  /** Files that exist and could not be read. */
  readonly unread: readonly { readonly path: string; readonly reason: string }[];
}

/** Files read at once. */
const filesAtOnce = 8;

/** Workflow files that are read, to see which of them run Holdfast. */
const filesRead = 50;

export class RepositoryReader {
  readonly #github: GitHubReader | undefined;
  readonly #repository: string;
  /** Permissions that a call was refused for the want of. */
  readonly refused = new Set<string>();

  constructor(github: GitHubReader | undefined, repository: string) {
    this.#github = github;
    this.#repository = repository;
  }

  async #get(path: string, permission: string): Promise<Reading<Json>> {
    if (this.#github === undefined)
      return unread('there is no GitHub token here (gh auth login, or the input github-token)');
    if (this.#repository === '')
      return unread('nobody said which repository: run it in a clone, or give --repository OWNER/REPO');
    const { status, body } = await this.#github.get(`repos/${this.#repository}${path}`);
    if (status === 200 && typeof body === 'object' && body !== null) return read(body as Json);
    // 404 may also mean that there is none: GHES has no subject template, a person has no organisation.
    if (status === 403) this.refused.add(permission);
    const words = typeof body === 'string' ? body : String((body as Json | null)?.message ?? 'no answer');
    return unread(`GitHub answered ${status || 'nothing'} (${words}): it needs ${permission}`);
  }

  /** All pages of a list. */
  async #list(path: string, key: string, permission: string, pageSize: number): Promise<Reading<readonly Json[]>> {
    const all: Json[] = [];
    for (let page = 1; page <= 100; page += 1) {
      const answer = await this.#get(`${path}?per_page=${pageSize}&page=${page}`, permission);
      if (!('value' in answer)) return answer;
      const part = (answer.value[key] ?? []) as readonly Json[];
      all.push(...part);
      if (part.length < pageSize) break;
    }
    return read(all);
  }

  async repository(): Promise<Reading<RepositoryFacts>> {
    const answer = await this.#get('', 'metadata: read');
    if (!('value' in answer)) return answer;
    const { owner, name, id, default_branch, visibility } = answer.value;
    const { login, id: ownerId } = owner as { readonly login: string; readonly id: number };
    return read({
      owner: login,
      ownerId,
      name: String(name),
      id: Number(id),
      defaultBranch: String(default_branch),
      visibility: String(visibility),
    });
  }

  /** GitHub docs, REST API, "Actions OIDC": the repository's template for the claim sub. */
  async subjectRule(): Promise<Reading<SubjectRule>> {
    const answer = await this.#get('/actions/oidc/customization/sub', 'actions: read');
    if (!('value' in answer)) return answer;
    const { use_default, use_immutable_subject, sub_claim_prefix } = answer.value;
    return read({
      usesDefault: use_default !== false,
      immutable: typeof use_immutable_subject === 'boolean' ? use_immutable_subject : undefined,
      prefix: typeof sub_claim_prefix === 'string' ? sub_claim_prefix.replace(/:$/, '') : undefined,
    });
  }

  /** Those of the repository win over those of its organisation. */
  async variables(): Promise<Reading<Tags>> {
    const own = await this.#list('/actions/variables', 'variables', 'actions variables: read', 30);
    if (!('value' in own)) return own;
    const shared = await this.#list('/actions/organization-variables', 'variables', 'actions variables: read', 30);
    const list = [...('value' in shared ? shared.value : []), ...own.value];
    return read(Object.fromEntries(list.map(({ name, value }) => [String(name), String(value)])));
  }

  async secrets(): Promise<Reading<readonly SecretPresence[]>> {
    const own = await this.#list('/actions/secrets', 'secrets', 'secrets: read', 100);
    if (!('value' in own)) return own;
    const shared = await this.#list('/actions/organization-secrets', 'secrets', 'secrets: read', 100);
    const list = [...('value' in shared ? shared.value : []), ...own.value];
    return read(list.map(({ name }) => ({ name: String(name), set: true })));
  }

  /** Workflows that run Holdfast. */
  async workflows(): Promise<Reading<readonly WorkflowFacts[]>> {
    const list = await this.#list('/actions/workflows', 'workflows', 'actions: read', 100);
    if (!('value' in list)) return list;
    const files = list.value.filter(({ path }) => /^\.github\/workflows\//.test(String(path))).slice(0, filesRead);
    const all = await Promise.all(files.map((file) => this.#workflow(file)));
    return read(all.flatMap((one) => one ?? []));
  }

  /**
   * All workflow files of the default branch, without their runs. GitHub lists some that are no longer there, or only on other branches:
   * those schedule nothing, and are left out.
   */
  async workflowFiles(): Promise<Reading<WorkflowFiles>> {
    const list = await this.#list('/actions/workflows', 'workflows', 'actions: read', 100);
    if (!('value' in list)) return list;
    const listed = list.value.filter(({ path }) => /^\.github\/workflows\//.test(String(path)));
    const files: WorkflowFile[] = [];
    const refused: { path: string; reason: string }[] = [];
    const readOne = async ({ path, state }: Json): Promise<void> => {
      const { status, body } = (await this.#github?.get(`repos/${this.#repository}/contents/${String(path)}`)) ?? {};
      const { content } = (typeof body === 'object' && body !== null ? body : {}) as { readonly content?: unknown };
      if (status === 200 && typeof content === 'string')
        files.push({ path: String(path), state: String(state), text: Buffer.from(content, 'base64').toString('utf8') });
      else if (status !== 404)
        refused.push({ path: String(path), reason: `GitHub answered ${status || 'nothing'}: it needs contents: read` });
    };
    await each(listed, filesAtOnce, readOne);
    // A token that may not read contents is told that there are none.
    return listed.length > 0 && files.length + refused.length === 0
      ? unread('GitHub shows none of the listed workflow files: it needs contents: read')
      : read({ files, unread: refused });
  }

  async #workflow({ id, path, name, state }: Json): Promise<WorkflowFacts | undefined> {
    const facts = {
      path: String(path),
      name: String(name),
      state: String(state),
      text: await this.#text(String(path)),
    };
    if (!jobs.some((job) => runs({ ...facts, runs: [] }, job))) return undefined;
    const answer = await this.#get(`/actions/workflows/${id}/runs?event=schedule&per_page=30`, 'actions: read');
    const list = 'value' in answer ? ((answer.value.workflow_runs ?? []) as readonly Json[]) : [];
    return { ...facts, runs: list.map(runFacts) };
  }

  async #text(path: string): Promise<string | undefined> {
    const answer = await this.#get(`/contents/${path}`, 'contents: read');
    if (!('value' in answer) || typeof answer.value.content !== 'string') return undefined;
    return Buffer.from(answer.value.content, 'base64').toString('utf8');
  }

  /** Asks for one issue: reading is the most that can be tried without writing. */
  async tryIssues(): Promise<void> {
    await this.#get('/issues?per_page=1', 'issues: write');
  }
}

function runFacts({ event, status, conclusion, run_started_at, created_at, html_url }: Json): RunFacts {
  return {
    event: String(event),
    status: String(status),
    conclusion: String(conclusion),
    startedAt: new Date(String(run_started_at ?? created_at)),
    url: String(html_url),
  };
}
