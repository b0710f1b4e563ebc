/** The pages that tell how to restore by hand: their commands, and the ways through them from nothing to the first query. */
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/lib/actions.ts';
import { type Block, documentedBlocks } from './support-commands.ts';

/** Every page of which each command must run on a bare host. */
export const restorePages: readonly string[] = globSync('docs/restore-*.md', { cwd: root }).sort();

export interface PageBlock extends Block {
  /** The heading that it stands below. */
  readonly heading: string;
}

/**
 * The blocks of docs/restore.md, whose commands are Holdfast's own or need what a bare host has not: by heading, one entry for each block, the
 * test that runs such commands, or why none does. documented-commands.long.test.ts compares the options of all of them.
 */
export const restoreWithHoldfast: Readonly<Record<string, readonly string[]>> = {
  'A database from a dump': [
    'test/contract/restore.test.ts',
    'no test: it goes back to a database that was set aside, and is PostgreSQL alone',
  ],
  'MySQL and MariaDB': ['test/contract/restore-mysql.test.ts'],
  MongoDB: ['test/contract/restore-mongodb.test.ts'],
  'Pins and labels': ['test/contract/pins.test.ts'],
  'Into a container': ['no test: the images of others, which the lab cannot fetch'],
};

/** The blocks of commands of the restore pages. One that is no command names its language. */
export function restoreBlocks(pages: readonly string[] = restorePages): PageBlock[] {
  return documentedBlocks()
    .filter(({ page, language }) => pages.includes(page) && language === '')
    .map((block) => ({ ...block, heading: headingAbove(block) }));
}

function headingAbove({ page, line }: Block): string {
  const above = readFileSync(join(root, page), 'utf8')
    .split('\n')
    .slice(0, line - 1);
  return above.findLast((one) => /^#+ /.test(one))?.replace(/^#+ /, '') ?? '';
}

/** The block below the headings, in their order; a heading with several blocks gives all of them. @throws Error for one without */
export function blocksBelow(page: string, ...headings: readonly string[]): PageBlock[] {
  return headings.flatMap((heading) => {
    const found = restoreBlocks().filter((one) => one.page === page && one.heading === heading);
    if (found.length === 0) throw new Error(`${page} has no commands below "${heading}"`);
    return found;
  });
}

/** The commands of a text, each as a reader enters it: up to the line with which Bash has a whole one. @throws Error for text that never ends */
export function commandsIn(text: string): string[] {
  const commands: string[] = [];
  let entered = '';
  for (const line of text.trimEnd().split('\n')) {
    entered += `${line}\n`;
    if (!isWhole(entered)) continue;
    commands.push(...partsOf(entered));
    entered = '';
  }
  if (entered !== '') throw new Error(`no command ends here: ${entered}`);
  return commands;
}

const isWhole = (text: string): boolean =>
  !/(^|[^\\])\\\n$/.test(text) && spawnSync('bash', ['--norc', '-n', '-c', text]).status === 0;

/**
 * Commands behind `;`, `&&` and `||` are commands of their own. A loop is one: it is entered once, and repeats what is in it.
 * What is in quotes, parentheses and substitutions belongs to the command around it.
 */
function partsOf(text: string): string[] {
  if (/^(until|while|for) [\s\S]*; done\n$/.test(text)) return [text];
  let bare = text.replaceAll(/'[^']*'/g, (quoted) => 'q'.repeat(quoted.length));
  for (let before = ''; before !== bare; ) {
    before = bare;
    bare = bare.replaceAll(/\$?\([^()]*\)|"[^"()]*"/g, (inner) => 'q'.repeat(inner.length));
  }
  const ends = [...bare.matchAll(/;|&&|\|\|/g)].map(
    ({ index, 0: separator }) => [index, index + separator.length] as const,
  );
  const starts = [0, ...ends.map(([, after]) => after)];
  return starts.map((start, at) => text.slice(start, ends[at]?.[0])).filter((part) => part.trim() !== '');
}
