import { computeSuite, region } from '../../contract/ports/compute.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { FakeCompute } from '../../fakes/compute.ts';

computeSuite('the fake', async () => {
  const { source, other, zone, rootVolumes, rootDevice, data, dataDevice } = region;
  const clock = new FakeClock();
  const compute = new FakeCompute(clock);
  for (const [index, { id, name, tags }] of [source, other].entries()) {
    const rootVolume = rootVolumes[index] ?? '';
    compute.addInstance({ id, name, zone, tags: { Name: name, ...tags }, devices: {} });
    compute.addVolume({ id: rootVolume, attachment: { instanceId: id, device: rootDevice, state: 'attached' } });
  }
  compute.addVolume({ id: data, attachment: { instanceId: source.id, device: dataDevice, state: 'attached' } });
  return { compute, pass: async () => clock.advance(500), stop: async () => {} };
});
