/** The state of the lab's GitHub: issues, labels and runs of one repository, and the tokens of running jobs. */
import { randomBytes } from 'node:crypto';

export type Permission = 'none' | 'read' | 'write';
/** What a job's token may do, by scope (`issues`, `id-token`, …). A scope that is not named is `none`. */
export type Permissions = Readonly<Record<string, Permission>>;

export interface Comment {
  readonly id: number;
  readonly body: string;
  readonly author: string;
  readonly createdAt: string;
}

export interface Issue {
  readonly number: number;
  title: string;
  body: string;
  state: 'open' | 'closed';
  stateReason: string | null;
  labels: string[];
  readonly comments: Comment[];
  readonly author: string;
  readonly createdAt: string;
  updatedAt: string;
  closedAt: string | null;
}

export interface Label {
  readonly name: string;
  readonly color: string;
  readonly description: string;
}

export interface ReleaseAsset {
  readonly id: number;
  readonly name: string;
  /** `starter`: its upload was broken off. */
  readonly state: 'uploaded' | 'starter';
  readonly content: Buffer;
}

export interface Release {
  readonly id: number;
  /** `owner/name`. */
  readonly repository: string;
  tag: string;
  /** The commit that the tag will name. */
  target: string;
  name: string;
  body: string;
  draft: boolean;
  latest: boolean;
  /** Neither its tag nor its files can be changed any more. */
  immutable: boolean;
  readonly assets: ReleaseAsset[];
}

export interface RunRecord {
  readonly id: number;
  readonly number: number;
  attempt: number;
  readonly workflow: string;
  readonly name: string;
  readonly event: string;
  status: 'queued' | 'in_progress' | 'completed';
  conclusion: 'success' | 'failure' | 'cancelled' | 'skipped' | null;
  readonly createdAt: string;
}

/** The owner of a token: one job of one run. */
export interface JobIdentity {
  readonly runId: number;
  readonly runNumber: number;
  readonly runAttempt: number;
  readonly job: string;
  readonly workflow: string;
  /** The file that defines the job, as `owner/name/path@ref`, and its commit: in a called workflow, the called file. */
  readonly jobWorkflow: { readonly ref: string; readonly sha: string };
  readonly workflowPath: string;
  readonly event: string;
  readonly ref: string;
  readonly sha: string;
  readonly actor: string;
  readonly environment?: string;
  readonly permissions: Permissions;
  /** Set for the token of a person, which belongs to no job. */
  readonly user?: string;
}

export interface WorkflowRecord {
  readonly id: number;
  readonly name: string;
  readonly path: string;
  state: 'active' | 'disabled_inactivity' | 'disabled_manually';
  /** Text of the file; undefined where the lab was not told. */
  readonly text?: string;
}

/** A job of a run as GitHub lists it, with its log. */
export interface JobRecord {
  readonly id: number;
  readonly runId: number;
  readonly name: string;
  readonly status: 'queued' | 'in_progress' | 'completed';
  readonly conclusion: RunRecord['conclusion'];
  readonly log: string;
}

export interface Repository {
  readonly owner: string;
  readonly name: string;
  readonly ownerId: number;
  readonly id: number;
}

const everything: Permissions = Object.fromEntries(
  ['actions', 'contents', 'issues', 'metadata', 'secrets', 'variables', 'workflows'].map((scope) => [scope, 'write']),
);

