/** Presigned URLs of parts, with which a host without credentials uploads them. */
import { UploadPartCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { HostPart, SignedParts } from '../../ports/objects.ts';
import type { AwsSession } from './session.ts';

/** Seconds for which a URL is valid. */
const validSeconds = 3600;

/** The URLs of all parts differ only in part number and signature. */
export async function presignParts(
  { s3 }: AwsSession,
  upload: { readonly bucket: string; readonly key: string; readonly uploadId: string },
  parts: readonly HostPart[],
): Promise<SignedParts> {
  const signingDate = new Date();
  const common = { Bucket: upload.bucket, Key: upload.key, UploadId: upload.uploadId };
  const urls = await Promise.all(
    parts.map(({ number, sha256 }) => {
      const ChecksumSHA256 = Buffer.from(sha256, 'hex').toString('base64');
      return getSignedUrl(s3, new UploadPartCommand({ ...common, PartNumber: number, ChecksumSHA256 }), {
        expiresIn: validSeconds,
        signingDate,
        // As a signed header, the checksum must be sent and is compared; in the URL, S3 would ignore it.
        unhoistableHeaders: new Set(['x-amz-checksum-sha256']),
      });
    }),
  );
  const signatures = urls.map((text) => new URL(text).searchParams.get('X-Amz-Signature') ?? '');
  const [first = ''] = urls;
  const url = new URL(first);
  url.searchParams.delete('X-Amz-Signature');
  url.searchParams.delete('partNumber');
  return { url: url.href, signatures };
}
