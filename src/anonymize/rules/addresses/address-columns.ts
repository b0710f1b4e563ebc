/** Columns that may hold addresses which a CHECK sees as they are. */
import type { Column } from '../../schema/table.ts';

export function holdsAddresses({ type, generated }: Column): boolean {
  return (
    !generated &&
    (type.base === 'text' ||
      (type.base === 'other' &&
        type.composite === undefined &&
        type.enumeration === undefined &&
        isText(type.underlying))) &&
    !type.binary
  );
}

/** Types of extensions and ranges hold no addresses that text functions see. */
function isText(written: string): boolean {
  return /email|citext|text/i.test(written);
}
