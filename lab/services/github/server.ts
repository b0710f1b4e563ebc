/** GitHub on loopback: identity tokens and the REST API, at the URLs that a job finds in its environment. */
import { json } from '../http/answer.ts';
import { type CallParts, type HttpRequest, type Operation, refuse } from '../http/call.ts';
import { type Endpoint, startEndpoint } from '../http/server.ts';
import { OidcProvider, type SubjectForm } from './oidc.ts';
import { restCall } from './rest/routes.ts';
import { GitHubState, type JobIdentity, type Repository } from './state.ts';

export interface GitHubLab extends Endpoint {
  readonly state: GitHubState;
  readonly oidc: OidcProvider;
  /** `GITHUB_API_URL`. */
  readonly apiUrl: string;
  /** `ACTIONS_ID_TOKEN_REQUEST_URL`; the toolkit adds `&audience=` to it. */
  readonly oidcUrl: string;
}

export interface GitHubOptions extends CallParts {
  readonly repository: Repository;
  readonly subjectForm?: SubjectForm;
}

/** Starts the lab's GitHub, for one private repository. */
export async function startGitHub(options: GitHubOptions): Promise<GitHubLab> {
  const state = new GitHubState(options.repository);
  let lab: { oidc: OidcProvider; url: string } | undefined;
  const endpoint = await startEndpoint((request) => {
    if (!lab) throw new Error('the lab is not ready');
    return route(request, state, lab.oidc, lab.url);
  }, options);
  const oidc = new OidcProvider(`${endpoint.url}/oidc`, state, options.subjectForm ?? 'classic');
  lab = { oidc, url: endpoint.url };
  return { ...endpoint, state, oidc, apiUrl: endpoint.url, oidcUrl: `${endpoint.url}/oidc/token?api-version=2.0` };
}

function route(request: HttpRequest, state: GitHubState, oidc: OidcProvider, url: string): Operation {
  return request.path.startsWith('/oidc/') ? oidcRoute(request, state, oidc) : restRoute(request, state, url);
}

function oidcRoute(request: HttpRequest, state: GitHubState, oidc: OidcProvider): Operation {
  const audience = request.query.get('audience') ?? undefined;
  const common = {
    endpoint: 'oidc' as const,
    parameters: audience === undefined ? {} : { audience },
    throttled: json(429, { message: 'Too many requests' }, { 'retry-after': '1' }),
    refusal: prescribed,
  };
  const open = (name: string, body: unknown): Operation => ({
    ...common,
    name,
    caller: 'anonymous',
    perform: () => json(200, body),
  });
  if (request.path === '/oidc/.well-known/openid-configuration') return open('GetConfiguration', oidc.configuration());
  if (request.path === '/oidc/.well-known/jwks') return open('GetKeys', oidc.jwks());
  const identity = identify(request, state);
  const name = 'GetIdToken';
  if (request.path !== '/oidc/token' || request.method !== 'GET') {
    return refuse({ ...common, name: 'Unknown', caller: 'anonymous' }, json(404, { message: 'Not Found' }));
  }
  if (identity?.permissions['id-token'] !== 'write') {
    const refused = json(401, { message: 'The token may not ask for an identity' });
    return refuse({ ...common, name, caller: caller(identity) }, refused);
  }
  return {
    ...common,
    name,
    caller: caller(identity),
    perform: () => json(200, { count: 1, value: oidc.token(identity, audience) }),
  };
}

function restRoute(request: HttpRequest, state: GitHubState, url: string): Operation {
  const identity = identify(request, state);
  const parameters = { method: request.method, path: request.path, ...Object.fromEntries(request.query) };
  const common = {
    endpoint: 'github' as const,
    caller: caller(identity),
    parameters,
    throttled: json(
      429,
      { message: 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.' },
      { 'retry-after': '1' },
    ),
    refusal: prescribed,
  };
  if (!identity) return refuse({ ...common, name: 'Unknown' }, json(401, { message: 'Bad credentials' }));
  const own = ownCall(request, identity, state);
  if (own) return { ...common, ...own };
  const call = restCall(state, request, identity, addressFor(request, url));
  if (!call) {
    const message = `the lab's GitHub does not have ${request.method} ${request.path}`;
    return refuse({ ...common, name: 'Unknown' }, json(501, { message }));
  }
  // Every token may read what describes the repository.
  const held = identity.permissions[call.scope] ?? (call.scope === 'metadata' ? 'read' : 'none');
  if (held !== 'write' && held !== call.access) {
    const message = 'Resource not accessible by integration';
    return refuse({ ...common, name: call.name }, json(403, { message, status: '403' }));
  }
  const upload = request.path.startsWith('/uploads/');
  const body = request.body.length === 0 || upload ? {} : { body: request.body.toString('utf8') };
  return { ...common, parameters: { ...parameters, ...body }, name: call.name, perform: call.perform };
}

/** Calls that are about no repository, as `gh` makes them: who am I, and what may the token do? */
function ownCall(
  { method, path, body }: HttpRequest,
  identity: JobIdentity,
  state: GitHubState,
): Pick<Operation, 'name' | 'perform'> | undefined {
  const login = identity.user ?? 'github-actions[bot]';
  if (method === 'GET' && path === '/user')
    return { name: 'GetUser', perform: () => json(200, { login, id: 1, type: identity.user ? 'User' : 'Bot' }) };
  if (path === '/')
    return { name: 'GetScopes', perform: () => json(200, {}, { 'x-oauth-scopes': 'repo, read:org, workflow' }) };
  if (method !== 'POST' || path !== '/graphql') return undefined;
  return { name: 'GraphQL', perform: () => json(200, { data: graph(body.toString('utf8'), login, state) }) };
}

/** What `gh` asks by GraphQL: who am I, which repository is this, and which is the release of a tag? */
function graph(body: string, login: string, state: GitHubState): Record<string, unknown> {
  const { query = '', variables = {} } = (JSON.parse(body) ?? {}) as {
    readonly query?: string;
    readonly variables?: Readonly<Record<string, unknown>>;
  };
  if (query.includes('release(tagName')) {
    const repository = `${variables.owner}/${variables.name}`;
    const release = state.releases.find((one) => one.repository === repository && one.tag === variables.tagName);
    return { repository: { release: release ? { databaseId: release.id, isDraft: release.draft } : null } };
  }
  if (/\bviewer\s*\{/.test(query)) return { viewer: { login } };
  const { id, name, owner } = state.repository;
  const branch = { name: 'main' };
  return {
    repository: { id: `R_${id}`, name, owner: { login: owner }, defaultBranchRef: branch, viewerPermission: 'ADMIN' },
  };
}

/** What answers name is reached as the request was: under GitHub's own name by programs that know no other. */
function addressFor({ headers }: HttpRequest, url: string): string {
  const host = headers.host ?? '';
  return /(^|\.)github\.com$/.test(host) ? `https://${host}` : url;
}

/** An error that a fault rule prescribes, as GitHub words errors. */
const prescribed: Operation['refusal'] = ({ status, message }) => json(status, { message });

function identify(request: HttpRequest, state: GitHubState): JobIdentity | undefined {
  const match = /^(?:bearer|token) (\S+)$/i.exec(request.headers.authorization ?? '');
  return match?.[1] ? state.identityOf(match[1]) : undefined;
}

function caller(identity: JobIdentity | undefined): string {
  if (identity?.user !== undefined) return `user ${identity.user}`;
  return identity ? `job ${identity.job} of run ${identity.runId}` : 'anonymous';
}
