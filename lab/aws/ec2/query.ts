/** Reading EC2's query parameters: tags, filters, pages, and the errors of what cannot be read. */
import { LabAwsError, type Parameters } from '../service.ts';

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

function records(value: unknown): Parameters[] {
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
  if (tags.size > 50) throw new LabAwsError('TagLimitExceeded', 'The maximum number of tags for a resource is 50.');
  return tags;
}

/** Tags of a create call for the resource type it creates. */
export function specifiedTags(parameters: Parameters, type: string): Map<string, string> {
  const tags = new Map<string, string>();
  for (const one of records(parameters.TagSpecification)) {
    if (one.ResourceType !== type) {
      throw new LabAwsError(
        'InvalidParameterValue',
        `'${one.ResourceType}' is not a valid taggable resource type for this operation.`,
      );
    }
    for (const [key, value] of tagsOf(one.Tag)) tags.set(key, value);
  }
  return tags;
}

/** What a filter may look at: the values of a record under the filter's name. */
export type FilterValues = (name: string) => readonly string[] | undefined;

/** `*` and `?` are wildcards, a backslash takes the next character as it is. */
function pattern(value: string): RegExp {
  const source = value.replace(/\\(.)|([*?])|([^\\*?]+)/g, (_all, escaped, wild, plain) => {
    if (wild) return wild === '*' ? '.*' : '.';
    return String(escaped ?? plain).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${source}$`, 's');
}

/** Whether a record passes every filter; one that EC2 does not know for this call is refused. */
export function passes(parameters: Parameters, values: FilterValues, tags: ReadonlyMap<string, string>): boolean {
  return records(parameters.Filter).every((filter) => {
    const name = String(filter.Name ?? '');
    const wanted = list(filter, 'Value').map(pattern);
    let has: readonly string[] | undefined;
    if (name.startsWith('tag:')) has = tags.has(name.slice(4)) ? [tags.get(name.slice(4)) ?? ''] : [];
    else if (name === 'tag-key') has = [...tags.keys()];
    else has = values(name);
    if (has === undefined) throw new LabAwsError('InvalidParameterValue', `The filter '${name}' is invalid`);
    return has.some((value) => wanted.some((one) => one.test(value)));
  });
}

/** One page of a list. Tokens are opaque and made for this very position. */
export function page<T>(
  parameters: Parameters,
  items: readonly T[],
  limits: { min: number; max: number; largest: number },
): { items: readonly T[]; nextToken: string | undefined } {
  const given = text(parameters, 'MaxResults');
  const size = given === undefined ? limits.largest : Number(given);
  if (given !== undefined && (!Number.isInteger(size) || size < limits.min || size > limits.max)) {
    throw new LabAwsError(
      'InvalidParameterValue',
      `Value ( ${given} ) for parameter maxResults is invalid. Expecting a value between ${limits.min} and ${limits.max}.`,
    );
  }
  const token = text(parameters, 'NextToken');
  const from =
    token === undefined
      ? 0
      : Number(/^lab-page-(\d+)$/.exec(Buffer.from(token, 'base64url').toString())?.[1] ?? Number.NaN);
  if (Number.isNaN(from)) throw new LabAwsError('InvalidNextToken', 'The token is invalid.');
  const count = Math.min(size, limits.largest);
  const next = from + count < items.length ? Buffer.from(`lab-page-${from + count}`).toString('base64url') : undefined;
  return { items: items.slice(from, from + count), nextToken: next };
}

export function checkId(id: string, prefix: string, kind: string): void {
  if (!new RegExp(`^${prefix}-[0-9a-f]{8}([0-9a-f]{9})?$`).test(id)) {
    throw new LabAwsError(`Invalid${kind}.Malformed`, `Invalid id: "${id}" (expecting "${prefix}-...")`);
  }
}