export class GitHubState {
  readonly repository: Repository;
  readonly issues: Issue[] = [];
  readonly labels: Label[] = [];
  readonly runs = new Map<number, RunRecord>();
  readonly releases: Release[] = [];
  /** Public repositories of others: everybody sees them, and nobody of the lab may push there. */
  readonly foreign: Repository[] = [];
  /** Commits by `owner/name TAG`. */
  readonly tags = new Map<string, string>();
  /**
   * Commits whose workflow files are those of no branch any more, which the state does not work out itself. Without `workflows: write`,
   * nobody makes a release of one that has no ref, and no tag either, or so one reads (rest/releases.ts).
   */
  readonly outdatedWorkflows = new Map<string, 'no release' | 'no release, no tag'>();
  /** The setting "Enable release immutability". */
  immutableReleases = true;
  readonly variables: Record<string, string> = {};
  readonly secrets: Record<string, string> = {};
  /** The workflow files of the repository. */
  readonly workflows: WorkflowRecord[] = [];
  readonly jobs: JobRecord[] = [];
  /** Where its Pages come from; undefined without Pages. */
  pages: 'workflow' | 'legacy' | undefined;
  /** How GitHub says that the repository writes the claim `sub`; undefined for a server that does not say. */
  subjectRule:
    | { readonly use_default: boolean; readonly use_immutable_subject?: boolean; readonly sub_claim_prefix?: string }
    | undefined;
  /** Starts a run by hand. Set by the owner of the runner. @returns why it is refused */
  dispatch: ((path: string, inputs: Readonly<Record<string, string>>) => string | undefined) | undefined;
  readonly #tokens = new Map<string, JobIdentity>();
  #lastId = 17_000_000_000;

  constructor(repository: Repository) {
    this.repository = repository;
  }

  get fullName(): string {
    return `${this.repository.owner}/${this.repository.name}`;
  }

  /** The repository with this name, as it is spelled: the lab's own, or one that publishes releases. Names are compared without case. */
  repositoryNamed(name: string, operation: string): string | undefined {
    const published = /Release|Refs/.test(operation) ? this.releases.map(({ repository }) => repository) : [];
    const foreign = operation === 'GetRepository' ? this.foreign.map((one) => `${one.owner}/${one.name}`) : [];
    return [this.fullName, ...published, ...foreign].find((known) => known.toLowerCase() === name.toLowerCase());
  }

  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  /** Creates a job's installation token, and its token for the OIDC endpoint if it may ask for an identity. */
  issueTokens(identity: JobIdentity): { token: string; oidcToken: string | undefined } {
    const token = `ghs_${randomBytes(18).toString('hex')}`;
    this.#tokens.set(token, identity);
    if (identity.permissions['id-token'] !== 'write') return { token, oidcToken: undefined };
    const oidcToken = `lab-oidc-${randomBytes(24).toString('hex')}`;
    this.#tokens.set(oidcToken, identity);
    return { token, oidcToken };
  }

  /** The token of a person, as `gh auth login` gets it. @param permissions default: those of who administers the repository */
  signIn(permissions: Permissions = everything): string {
    const token = `gho_${randomBytes(18).toString('hex')}`;
    const nothing = {
      runId: 0,
      runNumber: 0,
      runAttempt: 0,
      workflow: '',
      workflowPath: '',
      event: '',
      ref: '',
      sha: '',
    };
    const jobWorkflow = { ref: '', sha: '' };
    this.#tokens.set(token, {
      ...nothing,
      job: 'none (a person)',
      jobWorkflow,
      actor: 'lab',
      user: 'lab',
      permissions,
    });
    return token;
  }

  /** Called when a job ends: its tokens end with it. */
  revoke(token: string | undefined): void {
    if (token) this.#tokens.delete(token);
  }

  identityOf(token: string): JobIdentity | undefined {
    return this.#tokens.get(token);
  }

  startRun(run: Omit<RunRecord, 'id' | 'number' | 'attempt' | 'status' | 'conclusion' | 'createdAt'>): RunRecord {
    const record: RunRecord = {
      ...run,
      id: this.nextId(),
      number: this.runs.size + 1,
      attempt: 1,
      status: 'queued',
      conclusion: null,
      createdAt: new Date().toISOString(),
    };
    this.runs.set(record.id, record);
    return record;
  }

  /** Adds a label. Names are compared without case, as on GitHub. @returns false if the repository has the label */
  ensureLabel(label: Label): boolean {
    if (this.label(label.name)) return false;
    this.labels.push(label);
    return true;
  }

  label(name: string): Label | undefined {
    return this.labels.find((one) => one.name.toLowerCase() === name.toLowerCase());
  }
}
