/** Workflow files by act, in its host mode, and by the lab's runner: results, outputs, summaries and annotations are the same. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { goTool } from '../../../scripts/lib/tools.ts';
import { partOf } from '../../lib/part.ts';
import type { Points } from '../../points.ts';
import type { Witness } from '../../witness.ts';
import { nothing, type Surroundings, startShop, withAws } from './aws.ts';
import { comesTo } from './expected.ts';
import { known } from './known.ts';
import { byAct, byLab, type Jobs, makeRepository, type Seen } from './runs.ts';

const definition = join(import.meta.dirname, 'install', 'act');
const workflows = [
  ...['steps.yml', 'expressions.yml', 'actions.yml', 'anonymize.yml', 'values.yml', 'outputs.yml', 'matrix.yml'],
  ...['conditions.yml', 'shells.yml', 'calls.yml', 'unset.yml'],
];
/** Those that back something up. */
const withLab = ['database.yml', 'rotation.yml', 'snapshot.yml', 'callers.yml'];

export const act: Witness = {
  name: 'act',
  compares:
    'what the steps of workflow files see and come to: contexts, expressions, conditions, matrices, shells, outputs, environment, state, masks, summaries, post steps, called workflows, with the lab’s runner; also of anonymize, db-dump to S3, a plan of ebs-rotate, ib-snapshot that is refused, and the workflow files for PostgreSQL and for the rotation that customers call',
  known,
  async install() {
    await goTool(definition, 'github.com/nektos/act');
    return `act ${/nektos\/act v(\S+)/.exec(readFileSync(join(definition, 'go.mod'), 'utf8'))?.[1]}`;
  },
  async run(points: Points) {
    const program = join(await goTool(definition, 'github.com/nektos/act'), 'act');
    const asked = partOf(points);
    for (const workflow of workflows.filter(asked)) await both(points, program, workflow, (work) => work(nothing));
    if (!withLab.some(asked)) return;
    const shop = await startShop();
    try {
      for (const workflow of withLab.filter(asked))
        await both(points, program, workflow, (work) => withAws(shop.url, work));
    } finally {
      await shop.stop();
    }
  },
};

/**
 * @param within gives each of the two runs surroundings of its own; those that share a server of PostgreSQL come one after the other, since
 * a dump of the whole server would find what the other restores
 */
async function both(
  points: Points,
  program: string,
  workflow: string,
  within: (work: (around: Surroundings) => Promise<Jobs>) => Promise<Jobs>,
): Promise<void> {
  const folders = [makeRepository('lab'), makeRepository('act')] as const;
  try {
    const runs = [
      () => within((around) => byLab(folders[0], workflow, around)),
      () => within((around) => byAct(program, folders[1], workflow, around)),
    ] as const;
    const shared = withLab.includes(workflow);
    const [ours, theirs] = shared ? [await runs[0](), await runs[1]()] : await Promise.all([runs[0](), runs[1]()]);
    for (const id of new Set([...ours.keys(), ...theirs.keys()]))
      compareJob(points, `${workflow} ${id}`, ours.get(id), theirs.get(id));
  } finally {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  }
}

function compareJob(points: Points, job: string, one: Seen | undefined, other: Seen | undefined): void {
  // act does not mention a job that is skipped.
  points.compare(`${job}: result`, one?.result, other?.result ?? 'skipped');
  const count = Math.max(one?.lines.length ?? 0, other?.lines.length ?? 0);
  for (let at = 0; at < count; at++)
    points.compare(`${job}: line ${at + 1}`, timeless(one?.lines[at]), timeless(other?.lines[at]));
  points.compare(`${job}: summary`, packed(one?.summary), packed(other?.summary));
  const expected = comesTo.get(job);
  // Both may fail alike.
  if (expected !== undefined)
    points.compare(
      `${job}: comes to ${expected.source}`,
      expected.test(`${one?.result}: ${one?.lines.join(' | ')}`),
      true,
    );
  points.compare(`${job}: annotations`, one?.annotations.map(timeless) ?? [], other?.annotations.map(timeless) ?? []);
}

/** Each step's summary is a block of its own; how many blank lines are between them is nobody's matter. */
const packed = (text = ''): string => timeless(text.trim().replace(/\n{2,}/g, '\n'));

/** Without times and ids that each run makes up. pg_dump's files begin with a random word, so that their size and hash differ, too. */
const timeless = (text = ''): string =>
  text
    .replace(/\d{8}T\d{6}Z-\d+/g, 'T-N')
    // On a busy computer one of the two may take more than a minute.
    .replace(/\b([\d,]+ h )?\d+ min( \d\d s)?\b/g, 'N s')
    .replace(/\d+(\.\d+)?(?= (s|bytes|KiB|MB|MiB)\b)/g, 'N')
    .replace(/(?<=\/runs\/)\d+/g, 'N')
    .replace(/\d{4}-\d\d-\d\d|\d\d:\d\d:\d\d(\.\d+)?/g, 'T')
    // Each runner's repository has a commit of its own.
    .replace(/(?<=\| Commit \| )[\da-f]{40}\b/g, 'S')
    // Where the action comes from: act knows only the workspace.
    .replace(/(?<=\/blob\/)([\da-f]{40}|HEAD)/g, 'S')
    // Two repositories, of which each has the syntax of its runner.
    .replace(/(?<=\| Commit \| )[\da-f]{40}/g, 'S')
    .replace(/(?<=versionId=)[\w.-]+/g, 'V')
    .replace(/(?<=request )[\da-f-]{36}/g, 'R')
    .replace(/(?<=`)[\da-f]{12}(?=`)/g, 'H');
