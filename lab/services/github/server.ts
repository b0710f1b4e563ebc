/** GitHub on loopback: identity tokens and the REST API, used through the addresses a job finds in its environment. */
import type { CallLog } from '../http/call-log.ts';
import { type Answer, type Endpoint, type EndpointRequest, type Operation, serveEndpoint } from '../http/endpoint.ts';
import type { Faults } from '../http/faults.ts';
import { OidcProvider, type SubjectForm } from './oidc.ts';
import { restCall } from './rest.ts';
import { GitHubState, type JobIdentity, type Repository } from './state.ts';

export interface GitHubLab extends Endpoint {
  readonly state: GitHubState;
  readonly oidc: OidcProvider;
  /** `GITHUB_API_URL`. */
  readonly apiUrl: string;
  /** `ACTIONS_ID_TOKEN_REQUEST_URL`; the toolkit adds `&audience=` to it. */
  readonly oidcUrl: string;
}

export interface GitHubOptions {
  readonly log: CallLog;
  readonly faults: Faults;
  readonly repository: Repository;
  readonly subjectForm?: SubjectForm;
}

/** Starts the lab's GitHub for one (private) repository. */
export async function startGitHub(options: GitHubOptions): Promise<GitHubLab> {
  const state = new GitHubState(options.repository);
  let lab: { oidc: OidcProvider; url: string } | undefined;
  const endpoint = await serveEndpoint((request) => {
    if (!lab) throw new Error('the lab is not ready');
    return route(request, state, lab.oidc, lab.url);
  }, options);
  const oidc = new OidcProvider(`${endpoint.url}/oidc`, state, options.subjectForm ?? 'classic');
  lab = { oidc, url: endpoint.url };
  return { ...endpoint, state, oidc, apiUrl: endpoint.url, oidcUrl: `${endpoint.url}/oidc/token?api-version=2.0` };
}

function route(request: EndpointRequest, state: GitHubState, oidc: OidcProvider, url: string): Operation {
  return request.path.startsWith('/oidc/') ? oidcRoute(request, state, oidc) : restRoute(request, state, url);
}

function oidcRoute(request: EndpointRequest, state: GitHubState, oidc: OidcProvider): Operation {
  const audience = request.query.get('audience') ?? undefined;
  const common = {
    endpoint: 'oidc' as const,
    parameters: audience === undefined ? {} : { audience },
    throttled: { status: 429, body: { message: 'Too many requests' }, headers: { 'retry-after': '1' } },
  };
  const open = (name: string, body: unknown): Operation => ({
    ...common,
    name,
    caller: 'anonymous',
    perform: () => ({ status: 200, body }),
  });
  if (request.path === '/oidc/.well-known/openid-configuration') return open('GetConfiguration', oidc.configuration());
  if (request.path === '/oidc/.well-known/jwks') return open('GetKeys', oidc.jwks());
  const identity = identify(request, state);
  const name = 'GetIdToken';
  if (request.path !== '/oidc/token' || request.method !== 'GET') {
    return refusal(
      { ...common, name: 'Unknown', caller: 'anonymous' },
      { status: 404, body: { message: 'Not Found' } },
    );
  }
  if (identity?.permissions['id-token'] !== 'write') {
    const refused = { status: 401, body: { message: 'The token may not ask for an identity' } };
    return refusal({ ...common, name, caller: caller(identity) }, refused);
  }
  return {
    ...common,
    name,
    caller: caller(identity),
    perform: () => ({ status: 200, body: { count: 1, value: oidc.token(identity, audience) } }),
  };
}

function restRoute(request: EndpointRequest, state: GitHubState, url: string): Operation {
  const identity = identify(request, state);
  const parameters = { method: request.method, path: request.path, ...Object.fromEntries(request.query) };
  const common = {
    endpoint: 'github' as const,
    caller: caller(identity),
    parameters,
    throttled: {
      status: 429,
      body: { message: 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.' },
      headers: { 'retry-after': '1' },
    },
  };
  if (!identity) return refusal({ ...common, name: 'Unknown' }, { status: 401, body: { message: 'Bad credentials' } });
  const call = restCall(state, request, identity, url);
  if (!call) {
    const message = `the lab's GitHub does not have ${request.method} ${request.path}`;
    return refusal({ ...common, name: 'Unknown' }, { status: 501, body: { message } });
  }
  const held = identity.permissions[call.scope] ?? 'none';
  if (held !== 'write' && held !== call.access) {
    const message = 'Resource not accessible by integration';
    return refusal({ ...common, name: call.name }, { status: 403, body: { message, status: '403' } });
  }
  const body = request.body === '' ? {} : { body: request.body };
  return { ...common, parameters: { ...parameters, ...body }, name: call.name, perform: call.perform };
}

function refusal(operation: Omit<Operation, 'perform' | 'refused'>, refused: Answer): Operation {
  return { ...operation, refused, perform: () => refused };
}

function identify(request: EndpointRequest, state: GitHubState): JobIdentity | undefined {
  const match = /^(?:bearer|token) (\S+)$/i.exec(request.headers.authorization ?? '');
  return match?.[1] ? state.identityOf(match[1]) : undefined;
}

function caller(identity: JobIdentity | undefined): string {
  return identity ? `job ${identity.job} of run ${identity.runId}` : 'anonymous';
}
