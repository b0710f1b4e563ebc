import { FakeLogger } from '../../fakes/clock.ts';
import { startEc2Lab } from '../../fakes/ec2-lab.ts';
import { away, awayKey, data, ec2RegionSuite, existing, home, image, lock, root, shop, web } from './ec2-region.ts';

ec2RegionSuite('EC2', async () => {
  const common = { state: 'running' as const, zone: `${home}a`, type: 'm5.large' };
  const lab = await startEc2Lab([
    {
      region: home,
      instances: [
        { ...common, ...web, rootVolumeId: root.id, volumes: [{ ...data, sizeGiB: 8 }] },
        { ...common, id: shop.id, name: shop.name, tags: shop.tags, rootVolumeId: shop.root, volumes: [] },
      ],
      snapshots: Object.entries(existing).map(([kind, one]) => ({
        ...one,
        volumeId: data.id,
        startedAt: new Date('2026-11-01T00:00:00Z'),
        sizeGiB: 8,
        ...(kind === 'locked' ? { lock } : {}),
      })),
      images: [{ id: image, name: 'golden', snapshotIds: [existing.ofImage.id] }],
    },
    { region: away, instances: [], kmsKeys: [awayKey] },
  ]);
  return {
    regions: lab.openRegions(home, new FakeLogger()),
    pass: async () => lab.clock.advance(10_000),
    stop: lab.stop,
  };
});
