/** Tags of instances, volumes and snapshots: set, deleted and described. */
import { LabAwsError } from '../../protocol/service.ts';
import type { World } from '../model/world.ts';
import { type Ec2Context, type Resource, requestTags } from '../requests/context.ts';
import { type Fields, filter } from '../requests/filters.ts';
import { findInstance, findSnapshot, findVolume } from '../requests/lookup.ts';
import { page } from '../requests/pages.ts';
import { checkTagLimit, list, required, tagsOf } from '../requests/query.ts';

type Tagged = Resource & { readonly tags: Map<string, string> };

/** A resource by its id. @throws LabAwsError */
function findResource(world: World, id: string): Tagged {
  switch (id.split('-')[0]) {
    case 'i':
      return { type: 'instance', id, tags: findInstance(world, id).tags };
    case 'vol':
      return { type: 'volume', id, tags: findVolume(world, id).tags };
    case 'snap':
      return { type: 'snapshot', id, tags: findSnapshot(world, id).tags };
    default:
      throw new LabAwsError('InvalidID', `The ID '${id}' is not valid`);
  }
}

/** The resources and tags of a call that changes tags, once the policies allow it. */
function authorized(context: Ec2Context): { readonly resources: Tagged[]; readonly tags: Map<string, string> } {
  const { world, parameters, operation } = context;
  const ids = list(parameters, 'ResourceId');
  if (ids.length === 0) required(parameters, 'ResourceId');
  const resources = ids.map((id) => findResource(world, id));
  const tags = tagsOf(parameters.Tag);
  context.authorize(`ec2:${operation}`, resources, requestTags(tags));
  context.endDryRun();
  return { resources, tags };
}

export function createTags(context: Ec2Context) {
  const { resources, tags } = authorized(context);
  for (const resource of resources) checkTagLimit(new Set([...resource.tags.keys(), ...tags.keys()]).size);
  for (const resource of resources) for (const [key, value] of tags) resource.tags.set(key, value);
  return { return: true };
}

/**
 * Without tags in the request it deletes all of them but AWS's own; a tag that is named with a value goes only if it has that
 * value (EC2 API reference, DeleteTags).
 */
export function deleteTags(context: Ec2Context) {
  const { resources } = authorized(context);
  const named = context.parameters.Tag as readonly { readonly Key?: string; readonly Value?: string }[] | undefined;
  for (const { tags: has } of resources) {
    const going = named ?? [...has.keys()].map((key) => ({ Key: key, Value: undefined }));
    for (const { Key = '', Value } of going)
      if (!Key.startsWith('aws:') && (Value === undefined || has.get(Key) === Value)) has.delete(Key);
  }
  return { return: true };
}

/** A tag as DescribeTags answers it. */
interface TagItem {
  resourceId: string;
  resourceType: string;
  key: string;
  value: string;
}

type Candidate = TagItem & { readonly tags: Pick<ReadonlyMap<string, string>, 'get' | 'keys'> };

const fields: Fields<Candidate> = {
  'resource-id': (one) => one.resourceId,
  'resource-type': (one) => one.resourceType,
  key: (one) => one.key,
  value: (one) => one.value,
};

export function describeTags(context: Ec2Context) {
  context.authorize('ec2:DescribeTags', []);
  context.endDryRun();
  const { world, parameters } = context;
  const passes = filter(parameters, fields, (one) => one.tags);
  const { items, nextToken } = page<TagItem>(
    context,
    () => selectTags(world, passes),
    ({ resourceId, key }) =>
      [world.instances, world.volumes, world.snapshots].some((all) => all.get(resourceId)?.tags.has(key)),
  );
  return { tagSet: items, nextToken };
}

function selectTags(world: World, passes: (one: Candidate) => boolean): TagItem[] {
  const selected: TagItem[] = [];
  // One candidate serves for all tags: a region may hold a million of them, and a call asks for few.
  const candidate: Candidate = {
    resourceId: '',
    resourceType: '',
    key: '',
    value: '',
    tags: {
      get: (key) => (key === candidate.key ? candidate.value : undefined),
      keys: () => new Set([candidate.key]).keys(),
    },
  };
  for (const [type, all] of [
    ['instance', world.instances],
    ['volume', world.volumes],
    ['snapshot', world.snapshots],
  ] as const) {
    candidate.resourceType = type;
    for (const [id, one] of all) {
      candidate.resourceId = id;
      for (const [key, value] of one.tags) {
        candidate.key = key;
        candidate.value = value;
        if (passes(candidate)) selected.push({ resourceId: id, resourceType: type, key, value });
      }
    }
  }
  return selected;
}
