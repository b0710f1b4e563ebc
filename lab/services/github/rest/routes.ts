/** The part of GitHub's REST API that Holdfast calls: issues, comments, labels, runs and releases. */
import { type Answer, json } from '../../http/answer.ts';
import type { HttpRequest } from '../../http/call.ts';
import { jsonObject } from '../../http/server.ts';
import type { GitHubState, JobIdentity, Permission } from '../state.ts';
import { type Handler, notFound } from './answers.ts';
import {
  addLabels,
  createComment,
  createIssue,
  getIssue,
  listComments,
  listIssues,
  removeLabel,
  updateIssue,
} from './issues.ts';
import { createLabel, getLabel, listLabels } from './labels.ts';
import {
  createRef,
  createRelease,
  deleteAsset,
  deleteRelease,
  getAsset,
  getLatestRelease,
  getRelease,
  getReleaseByTag,
  listAssets,
  listMatchingRefs,
  listReleases,
  updateRelease,
  uploadAsset,
} from './releases.ts';
import { getPages, getRepository } from './repository.ts';
import { getRun, listRuns } from './runs.ts';
import {
  createVariable,
  deleteSecret,
  deleteVariable,
  getPublicKey,
  getSecret,
  getVariable,
  listSecrets,
  listVariables,
  putSecret,
  updateVariable,
} from './settings.ts';
import { dispatch, getContents, getJobLog, getSubjectRule, getWorkflow, listJobs, listWorkflows } from './workflows.ts';

/** A call the lab knows: its name in the log, the permission it needs, and what it does. */
export interface RestCall {
  readonly name: string;
  readonly scope: string;
  readonly access: Permission;
  readonly perform: () => Answer;
}

