/** Publishing against the lab's GitHub: once, again, after a crash at every call, and with two at a time. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type GitHubLab, startGitHub } from '../../lab/services/github/server.ts';
import type { FaultEffect, Faults } from '../../lab/services/http/faults.ts';
import { faultRules } from '../../lab/services/http/faults.ts';
import { type Publication, publish } from '../../scripts/release/publish.ts';
import { digestOf, gitHubReleases, type Releases } from '../../scripts/release/releases.ts';
import { identity, memoryLog, repository } from './lab/support-github.ts';

const name = `${repository.owner}/${repository.name}`;
const hash = 'a'.repeat(40);
const publication: Publication = {
  tag: 'v2026.1126.2',
  hash,
  body: 'notes',
  assets: new Map([
    ['holdfast.yml', Buffer.from('template')],
    ['SHA256SUMS', Buffer.from('sums')],
  ]),
};

let github: GitHubLab;
let faults: Faults;
const log = memoryLog();
const before = process.env.GITHUB_API_URL;

beforeEach(async () => {
  faults = faultRules();
  log.records.length = 0;
  github = await startGitHub({ log, faults, repository });
  process.env.GITHUB_API_URL = github.apiUrl;
});
afterEach(async () => {
  if (before === undefined) delete process.env.GITHUB_API_URL;
  else process.env.GITHUB_API_URL = before;
  await github.stop();
});

function client(): Releases {
  return gitHubReleases(name, github.state.issueTokens(identity({ contents: 'write' })).token);
}

/** What the repository has in the end, whatever happened: one release of the commit, whole, and nothing else. */
function expectPublished(): void {
  const { releases, tags } = github.state;
  expect(releases).toMatchObject([
    { tag: publication.tag, target: hash, draft: false, immutable: true, body: 'notes' },
  ]);
  const files = releases[0]?.assets.map((asset) => [asset.name, asset.state, digestOf(asset.content)]).sort();
  expect(files).toEqual([...publication.assets].map(([file, content]) => [file, 'uploaded', digestOf(content)]).sort());
  expect(tags.get(`${name} ${publication.tag}`)).toBe(hash);
}

test('a release is drafted, gets its files, and is published last', async () => {
  expect(await publish(client(), publication)).toMatchObject({ now: true, warnings: [] });
  expectPublished();
  const writes = log.records.map(({ operation }) => operation).filter((one) => !/^(List|Get)/.test(one));
  expect(writes).toEqual(['CreateRelease', 'UploadReleaseAsset', 'UploadReleaseAsset', 'UpdateRelease']);
});

test('a second run of the same commit changes nothing', async () => {
  await publish(client(), publication);
  log.records.length = 0;
  expect(await publish(client(), publication)).toMatchObject({ now: false, warnings: [] });
  expect(log.records.filter(({ operation }) => !operation.startsWith('List'))).toEqual([]);
  expectPublished();
});

const broken: FaultEffect[] = [
  { kind: 'lose-answer' },
  { kind: 'cut-body' },
  { kind: 'refuse', status: 502, code: 'x', message: 'Bad gateway' },
];
const calls = ['ListReleases', 'ListMatchingRefs', 'CreateRelease', 'UploadReleaseAsset', 'UpdateRelease'];
const points = calls.flatMap((operation) =>
  broken.flatMap((effect) => [1, 2].map((from) => ({ operation, effect, from }))),
);

test.each(points)(
  '$operation ($from) fails by $effect.kind: the next run finishes it',
  async ({ operation, effect, from }) => {
    faults.add({ name: 'crash', endpoint: 'github', operation, from, effect });
    const failed = await publish(client(), publication).then(
      () => undefined,
      (error: unknown) => error,
    );
    const hit = log.records.some(({ fault }) => fault === 'crash');
    // Some calls are made once only.
    expect(failed === undefined).toBe(!hit);
    if (hit) expect(failed).toMatchObject({ name: 'GitHubError', temporary: true });
    await publish(client(), publication);
    expectPublished();
  },
);

