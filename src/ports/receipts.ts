/** Receipts, in S3. */
import type { Receipt } from '../domain/receipt.ts';

export interface Receipts {
  read(key: string): Promise<{ receipt: Receipt; etag: string } | undefined>;
  /** Writes the whole receipt; with `etag`, only over exactly that version. */
  write(key: string, receipt: Receipt, etag?: string): Promise<{ etag: string; location: string }>;
}