const routes: readonly [method: string, path: RegExp, name: string, scope: string, access: Permission, run: Handler][] =
  [
    ['GET', /^\/issues$/, 'ListIssues', 'issues', 'read', listIssues],
    ['POST', /^\/issues$/, 'CreateIssue', 'issues', 'write', createIssue],
    ['GET', /^\/issues\/(\d+)$/, 'GetIssue', 'issues', 'read', getIssue],
    ['PATCH', /^\/issues\/(\d+)$/, 'UpdateIssue', 'issues', 'write', updateIssue],
    ['GET', /^\/issues\/(\d+)\/comments$/, 'ListComments', 'issues', 'read', listComments],
    ['POST', /^\/issues\/(\d+)\/comments$/, 'CreateComment', 'issues', 'write', createComment],
    ['POST', /^\/issues\/(\d+)\/labels$/, 'AddLabels', 'issues', 'write', addLabels],
    ['DELETE', /^\/issues\/(\d+)\/labels\/([^/]+)$/, 'RemoveLabel', 'issues', 'write', removeLabel],
    ['GET', /^\/labels$/, 'ListLabels', 'issues', 'read', listLabels],
    ['POST', /^\/labels$/, 'CreateLabel', 'issues', 'write', createLabel],
    ['GET', /^\/labels\/([^/]+)$/, 'GetLabel', 'issues', 'read', getLabel],
    ['GET', /^\/actions\/variables$/, 'ListVariables', 'variables', 'read', listVariables],
    ['POST', /^\/actions\/variables$/, 'CreateVariable', 'variables', 'write', createVariable],
    ['GET', /^\/actions\/variables\/([^/]+)$/, 'GetVariable', 'variables', 'read', getVariable],
    ['PATCH', /^\/actions\/variables\/([^/]+)$/, 'UpdateVariable', 'variables', 'write', updateVariable],
    ['DELETE', /^\/actions\/variables\/([^/]+)$/, 'DeleteVariable', 'variables', 'write', deleteVariable],
    ['GET', /^\/actions\/secrets$/, 'ListSecrets', 'secrets', 'read', listSecrets],
    ['GET', /^\/actions\/secrets\/public-key$/, 'GetPublicKey', 'secrets', 'read', getPublicKey],
    ['GET', /^\/actions\/secrets\/([^/]+)$/, 'GetSecret', 'secrets', 'read', getSecret],
    ['PUT', /^\/actions\/secrets\/([^/]+)$/, 'PutSecret', 'secrets', 'write', putSecret],
    ['DELETE', /^\/actions\/secrets\/([^/]+)$/, 'DeleteSecret', 'secrets', 'write', deleteSecret],
    ['GET', /^\/actions\/workflows$/, 'ListWorkflows', 'actions', 'read', listWorkflows],
    ['GET', /^\/actions\/workflows\/([^/]+)$/, 'GetWorkflow', 'actions', 'read', getWorkflow],
    ['POST', /^\/actions\/workflows\/([^/]+)\/dispatches$/, 'DispatchWorkflow', 'actions', 'write', dispatch],
    ['GET', /^\/actions\/runs\/(\d+)\/jobs$/, 'ListJobs', 'actions', 'read', listJobs],
    ['GET', /^\/actions\/jobs\/(\d+)\/logs$/, 'GetJobLog', 'actions', 'read', getJobLog],
    ['GET', /^\/actions\/oidc\/customization\/sub$/, 'GetSubjectRule', 'actions', 'read', getSubjectRule],
    ['GET', /^\/contents\/(.+)$/, 'GetContents', 'contents', 'read', getContents],
    ['GET', /^\/actions\/runs$/, 'ListRuns', 'actions', 'read', listRuns],
    ['GET', /^\/actions\/runs\/(\d+)$/, 'GetWorkflowRun', 'actions', 'read', getRun],
    ['GET', /^\/actions\/workflows\/([^/]+)\/runs$/, 'ListWorkflowRuns', 'actions', 'read', listRuns],
    ['GET', /^\/pages$/, 'GetPages', 'pages', 'read', getPages],
    ['GET', /^$/, 'GetRepository', 'metadata', 'read', getRepository],
    ['GET', /^\/releases$/, 'ListReleases', 'contents', 'read', listReleases],
    ['POST', /^\/releases$/, 'CreateRelease', 'contents', 'write', createRelease],
    ['GET', /^\/releases\/latest$/, 'GetLatestRelease', 'contents', 'read', getLatestRelease],
    ['GET', /^\/releases\/tags\/(.+)$/, 'GetReleaseByTag', 'contents', 'read', getReleaseByTag],
    ['GET', /^\/releases\/(\d+)$/, 'GetRelease', 'contents', 'read', getRelease],
    ['PATCH', /^\/releases\/(\d+)$/, 'UpdateRelease', 'contents', 'write', updateRelease],
    ['DELETE', /^\/releases\/(\d+)$/, 'DeleteRelease', 'contents', 'write', deleteRelease],
    ['GET', /^\/releases\/(\d+)\/assets$/, 'ListReleaseAssets', 'contents', 'read', listAssets],
    ['GET', /^\/releases\/assets\/(\d+)$/, 'GetReleaseAsset', 'contents', 'read', getAsset],
    ['DELETE', /^\/releases\/assets\/(\d+)$/, 'DeleteReleaseAsset', 'contents', 'write', deleteAsset],
    ['POST', /^\/git\/refs$/, 'CreateRef', 'contents', 'write', createRef],
    ['GET', /^\/git\/matching-refs\/(.+)$/, 'ListMatchingRefs', 'contents', 'read', listMatchingRefs],
  ];

/** Files of releases go to another host, which the lab has below /uploads. */
const uploads: typeof routes = [
  ['POST', /^\/releases\/(\d+)\/assets$/, 'UploadReleaseAsset', 'contents', 'write', uploadAsset],
];

/** The call that a request makes; undefined when the lab does not know it. */
export function restCall(
  state: GitHubState,
  request: HttpRequest,
  identity: JobIdentity,
  baseUrl: string,
): RestCall | undefined {
  const prefix = /^(\/uploads)?\/repos\/([^/]+)\/([^/]+)(\/.*)?$/.exec(request.path);
  if (!prefix) return undefined;
  const [, upload, owner = '', name = '', path = ''] = prefix;
  for (const [method, pattern, operation, scope, access, run] of upload ? uploads : routes) {
    const match = method === request.method ? pattern.exec(path) : null;
    if (!match) continue;
    const ids = match.slice(1).map((id) => decodeURIComponent(id));
    const repository = state.repositoryNamed(`${owner}/${name}`, operation);
    const body = upload || request.body.length === 0 ? {} : jsonObject(request.body);
    const perform = (): Answer => {
      if (!repository) return notFound;
      if (!body) return json(400, { message: 'Problems parsing JSON' });
      return run({ state, request, identity, repository, baseUrl, body }, ids);
    };
    return { name: operation, scope, access, perform };
  }
  return undefined;
}
