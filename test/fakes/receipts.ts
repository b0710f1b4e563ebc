/** Receipts in memory, with S3's conditions (test/contract/ports/receipts.ts holds for it and for the adapter). */
import { createHash } from 'node:crypto';
import type { Receipt } from '../../src/domain/receipt.ts';
import type { Receipts } from '../../src/ports/receipts.ts';
import { AwsError } from '../../src/runtime/errors.ts';

export class FakeReceipts implements Receipts {
  readonly objects = new Map<string, string>();

  async read(key: string): Promise<{ receipt: Receipt; etag: string } | undefined> {
    const text = this.objects.get(key);
    return text === undefined ? undefined : { receipt: JSON.parse(text) as Receipt, etag: etagOf(text) };
  }

  async write(key: string, receipt: Receipt, etag?: string): Promise<{ etag: string; location: string }> {
    const text = JSON.stringify(receipt);
    const now = this.objects.get(key);
    if (etag !== undefined && now === undefined) throw refused(key, 'NoSuchKey', 'not-found');
    // What is there already is a write whose answer was lost.
    if (etag !== undefined && now !== undefined && now !== text && etagOf(now) !== etag)
      throw refused(key, 'PreconditionFailed', 'other');
    this.objects.set(key, text);
    return { etag: etagOf(text), location: `s3://receipts/${key}` };
  }
}

function etagOf(text: string): string {
  return `"${createHash('md5').update(text).digest('hex')}"`;
}

function refused(key: string, code: string, kind: AwsError['kind']): AwsError {
  return new AwsError({
    what: `${key}: ${code}`,
    operation: 'PutObject',
    resource: key,
    requestId: 'r',
    code,
    kind,
    outcome: 'not-done',
  });
}
