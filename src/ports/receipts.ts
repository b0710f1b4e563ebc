/** Where receipts are kept. */
import type { Receipt } from '../domain/receipt.ts';

/** Where receipts are kept. */
export interface Receipts {
  read(key: string): Promise<{ receipt: Receipt; etag: string } | undefined>;
  /** Writes the whole receipt; with `etag`, only over exactly that version. */
  write(key: string, receipt: Receipt, etag?: string): Promise<{ etag: string; location: string }>;
}
