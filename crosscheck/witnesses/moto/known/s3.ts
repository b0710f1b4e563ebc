/** Where moto 5.2.5 and the lab differ: S3. */
import type { KnownDifference } from '../../../points.ts';

export const ofS3: readonly KnownDifference[] = [
  {
    point: /^(objects|uploads|copies|locks): .*: ServerSideEncryption$/,
    right: 'Holdfast',
    why: 'moto does not say that S3 encrypts every object.',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingServerSideEncryption.html',
  },
  {
    point: 'objects: encryption',
    right: 'Holdfast',
    why: 'moto has no default encryption.',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingServerSideEncryption.html',
  },
  {
    point: 'objects: set the lifecycle: TransitionDefaultMinimumObjectSize',
    right: 'Holdfast',
    why: 'moto does not answer with the size below which nothing changes its class.',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLifecycleConfiguration.html',
  },
  {
    point: 'objects: put with a wrong checksum',
    right: 'Holdfast',
    why: 'moto compares no checksum.',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html',
  },
  {
    point: /^uploads: a presigned part with other bytes: (status|etag|code)$/,
    right: 'Holdfast',
    why: 'moto compares no checksum.',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html',
  },
  {
    point: /^(objects|uploads|copies|locks): .*ChecksumType$/,
    right: 'Holdfast',
    why: 'moto does not tell of what a checksum is.',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html',
  },
  {
    point:
      /^(objects|uploads|locks): .*(ChecksumAlgorithm(\.length|\[0\])?|Owner\.(ID|DisplayName)|Initiator\.(ID|DisplayName)|Parts\[\d\]\.LastModified)$/,
    right: 'the witness',
    why: 'The lab leaves out owners, algorithms of checksums and times of parts; nothing here reads them.',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html',
  },
  {
    point: 'objects: delete the version null: VersionId',
    right: 'both',
    why: 'moto does not repeat the version null of a bucket without versions; no page says which.',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html',
  },
  {
    point: /^uploads: list the parts.*: Parts\[\d\]\.ChecksumCRC32$/,
    right: 'Holdfast',
    why: 'moto lists parts without their checksums.',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html',
  },
  {
    point: /^(uploads|copies): (complete.*|head with its checksum): Checksum(CRC32|SHA256)$/,
    right: 'Holdfast',
    why: 'moto gives an object of parts no checksum of its parts.',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html',
  },
  {
    point: 'copies: copy where something is',
    right: 'Holdfast',
    why: 'moto takes the condition of a copy, and copies over what is there; S3 refuses with 412.',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html',
  },
  {
    point: /^copies: part \d: (CopyPartResult\.ChecksumCRC32|CopySourceVersionId)$/,
    right: 'Holdfast',
    why: 'moto tells neither the checksum of a copied part nor the version that it was copied from.',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html',
  },
  {
    point: 'copies: a part that is not in the source',
    right: 'Holdfast',
    why: 'moto copies what there is of a range that ends behind the source; a real server refuses it, as the lab does (`s3-server`).',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html',
  },
  {
    point: /^uploads: list the parts(, second page)?: NextPartNumberMarker$/,
    right: 'Holdfast',
    why: 'moto names the last part of a list that has no next page.',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html',
  },
  {
    point: /^uploads: (no )?unfinished uploads.*: (Prefix|MaxUploads|KeyMarker|UploadIdMarker)$/,
    right: 'Holdfast',
    why: 'moto repeats nothing of a request to list uploads.',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html',
  },
  {
    point: /^uploads: a part with number 0: (refused|status)$/,
    right: 'Holdfast',
    why: 'moto answers a part number below 1 with NoSuchUpload, though the upload exists.',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html',
  },
  {
    point: /^uploads: (a part of no upload|complete no upload|a part after the abort): (refused|status)$/,
    right: 'Holdfast',
    why: 'moto fails with its own error 500 at an upload that does not exist; S3 says NoSuchUpload, 404.',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html',
  },
  {
    point: /^uploads: unfinished uploads, (first|second) page: (Uploads|IsTruncated|NextKeyMarker|NextUploadIdMarker)/,
    right: 'Holdfast',
    why: 'moto lists uploads without pages.',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html',
  },
  {
    point: /^uploads: get a delete marker: (refused|status)$/,
    right: 'Holdfast',
    why: 'moto takes a delete marker for a version that does not exist; S3 answers 405.',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html',
  },
  {
    point: /^(uploads|locks): delete the delete marker: DeleteMarker$/,
    right: 'Holdfast',
    why: 'moto does not say that it deleted a delete marker.',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html',
  },
  {
    point: 'locks: configuration: ObjectLockConfiguration.Rule.DefaultRetention.Years',
    right: 'Holdfast',
    why: 'moto tells no years beside the days of a default retention; it has either days or years.',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_DefaultRetention.html',
  },
  {
    point: /^locks: lock it (shorter|in governance mode)$/,
    right: 'Holdfast',
    why: 'moto makes a lock in compliance mode shorter and weaker, which nobody can.',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html',
  },
  {
    point: 'locks: retention of what is locked longer',
    right: 'Holdfast',
    why: 'moto does not answer a question for the retention of an object; its headers tell it.',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectRetention.html',
  },
  {
    point: /^uploads: unfinished uploads: Uploads\[\d\]\.Initiated$/,
    right: 'Holdfast',
    why: 'moto says of every upload that it began in 2010.',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_MultipartUpload.html',
  },
  {
    point: /^locks: lock what is not there: (refused|status)$/,
    right: 'Holdfast',
    why: 'moto fails with its own error 500 at an object that does not exist; S3 says NoSuchKey, 404.',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html',
  },
];
