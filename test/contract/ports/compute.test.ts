import { Ec2Compute } from '../../../src/adapters/aws/compute.ts';
import { computeSuite, region } from './compute.ts';
import { startServices } from './services.ts';

computeSuite('EC2', async () => {
  const { source, other, zone, rootVolumes, data, dataDevice } = region;
  const common = { state: 'running' as const, zone, type: 'm5.large' };
  const volumes = [{ id: data, device: dataDevice, image: { path: 'none', sizeGiB: 1 }, tags: {} }];
  const services = await startServices({
    instances: [
      { ...common, ...source, rootVolumeId: rootVolumes[0], volumes },
      { ...common, ...other, rootVolumeId: rootVolumes[1], volumes: [] },
    ],
  });
  return {
    compute: new Ec2Compute(services.session),
    pass: async () => services.labClock.advance(500),
    stop: services.stop,
  };
});
