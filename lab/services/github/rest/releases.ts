/**
 * Releases, their files and their tags (docs.github.com, "REST API endpoints for releases" and "Immutable releases"). A draft has no tag
 * yet, is seen only by those who may write, and several may have the same name.
 */
import { createHash } from 'node:crypto';
import { type Answer, json } from '../../http/answer.ts';
import type { GitHubState, Release, ReleaseAsset } from '../state.ts';
import { invalid, notFound, ok, page, type RestContext } from './answers.ts';

/** Most characters of a release's text. */
const bodyLimit = 125_000;

function visible({ state, repository, identity }: RestContext): Release[] {
  const writes = identity.permissions.contents === 'write';
  return state.releases.filter((one) => one.repository === repository && (writes || !one.draft));
}

function find(context: RestContext, id: string | undefined): Release | undefined {
  return visible(context).find((one) => one.id === Number(id));
}

export function listReleases(context: RestContext): Answer {
  const newestFirst = visible(context).sort((a, b) => b.id - a.id);
  return page(
    context,
    newestFirst.map((one) => view(context, one)),
  );
}

export function getRelease(context: RestContext, [id]: readonly string[]): Answer {
  const release = find(context, id);
  return release ? ok(view(context, release)) : notFound;
}

export function getReleaseByTag(context: RestContext, [tag]: readonly string[]): Answer {
  const release = visible(context).find((one) => one.tag === tag && !one.draft);
  return release ? ok(view(context, release)) : notFound;
}

export function getLatestRelease(context: RestContext): Answer {
  const release = visible(context).find((one) => one.latest);
  return release ? ok(view(context, release)) : notFound;
}

/**
 * GitHub changelog, 2 November 2023, "Enforcing workflow scope when creating a release": a target that changes workflow files and has no ref needs
 * `workflows: write`. The header is as BerriAI/litellm#31422 has it. Whether a tag may be made is told in both ways
 * (RafPe/pod-certificate-signer#129, BerriAI/litellm#32023), so the lab knows both.
 */
function refusesTarget({ state, repository, identity }: RestContext, sha: string, making: 'release' | 'tag'): boolean {
  const rule = state.outdatedWorkflows.get(sha);
  if (rule === undefined || (making === 'tag' && rule === 'no release')) return false;
  if (identity.permissions.workflows === 'write') return false;
  return ![...state.tags].some(([name, commit]) => name.startsWith(`${repository} `) && commit === sha);
}

const forbidden: Answer = {
  ...json(403, { message: 'Resource not accessible by integration', status: '403' }),
  headers: {
    'content-type': 'application/json; charset=utf-8',
    'x-accepted-github-permissions': 'contents=write; contents=write,workflows=write',
  },
};

export function createRef(context: RestContext): Answer {
  const { state, repository, body } = context;
  const tag = /^refs\/tags\/(.+)$/.exec(String(body.ref))?.[1];
  const sha = String(body.sha);
  if (tag === undefined || !/^[0-9a-f]{40}$/.test(sha))
    return json(422, { message: 'Reference name or sha is not valid' });
  if (state.tags.has(`${repository} ${tag}`)) return json(422, { message: 'Reference already exists', status: '422' });
  if (refusesTarget(context, sha, 'tag')) return forbidden;
  state.tags.set(`${repository} ${tag}`, sha);
  return json(201, { ref: `refs/tags/${tag}`, object: { type: 'commit', sha } });
}

export function createRelease(context: RestContext): Answer {
  const { state, repository, body } = context;
  const { tag_name: tag, target_commitish: target = 'main', name = '', body: text = '', draft = false } = body;
  if (typeof tag !== 'string' || tag === '') return invalid('Release', 'tag_name', 'missing_field');
  if (String(text).length > bodyLimit) return invalid('Release', 'body', 'too_long');
  if (taken(context, tag)) return invalid('Release', 'tag_name', 'already_exists');
  if (refusesTarget(context, String(target), 'release')) return forbidden;
  const release: Release = {
    ...{ id: state.nextId(), repository, tag, target: String(target), name: String(name), body: String(text) },
    ...{ draft: true, latest: false, immutable: false, assets: [] },
  };
  state.releases.push(release);
  if (draft !== true) publish(state, release, true);
  return json(201, view(context, release));
}

export function updateRelease(context: RestContext, [id]: readonly string[]): Answer {
  const { body, state } = context;
  const release = find(context, id);
  if (!release) return notFound;
  if (typeof body.body === 'string' && body.body.length > bodyLimit) return invalid('Release', 'body', 'too_long');
  if (typeof body.tag_name === 'string' && body.tag_name !== release.tag) {
    if (release.immutable) return invalid('Release', 'tag_name', 'custom');
    release.tag = body.tag_name;
  }
  if (typeof body.name === 'string') release.name = body.name;
  if (typeof body.body === 'string') release.body = body.body;
  if (typeof body.target_commitish === 'string' && release.draft) release.target = body.target_commitish;
  if (body.draft === false && release.draft) {
    if (taken(context, release.tag)) return invalid('Release', 'tag_name', 'already_exists');
    if (refusesTarget(context, release.target, 'release')) return forbidden;
    publish(state, release, body.make_latest !== 'false');
  }
  return ok(view(context, release));
}

