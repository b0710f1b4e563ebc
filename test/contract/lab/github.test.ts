import { createPublicKey, verify } from 'node:crypto';
import { getIDToken } from '@actions/core';
import { getOctokit } from '@actions/github';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { type GitHubLab, startGitHub } from '../../../lab/services/github/server.ts';
import { type Faults, faultRules } from '../../../lab/services/http/faults.ts';
import { identity, memoryLog, repository } from './support-github.ts';

const repo = { owner: repository.owner, repo: repository.name };
let github: GitHubLab;
let faults: Faults;
const log = memoryLog();

beforeEach(async () => {
  faults = faultRules();
  github = await startGitHub({ log, faults, repository });
});
afterEach(() => github.stop());

function octokit(permissions: Parameters<typeof identity>[0]) {
  return getOctokit(github.state.issueTokens(identity(permissions)).token, { baseUrl: github.apiUrl });
}

async function idToken(audience: string): Promise<{ claims: Record<string, unknown>; raw: string }> {
  const { oidcToken } = github.state.issueTokens(identity({ 'id-token': 'write' }));
  process.env.ACTIONS_ID_TOKEN_REQUEST_URL = github.oidcUrl;
  process.env.ACTIONS_ID_TOKEN_REQUEST_TOKEN = oidcToken;
  // Keeps the mask command, which the toolkit prints, out of the test's output.
  const quiet = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  const raw = await getIDToken(audience).finally(() => quiet.mockRestore());
  const claims = JSON.parse(Buffer.from(raw.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
  return { claims, raw };
}

describe('identity tokens', () => {
  test('the toolkit gets one that can be verified with the published keys', async () => {
    const { raw, claims } = await idToken('sts.amazonaws.com');
    const configuration = (await (await fetch(`${String(claims.iss)}/.well-known/openid-configuration`)).json()) as {
      jwks_uri: string;
      issuer: string;
    };
    expect(configuration.issuer).toBe(claims.iss);
    const { keys } = (await (await fetch(configuration.jwks_uri)).json()) as { keys: Record<string, string>[] };
    const [header = '', payload = '', signature = ''] = raw.split('.');
    const key = createPublicKey({ key: keys[0] as never, format: 'jwk' });
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toMatchObject({ kid: keys[0]?.kid });
    expect(verify('RSA-SHA256', Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'))).toBe(
      true,
    );
    expect(claims).toMatchObject({
      aud: 'sts.amazonaws.com',
      sub: 'repo:acme/backups:ref:refs/heads/main',
      repository: 'acme/backups',
      job_workflow_ref: 'acme/backups/.github/workflows/backup.yml@refs/heads/main',
    });
    expect(Number(claims.exp) - Number(claims.iat)).toBe(300);
  });

  test('its subject has the ids of a new repository, and the environment if there is one', async () => {
    github.oidc.subjectForm = 'immutable';
    expect((await idToken('a')).claims.sub).toBe('repo:acme@42/backups@4711:ref:refs/heads/main');
    expect(github.oidc.subject(identity({}, { environment: 'production' }))).toBe(
      'repo:acme@42/backups@4711:environment:production',
    );
  });

  test('a job without id-token: write gets none', async () => {
    const { token, oidcToken } = github.state.issueTokens(identity({ issues: 'write' }));
    expect(oidcToken).toBeUndefined();
    const answer = await fetch(github.oidcUrl, { headers: { authorization: `bearer ${token}` } });
    expect(answer.status).toBe(401);
  });
});

describe('issues', () => {
  test('are created, listed by label and state, updated, closed and reopened', async () => {
    const api = octokit({ issues: 'write' });
    await api.rest.issues.createLabel({ ...repo, name: 'holdfast', color: 'b60205' });
    await expect(api.rest.issues.createLabel({ ...repo, name: 'Holdfast' })).rejects.toMatchObject({ status: 422 });
    const made = await api.rest.issues.create({ ...repo, title: 'bad', body: 'x', labels: ['holdfast'] });
    await api.rest.issues.create({ ...repo, title: 'other' });
    const issue_number = made.data.number;
    await api.rest.issues.createComment({ ...repo, issue_number, body: 'again' });
    await api.rest.issues.update({ ...repo, issue_number, state: 'closed', state_reason: 'completed' });
    expect((await api.rest.issues.listForRepo({ ...repo })).data.map((one) => one.title)).toEqual(['other']);
    const closed = await api.rest.issues.listForRepo({ ...repo, state: 'closed', labels: 'holdfast' });
    expect(closed.data).toMatchObject([{ title: 'bad', comments: 1, state_reason: 'completed' }]);
    await api.rest.issues.update({ ...repo, issue_number, state: 'open' });
    expect(github.state.issues[0]).toMatchObject({ state: 'open', stateReason: 'reopened', closedAt: null });
  });

  test('are paged with Link headers that the toolkit follows', async () => {
    const api = octokit({ issues: 'write' });
    for (let n = 0; n < 65; n += 1) await api.rest.issues.create({ ...repo, title: `issue ${n}` });
    expect((await api.rest.issues.listForRepo({ ...repo })).data).toHaveLength(30);
    const all = await api.paginate(api.rest.issues.listForRepo, { ...repo, per_page: 20 });
    expect(new Set(all.map((issue) => issue.number)).size).toBe(65);
  });

  test('need the permission of the job, and a token that is still valid', async () => {
    const reader = octokit({ issues: 'read' });
    expect((await reader.rest.issues.listForRepo({ ...repo })).data).toEqual([]);
    await expect(reader.rest.issues.create({ ...repo, title: 'no' })).rejects.toMatchObject({
      status: 403,
      message: expect.stringContaining('Resource not accessible by integration'),
    });
    const { token } = github.state.issueTokens(identity({ issues: 'write' }));
    github.state.revoke(token);
    const late = getOctokit(token, { baseUrl: github.apiUrl });
    await expect(late.rest.issues.listForRepo({ ...repo })).rejects.toMatchObject({ status: 401 });
  });

  test('refuse a body that GitHub refuses, and calls that the lab does not have', async () => {
    const api = octokit({ issues: 'write' });
    const body = 'x'.repeat(65_537);
    await expect(api.rest.issues.create({ ...repo, title: 'long', body })).rejects.toMatchObject({ status: 422 });
    await expect(api.rest.issues.lock({ ...repo, issue_number: 1 })).rejects.toMatchObject({ status: 501 });
  });
});

test('the state of a run can be read with the permission to read actions', async () => {
  const run = github.state.startRun({ workflow: 'w.yml', name: 'W', event: 'schedule' });
  const api = octokit({ actions: 'read' });
  const answer = await api.rest.actions.getWorkflowRun({ ...repo, run_id: run.id });
  expect(answer.data).toMatchObject({ status: 'queued', conclusion: null, run_attempt: 1 });
  await expect(api.rest.actions.getWorkflowRun({ ...repo, run_id: 1 })).rejects.toMatchObject({ status: 404 });
  await expect(octokit({}).rest.actions.getWorkflowRun({ ...repo, run_id: run.id })).rejects.toMatchObject({
    status: 403,
  });
});

test('a fault can lose the answer after the effect, and the log shows it', async () => {
  faults.add({ name: 'lost', endpoint: 'github', operation: 'CreateIssue', effect: { kind: 'lose-answer' } });
  await expect(octokit({ issues: 'write' }).rest.issues.create({ ...repo, title: 'lost' })).rejects.toThrow(
    /other side closed|ECONNRESET/,
  );
  expect(github.state.issues).toHaveLength(1);
  expect(log.records.at(-1)).toMatchObject({ endpoint: 'github', operation: 'CreateIssue', fault: 'lost', status: 0 });
});
