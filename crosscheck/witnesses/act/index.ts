/** Workflow files by act, in its host mode, and by the lab's runner: results, outputs, summaries and annotations are the same. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { goTool } from '../../../scripts/lib/tools.ts';
import type { Points } from '../../points.ts';
import type { Witness } from '../../witness.ts';
import { byAct, byLab, makeRepository } from './runs.ts';

const definition = join(import.meta.dirname, 'install', 'act');
const workflows = ['steps.yml', 'expressions.yml', 'actions.yml', 'anonymize.yml'];

export const act: Witness = {
  name: 'act',
  compares:
    'what the steps of workflow files see and come to: contexts, expressions, outputs, environment, state, summaries, post steps, with the lab’s runner',
  known: [],
  async install() {
    goTool(definition, 'github.com/nektos/act');
    return `act ${/nektos\/act v(\S+)/.exec(readFileSync(join(definition, 'go.mod'), 'utf8'))?.[1]}`;
  },
  async run(points: Points) {
    const program = join(goTool(definition, 'github.com/nektos/act'), 'act');
    for (const workflow of workflows) {
      const folders = [makeRepository(), makeRepository()] as const;
      const ours = await byLab(folders[0], workflow);
      const theirs = await byAct(program, folders[1], workflow);
      for (const id of new Set([...ours.keys(), ...theirs.keys()])) {
        const [one, other] = [ours.get(id), theirs.get(id)];
        // act does not mention a job that is skipped.
        points.compare(`${workflow} ${id}: result`, one?.result, other?.result ?? 'skipped');
        const count = Math.max(one?.lines.length ?? 0, other?.lines.length ?? 0);
        for (let at = 0; at < count; at++)
          points.compare(`${workflow} ${id}: line ${at + 1}`, one?.lines[at], other?.lines[at]);
        points.compare(`${workflow} ${id}: summary`, packed(one?.summary), packed(other?.summary));
        points.compare(`${workflow} ${id}: annotations`, one?.annotations ?? [], other?.annotations ?? []);
      }
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** Each step's summary is a block of its own; how many blank lines are between them is nobody's matter. */
const packed = (text = ''): string =>
  text
    .trim()
    .replace(/\n{2,}/g, '\n')
    .replace(/\d+\.\d+(?= (s|MB|MiB))/g, 'N')
    .replace(/(?<=\/runs\/)\d+/g, 'N')
    .replace(/\d{4}-\d\d-\d\d|\d\d:\d\d:\d\d(\.\d+)?/g, 'T');
