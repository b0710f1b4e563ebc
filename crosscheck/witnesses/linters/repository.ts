/**
 * A folder like the repository, in which actionlint finds what a workflow calls: it compares inputs, secrets and outputs with those of the
 * action or workflow, but only where it has the file. It does not know `$/` yet, the repository at the workflow's own commit, and asks no
 * network about what pages name by OWNER: both become `./`.
 */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from '../../../scripts/lib/actions.ts';
import { actionFiles, type Linted, workflowFiles } from './files.ts';

/** A line stays at its place, so that a finding is about the same line of the file itself. */
export const asLocal = (text: string): string =>
  text.replaceAll(
    /(?<=^[ -]*uses: )(?:\$\/|OWNER\/holdfast\/)((?:actions|\.github\/workflows)\/[\w./-]+)(@\S+)?/gm,
    './$1',
  );

/** Calls `work` with a function that writes a workflow there and gives its path. */
export function inRepository(work: (pathOf: (workflow: Linted) => string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-actionlint-'));
  const write = (name: string, text: string): string => {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, asLocal(text));
    return path;
  };
  try {
    // By this actionlint knows the root.
    mkdirSync(join(folder, '.git'));
    // Actions name their bundles.
    symlinkSync(join(root, 'dist'), join(folder, 'dist'));
    for (const { name, text } of [...workflowFiles(), ...actionFiles()]) write(name, text);
    let block = 0;
    work(({ name, text }) =>
      write(name.endsWith('.yml') ? name : `.github/workflows/holdfast-block-${++block}.yml`, text),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}
