/** Appends to the job summary, within the limit beyond which GitHub shows nothing of it. */
import { appendFile, stat } from 'node:fs/promises';
import { summaryLimit } from '../../report/render/summary.ts';

/**
 * @param render makes the Markdown in at most so many bytes
 * @returns false when this process runs without a summary file (outside GitHub), or when nothing fits any more
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
  // The toolkit's own writer does no more than this, and keeps the first path it saw for good.
  await appendFile(path, separator + text);
  return true;
}
