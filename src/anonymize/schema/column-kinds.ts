/** What a column can hold. */
import type { Column } from './table.ts';

/** Other columns cannot hold an address. */
export function holdsText({ type }: Column): boolean {
  return type.base === 'text' || type.base === 'other' || type.base === 'json' || type.base === 'bytes';
}
