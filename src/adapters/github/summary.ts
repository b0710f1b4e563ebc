/** Appends to the job summary, within the limit above which GitHub shows nothing. */
import { appendFile, stat } from 'node:fs/promises';
import { summaryLimit } from '../../report/render/summary.ts';

/**
 * @param render renders the Markdown in at most that many bytes
 * @returns false when this process runs without a summary file (outside GitHub), or when nothing more fits
 */
export async function writeSummary(render: (limit: number) => string): Promise<boolean> {
  const path = process.env.GITHUB_STEP_SUMMARY;
  if (!path) return false;
  const present = await stat(path).then(
    (file) => file.size,
    () => 0,
  );
  const separator = present > 0 ? '\n' : '';
  const text = render(summaryLimit - present - separator.length);
  if (text === '') return false;
  // The toolkit's own writer does the same, but never looks at the path again.
  await appendFile(path, separator + text);
  return true;
}
