/** What evidence made, in words. */
import type { Report } from '../report.ts';

export function evidenceHeadline({ outcome, notes = [] }: Report): string {
  if (outcome === 'failed') return 'The evidence of backups could not be made';
  return outcome === 'dry-run' ? `Evidence would be made: ${notes[0] ?? ''}` : `Evidence of backups: ${notes[0] ?? ''}`;
}
