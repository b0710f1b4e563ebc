/** Times and lengths as the document says them. */
import { formatDuration } from '../../../runtime/format.ts';

/** `2026-11-27 03:12`, in UTC, which the document names once. */
export function moment(iso: string): string {
  return iso.slice(0, 16).replace('T', ' ');
}

/** `41.0 s`, `3 h 05 min`, `2 days 7 h`. */
export function length(seconds: number): string {
  if (seconds < 48 * 3600) return formatDuration(seconds);
  const hours = Math.round(seconds / 3600);
  return `${Math.floor(hours / 24)} days ${hours % 24} h`;
}
