/** Octokit with a time limit per request, and GitHub's refusals as errors a reader can act on. */
import { getOctokit } from '@actions/github';

export type Octokit = ReturnType<typeof getOctokit>;

/** `maybe-later` when the same call may succeed soon: no answer, a 5xx, a rate limit. */
export class GitHubError extends Error {
  override readonly name = 'GitHubError';
  readonly what: string;
  readonly likelyCause: string | undefined;
  readonly fix: string | undefined;
  readonly status: number | undefined;
  readonly temporary: boolean;

  constructor(
    options: { what: string; status: number | undefined; temporary: boolean; likelyCause?: string; fix?: string },
    cause: unknown,
  ) {
    super(options.what, { cause });
    this.what = options.what;
    this.status = options.status;
    this.temporary = options.temporary;
    this.likelyCause = options.likelyCause;
    this.fix = options.fix;
  }
}

export interface ClientOptions {
  readonly token: string;
  /** Default: GITHUB_API_URL, which the runner sets, on GitHub Enterprise Server too. */
  readonly apiUrl?: string | undefined;
  /** For one request; default 20. */
  readonly timeoutSeconds?: number | undefined;
}

/** Makes the client. It repeats no request: the caller knows which may be repeated. */
export function createClient(options: ClientOptions): Octokit {
  const octokit = getOctokit(options.token, {
    baseUrl: options.apiUrl ?? process.env.GITHUB_API_URL ?? 'https://api.github.com',
    // Otherwise Octokit prints refusals itself, beside the error that is rendered for the reader.
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
  });
  octokit.hook.before('request', (request) => {
    request.request = { ...request.request, signal: AbortSignal.timeout((options.timeoutSeconds ?? 20) * 1000) };
  });
  octokit.hook.after('request', ({ data, headers, url }) => {
    // Octokit gives what it cannot read as JSON as a text, and its pages make an empty list of that: a list that breaks off would read
    // as "there is no issue yet".
    if (typeof data === 'string' && /^application\/json/.test(headers['content-type'] ?? ''))
      throw new Error(`the answer of ${new URL(url).pathname} broke off, or is not JSON`);
  });
  return octokit;
}

/** `owner/repo` as Octokit's parameters. */
export function splitRepository(repository: string): { owner: string; repo: string } {
  const [owner = '', repo = '', ...rest] = repository.split('/');
  if (owner === '' || repo === '' || rest.length > 0) throw new Error(`not a repository: ${repository}`);
  return { owner, repo };
}

interface RequestFailure {
  readonly status?: number;
  readonly message?: string;
  readonly response?: { readonly headers?: Readonly<Record<string, string | number | undefined>> };
}

/**
 * @param doing what was tried: "listing issues"
 * @param permission what the token needs for it: "issues: write"
 */
export function toGitHubError(cause: unknown, doing: string, permission: string): GitHubError {
  if (cause instanceof GitHubError) return cause;
  const failure = (cause ?? {}) as RequestFailure;
  const status = typeof failure.status === 'number' && failure.response !== undefined ? failure.status : undefined;
  const words = String(failure.message ?? cause).split('\n', 1)[0];
  const what = `${doing} on GitHub failed: ${status === undefined ? '' : `${status} `}${words}`;
  const limited =
    status === 429 ||
    (status === 403 &&
      (String(failure.response?.headers?.['x-ratelimit-remaining']) === '0' || /rate limit/i.test(words ?? '')));
  if (limited)
    return new GitHubError(
      { what, status, temporary: true, likelyCause: 'the rate limit of the token is used up' },
      cause,
    );
  if (status === undefined || status >= 500) {
    return new GitHubError(
      { what, status, temporary: true, likelyCause: 'GitHub or the network did not answer' },
      cause,
    );
  }
  if (status === 401) {
    const fix = 'leave the input github-token at its default, or give a token that is valid';
    return new GitHubError({ what, status, temporary: false, likelyCause: 'the token is not valid', fix }, cause);
  }
  if (status === 403 || status === 404) {
    return new GitHubError(
      {
        what,
        status,
        temporary: false,
        likelyCause: `the job's token lacks the permission ${permission}`,
        fix: `add to the job, and to the job that calls this workflow:\npermissions:\n  ${permission}`,
      },
      cause,
    );
  }
  if (status === 410) {
    const fix = 'turn on Issues in the settings of the repository';
    return new GitHubError({ what, status, temporary: false, likelyCause: 'issues are turned off', fix }, cause);
  }
  return new GitHubError({ what, status, temporary: false }, cause);
}
