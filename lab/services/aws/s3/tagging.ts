/** Tags of objects. */
import type { Answer } from '../../http/answer.ts';
import { LabAwsError } from '../protocol/service.ts';
import { document, versionHeader } from './answers.ts';
import { authorizeObject, type ObjectCall } from './call.ts';
import { checkedTags, checkSums } from './payload.ts';
import { noSuchKey, noSuchVersion, versionOf, versionToRead } from './versions.ts';
import { element, elements, xml } from './xml.ts';

/** Tags that an object may have (S3 user guide, object tagging). */
const tagLimit = 10;

export function getTags(call: ObjectCall): Answer {
  const version = versionToRead(call, 'Tagging');
  const set = Object.entries(version.tags).map(([name, value]) =>
    xml('Tag', xml('Key', name, true) + xml('Value', value, true)),
  );
  const answer = document('Tagging', xml('TagSet', set.join('')));
  return { ...answer, headers: { ...answer.headers, ...versionHeader(version) } };
}

export function putTags(call: ObjectCall): Answer {
  const { query, headers, body } = call.request;
  authorizeObject(call, query.has('versionId') ? 's3:PutObjectVersionTagging' : 's3:PutObjectTagging');
  checkSums(body, headers);
  const version = versionOf(call);
  if (!version && query.has('versionId')) throw noSuchVersion();
  if (!version || version.deleteMarker) throw noSuchKey();
  const tags = elements(body.toString('utf8'), 'Tag').map((tag): [string, string] => [
    element(tag, 'Key') ?? '',
    element(tag, 'Value') ?? '',
  ]);
  if (tags.length > tagLimit) throw new LabAwsError('BadRequest', `Object tags cannot be greater than ${tagLimit}`);
  version.tags = checkedTags(Object.fromEntries(tags));
  return { status: 200, headers: versionHeader(version), body: '' };
}
