/** Tags: set, taken away and described, whatever carries them. */
import { LabAwsError } from '../../protocol/service.ts';
import type { World } from '../model/world.ts';
import { type Resource, requestTags, type Scene } from '../requests/context.ts';
import { type Fields, filter } from '../requests/filters.ts';
import { page } from '../requests/listings.ts';
import { checkTagLimit, list, required, tagsOf } from '../requests/query.ts';

/** A resource by its id. @throws LabAwsError with EC2's name for a missing one */
export function findResource(world: World, id: string): Resource & { tags: Map<string, string> } {
  const kinds = [
    ['instance', world.instances, 'InvalidInstanceID.NotFound', `The instance ID '${id}' does not exist`],
    ['volume', world.volumes, 'InvalidVolume.NotFound', `The volume '${id}' does not exist.`],
    ['snapshot', world.snapshots, 'InvalidSnapshot.NotFound', `The snapshot '${id}' does not exist.`],
  ] as const;
  const prefix = { i: 'instance', vol: 'volume', snap: 'snapshot' }[id.split('-')[0] ?? ''];
  for (const [type, map, code, message] of kinds) {
    if (type !== prefix) continue;
    const found = map.get(id);
    if (!found) throw new LabAwsError(code, message);
    return { type, id, tags: found.tags };
  }
  throw new LabAwsError('InvalidID', `The ID '${id}' is not valid`);
}

export function changeTags(scene: Scene, action: 'ec2:CreateTags' | 'ec2:DeleteTags') {
  const { world, parameters } = scene;
  const ids = list(parameters, 'ResourceId');
  if (ids.length === 0) required(parameters, 'ResourceId');
  const resources = ids.map((id) => findResource(world, id));
  const tags = tagsOf(parameters.Tag);
  scene.authorize(action, resources, requestTags(tags));
  scene.endDryRun();
  if (action === 'ec2:CreateTags') {
    for (const resource of resources) checkTagLimit(new Set([...resource.tags.keys(), ...tags.keys()]).size);
  }
  for (const resource of resources) {
    for (const [key, value] of tags) {
      if (action === 'ec2:CreateTags') resource.tags.set(key, value);
      else resource.tags.delete(key);
    }
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

export function describeTags(scene: Scene) {
  scene.authorize('ec2:DescribeTags', []);
  scene.endDryRun();
  const { world, parameters } = scene;
  const passes = filter(parameters, fields, (one) => one.tags);
  const { items, nextToken } = page<TagItem>(
    scene,
    () => {
      const found: TagItem[] = [];
      // One candidate for all tags: a region may hold a million, of which few are asked for.
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
      const look = (type: string, all: ReadonlyMap<string, { readonly tags: ReadonlyMap<string, string> }>): void => {
        candidate.resourceType = type;
        for (const [id, one] of all) {
          candidate.resourceId = id;
          for (const [key, value] of one.tags) {
            candidate.key = key;
            candidate.value = value;
            if (passes(candidate)) found.push({ resourceId: id, resourceType: type, key, value });
          }
        }
      };
      look('instance', world.instances);
      look('volume', world.volumes);
      look('snapshot', world.snapshots);
      return found;
    },
    ({ resourceId, key }) =>
      [world.instances, world.volumes, world.snapshots].some((all) => all.get(resourceId)?.tags.has(key)),
  );
  return { tagSet: items, nextToken };
}