test('what a broken upload left is removed, and a file with other content replaced', async () => {
  const draft = await client().create(publication);
  const state = github.state.releases[0];
  state?.assets.push({ id: 1, name: 'holdfast.yml', state: 'starter', content: Buffer.alloc(0) });
  await client().upload(draft, 'SHA256SUMS', Buffer.from('of another build'));
  await client().upload(draft, 'stray', Buffer.from('x'));
  await publish(client(), publication);
  expectPublished();
});

test('drafts of the same version, of this and of another commit, are gone in the end', async () => {
  await client().create({ ...publication, hash: 'b'.repeat(40) });
  await client().create(publication);
  await client().create(publication);
  await publish(client(), publication);
  expectPublished();
});

test('two releases at a time do not disturb each other, and the newer one is the latest', async () => {
  const newer = { ...publication, tag: 'v2026.1126.3', hash: 'c'.repeat(40) };
  await publish(client(), newer);
  await publish(client(), publication);
  expect(github.state.releases.map(({ tag, latest }) => [tag, latest])).toEqual([
    ['v2026.1126.3', true],
    ['v2026.1126.2', false],
  ]);
});

describe('nothing is published', () => {
  test('under a tag of another commit', async () => {
    github.state.tags.set(`${name} ${publication.tag}`, 'd'.repeat(40));
    await expect(publish(client(), publication)).rejects.toThrow(
      /tag v2026\.1126\.2 is that of commit d{40}, not of a{40}/,
    );
    expect(github.state.releases).toEqual([]);
  });

  test('and nothing is hidden when a published release has other files', async () => {
    await publish(client(), publication);
    const assets = new Map([...publication.assets, ['holdfast.yml', Buffer.from('other')]]);
    await expect(publish(client(), { ...publication, assets })).rejects.toThrow(/others of their names: holdfast\.yml/);
  });
});

test('a repository whose releases can be changed is named', async () => {
  github.state.immutableReleases = false;
  const { warnings } = await publish(client(), publication);
  expect(warnings).toEqual([expect.stringContaining('Enable release immutability')]);
});

describe('a commit whose workflow files are those of no branch any more', () => {
  test('gets its tag first, and then its release, whatever is lost on the way', async () => {
    github.state.outdatedWorkflows.set(hash, 'no release');
    await publish(client(), publication);
    expectPublished();
    const writes = log.records.map(({ operation }) => operation).filter((one) => !/^(List|Get)/.test(one));
    expect(writes.slice(0, 3)).toEqual(['CreateRelease', 'CreateRef', 'CreateRelease']);
  });

  test.each(broken)('the tag fails by $kind: the next run finishes it', async (effect) => {
    github.state.outdatedWorkflows.set(hash, 'no release');
    faults.add({ name: 'crash', endpoint: 'github', operation: 'CreateRef', effect });
    await expect(publish(client(), publication)).rejects.toMatchObject({ name: 'GitHubError', temporary: true });
    await publish(client(), publication);
    expectPublished();
  });

  test('has its draft from before: the tag comes before the publication', async () => {
    await client().create(publication);
    github.state.outdatedWorkflows.set(hash, 'no release');
    await publish(client(), publication);
    expectPublished();
  });

  test('is told how to get it where no job may make the tag, and has it then', async () => {
    github.state.outdatedWorkflows.set(hash, 'no release, no tag');
    const line = `git push origin ${hash}:refs/tags/${publication.tag}`;
    await expect(publish(client(), publication)).rejects.toThrow(
      new RegExp(`403[\\s\\S]*main has other workflow files by now[\\s\\S]*${line}`),
    );
    expect(github.state.releases).toEqual([]);
    github.state.tags.set(`${name} ${publication.tag}`, hash);
    await publish(client(), publication);
    expectPublished();
  });
});

test('a run after the ops image was mended names it in the notes; another image, and none, change nothing', async () => {
  await publish(client(), publication);
  const image = 'ghcr.io/acme/backups/ops@sha256:01';
  const withImage = { ...publication, image, body: `notes ${image}` };
  await publish(client(), withImage);
  expect(github.state.releases).toMatchObject([{ body: `notes ${image}`, immutable: true }]);
  log.records.length = 0;
  await publish(client(), withImage);
  await publish(client(), { ...withImage, image: `${image}23`, body: 'other' });
  await publish(client(), publication);
  expect(log.records.filter(({ operation }) => !operation.startsWith('List'))).toEqual([]);
});