function taken({ state, repository }: RestContext, tag: string): boolean {
  return state.releases.some((one) => one.repository === repository && one.tag === tag && !one.draft);
}

function publish(state: GitHubState, release: Release, latest: boolean): void {
  release.draft = false;
  release.immutable = state.immutableReleases;
  // A tag that exists keeps its commit.
  const name = `${release.repository} ${release.tag}`;
  if (!state.tags.has(name)) state.tags.set(name, release.target);
  if (!latest) return;
  for (const one of state.releases) if (one.repository === release.repository) one.latest = one === release;
}

export function deleteRelease(context: RestContext, [id]: readonly string[]): Answer {
  const { state } = context;
  const release = find(context, id);
  if (!release) return notFound;
  state.releases.splice(state.releases.indexOf(release), 1);
  return { status: 204, body: '' };
}

export function uploadAsset(context: RestContext, [id]: readonly string[]): Answer {
  const release = find(context, id);
  if (!release) return notFound;
  if (release.immutable) return json(422, { message: 'Cannot upload assets to an immutable release.', status: '422' });
  const name = context.request.query.get('name') ?? '';
  if (name === '') return invalid('ReleaseAsset', 'name', 'missing_field');
  if (release.assets.some((one) => one.name === name)) return invalid('ReleaseAsset', 'name', 'already_exists');
  const asset: ReleaseAsset = { id: context.state.nextId(), name, state: 'uploaded', content: context.request.body };
  release.assets.push(asset);
  return json(201, assetView(context, release, asset));
}

export function listAssets(context: RestContext, [id]: readonly string[]): Answer {
  const release = find(context, id);
  if (!release) return notFound;
  return page(
    context,
    release.assets.map((asset) => assetView(context, release, asset)),
  );
}

/** With `accept: application/octet-stream` its content; GitHub may answer with a redirection instead. */
export function getAsset(context: RestContext, [id]: readonly string[]): Answer {
  const [release, asset] = findAsset(context, id);
  if (!release || !asset) return notFound;
  if (!/application\/octet-stream/.test(context.request.headers.accept ?? '')) {
    return ok(assetView(context, release, asset));
  }
  return { status: 200, headers: { 'content-type': 'application/octet-stream' }, body: asset.content };
}

export function deleteAsset(context: RestContext, [id]: readonly string[]): Answer {
  const [release, asset] = findAsset(context, id);
  if (!release || !asset) return notFound;
  if (release.immutable) return json(422, { message: 'Cannot delete asset from an immutable release', status: '422' });
  release.assets.splice(release.assets.indexOf(asset), 1);
  return { status: 204, body: '' };
}

function findAsset(context: RestContext, id: string | undefined): [Release | undefined, ReleaseAsset | undefined] {
  const release = visible(context).find(({ assets }) => assets.some((one) => one.id === Number(id)));
  return [release, release?.assets.find((one) => one.id === Number(id))];
}

/** Every ref that begins so: for a tag that does not exist, an empty list. */
export function listMatchingRefs({ state, repository }: RestContext, [prefix = '']: readonly string[]): Answer {
  const refs = [...state.tags].flatMap(([name, sha]) => {
    const [owner, tag = ''] = name.split(' ');
    const found = owner === repository && `tags/${tag}`.startsWith(prefix);
    return found ? [{ ref: `refs/tags/${tag}`, object: { type: 'commit', sha } }] : [];
  });
  return ok(refs);
}

function view(context: RestContext, release: Release): object {
  const { baseUrl, repository } = context;
  const url = `${baseUrl}/repos/${repository}/releases/${release.id}`;
  return {
    ...{ id: release.id, url, assets_url: `${url}/assets` },
    // Files go to another host than that of the API.
    upload_url: `${baseUrl}/uploads/repos/${repository}/releases/${release.id}/assets{?name,label}`,
    html_url: `https://github.com/${repository}/releases/tag/${release.draft ? `untagged-${release.id}` : release.tag}`,
    ...{ tag_name: release.tag, target_commitish: release.target, name: release.name, body: release.body },
    ...{ draft: release.draft, prerelease: false, immutable: release.immutable },
    assets: release.assets.map((asset) => assetView(context, release, asset)),
  };
}

function assetView({ baseUrl, repository }: RestContext, release: Release, asset: ReleaseAsset): object {
  const { id, name, state, content } = asset;
  return {
    ...{ id, name, state, size: content.length, label: '', content_type: 'application/octet-stream' },
    url: `${baseUrl}/repos/${repository}/releases/assets/${id}`,
    browser_download_url: `https://github.com/${repository}/releases/download/${release.tag}/${name}`,
    digest: state === 'uploaded' ? `sha256:${createHash('sha256').update(content).digest('hex')}` : null,
  };
}
