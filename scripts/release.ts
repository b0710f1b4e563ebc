/**
 * `npm run release`: the parts of .github/workflows/release.yml that are code.
 * The workflow's variables say what is released: GITHUB_REPOSITORY, GITHUB_SHA and GITHUB_TOKEN.
 */
import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { GitHubError } from '../src/adapters/github/client.ts';
import { readCommandLine } from './lib/command-line.ts';
import { releaseAssets, sha256, templateName } from './release/assets.ts';
import { changes, differs, history } from './release/history.ts';
import { type NotesOptions, notes } from './release/notes.ts';
import { previousRelease } from './release/previous.ts';
import { type Publication, type Published, publish } from './release/publish.ts';
import { gitHubReleases, type Releases } from './release/releases.ts';
import { type Version, versionOf } from './release/version.ts';

const usage = `npm run release -- assets FOLDER     writes the files of the release to FOLDER
npm run release -- notes FOLDER      prints the notes of the release with the files in FOLDER
npm run release -- publish FOLDER    publishes the release with the files in FOLDER, or finishes one that was begun

GITHUB_REPOSITORY is OWNER/NAME, GITHUB_SHA the commit, GITHUB_TOKEN a token with contents: write. OPS_IMAGE is the ops image by its
digest, if there is one.
docs/releases.md says how releases are made.`;

const root = new URL('..', import.meta.url).pathname;

const { positionals } = readCommandLine(usage, { options: {}, allowPositionals: true });
const [command = '', folder = '', ...rest] = positionals;
const commands = { assets: writeAssets, notes: printNotes, publish: publishRelease };
if (!Object.hasOwn(commands, command) || folder === '' || rest.length > 0) {
  console.error(usage);
  process.exit(2);
}
await commands[command as keyof typeof commands](folder);

function required(name: string, pattern: RegExp): string {
  const value = process.env[name] ?? '';
  if (pattern.test(value)) return value;
  console.error(`release: ${name} is missing or not valid`);
  process.exit(2);
}

function released(): { repository: string; at: number; mine: Version; ancestors: Set<string> } {
  const repository = required('GITHUB_REPOSITORY', /^[\w.-]+\/[\w.-]+$/);
  const commits = history(root, required('GITHUB_SHA', /^[0-9a-f]{40}$/));
  const hashes = commits.map(({ hash }) => hash);
  const mine = { tag: versionOf(commits), hash: hashes.at(-1) ?? '' };
  return { repository, at: commits.at(-1)?.at ?? 0, mine, ancestors: new Set(hashes.slice(0, -1)) };
}

function writeAssets(target: string): void {
  const { at, mine } = released();
  mkdirSync(target, { recursive: true });
  for (const [name, content] of releaseAssets({ root, at, ...mine })) writeFileSync(join(target, name), content);
  if (process.env.GITHUB_OUTPUT) appendFileSync(process.env.GITHUB_OUTPUT, `version=${mine.tag}\n`);
  console.log(`${mine.tag}: ${readdirSync(target).sort().join(', ')}`);
}

function assetsIn(source: string): Map<string, Buffer> {
  return new Map(
    readdirSync(source)
      .sort()
      .map((name) => [name, readFileSync(join(source, name))]),
  );
}

/** @param releases undefined: none is known */
async function notesOf(assets: ReadonlyMap<string, Buffer>, releases: Releases | undefined): Promise<NotesOptions> {
  const { repository, mine, ancestors } = released();
  const template = assets.get(templateName);
  if (!template) throw new Error(`${templateName} is missing among the files of the release`);
  const previous = releases && previousRelease(mine.tag, await releases.list(), await releases.tags('v'), ancestors);
  return {
    ...{ repository, ...mine, templateHash: sha256(template), previous: previous?.tag },
    image: process.env.OPS_IMAGE || undefined,
    changes: previous ? changes(root, previous.hash, mine.hash) : [],
    stackChanged: previous !== undefined && differs(root, previous.hash, mine.hash, 'infra/holdfast.yml'),
  };
}

async function printNotes(source: string): Promise<void> {
  const { repository } = released();
  const token = process.env.GITHUB_TOKEN;
  console.log(notes(await notesOf(assetsIn(source), token ? gitHubReleases(repository, token) : undefined)));
}

async function publishRelease(source: string): Promise<void> {
  const { repository, mine } = released();
  const releases = gitHubReleases(repository, required('GITHUB_TOKEN', /./));
  const assets = assetsIn(source);
  const { url, now, warnings } = await patiently(async () => {
    const options = await notesOf(assets, releases);
    const publication: Publication = { ...mine, body: notes(options), assets, image: options.image };
    return publish(releases, publication);
  });
  const said = now ? `Published ${mine.tag}: ${url}` : `${mine.tag} was published before: ${url}`;
  for (const warning of warnings) console.log(`::warning::${warning}`);
  console.log(said);
  const summary = process.env.GITHUB_STEP_SUMMARY;
  if (summary) appendFileSync(summary, [said, ...warnings, ''].join('\n\n'));
}

/** Publishing goes by what there is, so all of it can be tried again. */
async function patiently(act: () => Promise<Published>): Promise<Published> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof GitHubError) || !error.temporary || attempt === 4) throw error;
      console.log(`${error.message}; trying again`);
      await sleep(attempt * Number(process.env.HOLDFAST_RELEASE_PAUSE_MS ?? 10_000));
    }
  }
}
