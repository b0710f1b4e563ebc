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
  /** The heading of the section, which has the others below it. */
  readonly section: string;
}

/** Sections of the pages whose commands come after the first query. */
export const afterTheQuery: readonly string[] = ['Before anyone relies on it', 'What there is'];

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
    .map((block) => ({ ...block, heading: headingAbove(block, /^#+ /), section: headingAbove(block, /^## /) }));
}

function headingAbove({ page, line }: Block, marks: RegExp): string {
  const above = readFileSync(join(root, page), 'utf8')
    .split('\n')
    .slice(0, line - 1);
  return above.findLast((one) => marks.test(one))?.replace(/^#+ /, '') ?? '';
}

/**
 * The ways through a page to the first query. A section with a number is a step, and what stands below each of its headings is a choice. A step
 * "Only …" is left out by some. @throws Error for commands of which nothing tells when they are entered
 */
export function waysThrough(blocks: readonly PageBlock[]): PageBlock[][] {
  const steps = Map.groupBy(blocks, ({ section }) => section);
  for (const name of afterTheQuery) steps.delete(name);
  return [...steps].reduce<PageBlock[][]>(
    (ways, [step, own]) => {
      const only = /^\d+\. (Only )?/.exec(step);
      if (only === null) throw new Error(`when are the commands below "${step}" entered?`);
      const choices = [...Map.groupBy(own, ({ heading }) => heading).values(), ...(only[1] ? [[]] : [])];
      return ways.flatMap((way) => choices.map((choice) => [...way, ...choice]));
    },
    [[]],
  );
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

/** What brings apt its list of packages: the apt of Debian 12 and of Ubuntu 24.04 cannot do it where it installs. The script ends with `apt-get update`. */
const listsFirst =
  /^(apt-get update|\/usr\/share\/postgresql-common\/pgdg\/apt\.postgresql\.org\.sh -y) && (?=apt-get install )/;

/**
 * Commands behind `;`, `&&` and `||` are commands of their own, but for an installation behind what brings its list. A loop that waits until one
 * command succeeds is one. What is in quotes, parentheses and substitutions belongs to the command around it.
 */
function partsOf(text: string): string[] {
  const [, awaited] = /^until ([\s\S]*?)(?:; |\n)do sleep \d+; done\n$/.exec(text) ?? [];
  if (awaited !== undefined && partsOf(awaited).length === 1) return [text];
  let bare = text.replace(listsFirst, (lists) => 'q'.repeat(lists.length));
  bare = bare.replaceAll(/'[^']*'/g, (quoted) => 'q'.repeat(quoted.length));
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
