/** Answers that S3's operations share. */
import type { Answer } from '../../http/answer.ts';
import type { ObjectVersion } from './store.ts';
import { xml } from './xml.ts';

export const noContent: Answer = { status: 204, headers: {}, body: '' };

/** An XML document. @param content its content as XML */
export function document(name: string, content: string): Answer {
  return {
    status: 200,
    headers: { 'content-type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${xml(name, content)}`,
  };
}

/** Names the version; empty in a bucket without versions. */
export function versionHeader({ versionId }: ObjectVersion): Record<string, string> {
  return versionId === 'null' ? {} : { 'x-amz-version-id': versionId };
}
