/** A bare host on which the restore pages are followed, and how a reader follows one. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from '@jest/globals';
import { mongoPrograms } from '../../lab/hosts/mongodb/programs.ts';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import type { DumpReceipt } from '../../src/domain/dump.ts';
import { fetchCommand } from '../../src/report/render/restore-text.ts';
import { type Bare, expectTyped, follow, startBare } from './support-bare.ts';
import { blocksBelow, commandsIn, type PageBlock, restoreBlocks, waysThrough } from './support-restore-pages.ts';

/** Commands from nothing to the first query, that among them. */
export const most = 5;
export const minutes = 60_000;
export const install = '1. Install the tools';

/** The bare host of all pages. */
export let it: Bare;
/** For servers and the actions. */
export let folder: string;
export let mongo: string;

/** Blocks that have run, by page and line. */
const ran = new Set<string>();
const nameOf = ({ page, line }: PageBlock): string => `${page}:${line}`;

/** To be awaited where the suite begins. */
export async function startPages(): Promise<void> {
  ensurePrerequisites();
  mongo = await mongoPrograms();
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-pages-'));
    chmodSync(folder, 0o755);
    it = await startBare(['mongorestore', 'mongoexport'].map((name) => join(mongo, name)));
  }, 10 * minutes);
  afterAll(async () => {
    await it?.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 2 * minutes);
}

/** Blocks of the pages that have not run. */
export function notRun(): string[] {
  return restoreBlocks()
    .map(nameOf)
    .filter((name) => !ran.has(name));
}

/** As a reader reads it: with the names of the account in place of those of the page. */
export function read(blocks: readonly PageBlock[], placeholders: Readonly<Record<string, string>>): string {
  const { receiptBucket, dumpBucket } = it.account.aws;
  const all = Object.entries({ ...placeholders, 'RECEIPT-BUCKET': receiptBucket, 'DUMP-BUCKET': dumpBucket });
  for (const block of blocks) ran.add(nameOf(block));
  return blocks.map(({ text }) => all.reduce((result, [name, value]) => result.replaceAll(name, value), text)).join('');
}

/**
 * Follows a way, one of those that test/unit/docs/restore-ways.test.ts counts. @param check how the page has the reader check what was fetched:
 * it must find the file as it is, and not find it when it was changed @returns the answer to the first query
 */
export async function way(
  blocks: readonly PageBlock[],
  placeholders: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>>,
  check: readonly PageBlock[] = [],
): Promise<string> {
  expect(waysThrough(restoreBlocks([blocks[0]?.page ?? '']))).toContainEqual(blocks);
  const text = read(blocks, placeholders);
  expect(commandsIn(text).length).toBeLessThanOrEqual(most);
  return await follow(it.host, text, environment, read(check, placeholders));
}

/** What a page has the reader install is taken off again: the next page must name what it needs. */
export const takeOff = async (page: string): Promise<void> => {
  const [, packages = ''] = /apt-get install --yes (.*)/.exec(blocksBelow(page, install)[0]?.text ?? '') ?? [];
  await expectTyped(it.host, `apt-get -qq purge --yes ${packages.replace('awscli ', '')} >&2`, {
    DEBIAN_FRONTEND: 'noninteractive',
  });
};

/** The commands that show what there is. */
export async function whatThereIs(page: string, placeholders: Readonly<Record<string, string>>): Promise<string> {
  const shown = read(blocksBelow(page, install, 'What there is'), placeholders);
  return await expectTyped(it.host, `cd "$(mktemp -d)"\n${shown}`, it.person('dumps'));
}

/** The words of a command that fetches a file, as the reader's shell understands it, but for the name that the file gets. */
async function understood(text: string): Promise<string[]> {
  // The receipts are there; the file is not fetched.
  const stubs = `aws() { [ "$1" = s3 ] || printf '%s\\n' "$1" "$2" "\${@:4}"; }
    tee() { cat; printf '%s\\n' tee "$#" >&2; }
    tar() { cat >&2; printf '%s\\n' tar "\${@/--one-top-level=*/--one-top-level}" >&2; }`;
  const { stdout, stderr } = await it.host.type(`cd /tmp/receipts\n${stubs}\n${text}`);
  return `${stdout}${stderr}`.trim().split('\n').sort();
}

/** What the summary of the newest proven dump prints is what the page says: as many words, and the same ones. */
export async function expectPrinted(
  page: string,
  headings: readonly string[],
  placeholders: Readonly<Record<string, string>>,
): Promise<void> {
  const [installed, own] = [blocksBelow(page, install), blocksBelow(page, ...headings)].map((blocks) =>
    blocks.map((one) => read([one], placeholders)),
  ) as [string[], string[]];
  const [fetched = ''] = blocksBelow(page, 'What there is').map((one) => read([one], placeholders));
  const newest = `jq -s 'map(select(.verdict == "good")) | max_by(.takenAt)' receipts/dump-*.json`;
  const text = `rm -rf /tmp/receipts && mkdir /tmp/receipts && cd /tmp/receipts\n{ ${installed.join('')}${fetched} } >&2\n${newest}`;
  const { files } = JSON.parse(await expectTyped(it.host, text, it.person('dumps'))) as DumpReceipt;
  const printed = await Promise.all(files.map((file) => understood(fetchCommand(file))));
  for (const block of own) {
    const words = await understood(commandsIn(block)[0] ?? '');
    expect(words.length).toBeGreaterThan(6);
    expect(printed).toContainEqual(words);
  }
}
