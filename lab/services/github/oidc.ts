/**
 * GitHub's OIDC provider: signed identity tokens for jobs, and the documents with which others verify them.
 * Claims: docs.github.com, "OpenID Connect reference".
 */
import { createSign, generateKeyPairSync, type KeyPairKeyObjectResult, randomUUID } from 'node:crypto';
import type { GitHubState, JobIdentity } from './state.ts';

/** `classic`: `repo:owner/name:…`; `immutable`: `repo:owner@ID/name@ID:…`, new repositories since 15 July 2026. */
export type SubjectForm = 'classic' | 'immutable';

/** Tokens live five minutes, as GitHub's do. */
const lifetimeSeconds = 5 * 60;

/** One pair for all providers of a process: making it takes as much time as all else that a lab does to start. */
let pair: KeyPairKeyObjectResult | undefined;
function keyPair(): KeyPairKeyObjectResult {
  pair ??= generateKeyPairSync('rsa', { modulusLength: 2048 });
  return pair;
}

export class OidcProvider {
  readonly issuer: string;
  readonly #state: GitHubState;
  readonly #keyId = randomUUID();
  /** The form of `sub` in tokens made from now on. */
  subjectForm: SubjectForm;
  /** Replaces the subject of tokens made from now on, so that no role trusts the job. */
  subjectOverride: string | undefined;

  constructor(issuer: string, state: GitHubState, subjectForm: SubjectForm) {
    this.issuer = issuer;
    this.#state = state;
    this.subjectForm = subjectForm;
  }

  configuration(): Record<string, unknown> {
    return {
      issuer: this.issuer,
      jwks_uri: `${this.issuer}/.well-known/jwks`,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public', 'pairwise'],
      id_token_signing_alg_values_supported: ['RS256'],
      scopes_supported: ['openid'],
    };
  }

  jwks(): { keys: Record<string, unknown>[] } {
    const key = keyPair().publicKey.export({ format: 'jwk' }) as Record<string, unknown>;
    return { keys: [{ ...key, kid: this.#keyId, use: 'sig', alg: 'RS256' }] };
  }

  /** The `sub` of a job's tokens: what a trust policy must name. */
  subject(identity: Pick<JobIdentity, 'event' | 'ref' | 'environment'>): string {
    if (this.subjectOverride !== undefined) return this.subjectOverride;
    const { owner, name, ownerId, id } = this.#state.repository;
    const repository = this.subjectForm === 'classic' ? `${owner}/${name}` : `${owner}@${ownerId}/${name}@${id}`;
    const context = identity.environment
      ? `environment:${identity.environment}`
      : identity.event === 'pull_request'
        ? 'pull_request'
        : `ref:${identity.ref}`;
    return `repo:${repository}:${context}`;
  }

  /** A signed token for the job. The default audience is GitHub's: the owner's URL. */
  token(identity: JobIdentity, audience: string | undefined): string {
    const { owner, ownerId, id } = this.#state.repository;
    const now = Math.floor(Date.now() / 1000);
    const workflowRef = (path: string): string => `${this.#state.fullName}/${path}@${identity.ref}`;
    const claims = {
      jti: randomUUID(),
      iss: this.issuer,
      aud: audience ?? `https://github.com/${owner}`,
      sub: this.subject(identity),
      iat: now,
      nbf: now - 60,
      exp: now + lifetimeSeconds,
      repository: this.#state.fullName,
      repository_id: String(id),
      repository_owner: owner,
      repository_owner_id: String(ownerId),
      repository_visibility: 'private',
      ref: identity.ref,
      ref_type: identity.ref.startsWith('refs/tags/') ? 'tag' : 'branch',
      ref_protected: 'false',
      sha: identity.sha,
      actor: identity.actor,
      actor_id: '1',
      workflow: identity.workflow,
      workflow_ref: workflowRef(identity.workflowPath),
      workflow_sha: identity.sha,
      job_workflow_ref: identity.jobWorkflow.ref,
      job_workflow_sha: identity.jobWorkflow.sha,
      event_name: identity.event,
      head_ref: '',
      base_ref: '',
      run_id: String(identity.runId),
      run_number: String(identity.runNumber),
      run_attempt: String(identity.runAttempt),
      runner_environment: 'github-hosted',
      ...(identity.environment ? { environment: identity.environment } : {}),
    };
    const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const content = `${encode({ typ: 'JWT', alg: 'RS256', kid: this.#keyId })}.${encode(claims)}`;
    return `${content}.${createSign('RSA-SHA256').update(content).sign(keyPair().privateKey, 'base64url')}`;
  }
}
