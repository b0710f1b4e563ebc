import {
  away,
  awayKey,
  data,
  ec2RegionSuite,
  existing,
  home,
  image,
  lock,
  root,
  shop,
  web,
} from '../../contract/ports/ec2-region.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { FakeEc2Regions } from '../../fakes/ec2-region.ts';

ec2RegionSuite('the fake', async () => {
  const clock = new FakeClock();
  const regions = new FakeEc2Regions(clock, [home, away]);
  const ec2 = regions.in(home);
  const devices = { [root.device]: root.id, [data.device]: data.id };
  ec2.addInstance({ id: web.id, name: web.name, tags: { Name: web.name, ...web.tags }, devices });
  ec2.addInstance({ id: shop.id, name: shop.name, tags: shop.tags, devices: { [root.device]: shop.root } });
  ec2.volumeTags.set(data.id, data.tags);
  for (const one of Object.values(existing)) ec2.addSnapshot({ ...one, volumeId: data.id });
  ec2.images.set(existing.ofImage.id, image);
  ec2.lockModes.set(existing.locked.id, { state: lock, until: undefined });
  regions.in(away).kmsKeys.add(awayKey);
  return { regions, pass: async () => clock.advance(10_000), stop: async () => {} };
});
