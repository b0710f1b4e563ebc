/** Reads EC2's request parameters, with EC2's errors for invalid ones. */
import { LabAwsError, type Parameters } from '../../protocol/service.ts';

export function text(parameters: Parameters, name: string): string | undefined {
  const value = parameters[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function required(parameters: Parameters, name: string): string {
  const value = text(parameters, name);
  if (value === undefined) throw new LabAwsError('MissingParameter', `The request must contain the parameter ${name}`);
  return value;
}

export function flag(parameters: Parameters, name: string): boolean {
  return text(parameters, name) === 'true';
}

export function list(parameters: Parameters, name: string): string[] {
  const value = parameters[name];
  return Array.isArray(value) ? value.map(String) : [];
}

export function records(value: unknown): Parameters[] {
  return Array.isArray(value) ? (value as Parameters[]) : [];
}

export function tagsOf(value: unknown): Map<string, string> {
  const tags = new Map<string, string>();
  for (const tag of records(value)) {
    const [key, content] = [String(tag.Key ?? ''), String(tag.Value ?? '')];
    if (key === '' || key.length > 128) throw new LabAwsError('InvalidParameterValue', `Tag key '${key}' is invalid.`);
    if (key.startsWith('aws:'))
      throw new LabAwsError('InvalidParameterValue', 'Tag keys starting with aws: are reserved for internal use');
    if (content.length > 256)
      throw new LabAwsError('InvalidParameterValue', `Tag value exceeds the maximum length of 256 characters`);
    if (tags.has(key)) throw new LabAwsError('InvalidParameterValue', `Duplicate tag key '${key}' specified.`);
    tags.set(key, content);
  }
  checkTagLimit(tags.size);
  return tags;
}

export function checkTagLimit(count: number): void {
  if (count > 50) throw new LabAwsError('TagLimitExceeded', 'The maximum number of tags for a resource is 50.');
}

/** The tags that a call gives to the resources it creates. */
export function specifiedTags(parameters: Parameters, type: string): Map<string, string> {
  const tags = new Map<string, string>();
  for (const one of records(parameters.TagSpecification)) {
    if (one.ResourceType !== type) {
      throw new LabAwsError(
        'InvalidParameterValue',
        `'${one.ResourceType}' is not a valid taggable resource type for this operation.`,
      );
    }
    for (const [key, value] of tagsOf(one.Tag)) {
      if (tags.has(key)) throw new LabAwsError('InvalidParameterValue', `Duplicate tag key '${key}' specified.`);
      tags.set(key, value);
    }
  }
  checkTagLimit(tags.size);
  return tags;
}

export function checkId(id: string, prefix: string, kind: string): void {
  if (!id.startsWith(`${prefix}-`) || !/^[0-9a-f]{8}([0-9a-f]{9})?$/.test(id.slice(prefix.length + 1))) {
    throw new LabAwsError(`Invalid${kind}.Malformed`, `Invalid id: "${id}" (expecting "${prefix}-...")`);
  }
}

/** @throws LabAwsError for ids together with a page size: EC2 answers a call for ids in one page */
export function refusePagesOf(parameters: Parameters, ids: readonly string[], set: string): void {
  if (ids.length > 0 && parameters.MaxResults !== undefined) {
    throw new LabAwsError(
      'InvalidParameterCombination',
      `The parameter ${set} cannot be used with the parameter maxResults`,
    );
  }
}
