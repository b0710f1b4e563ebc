import { objectsSuite } from '../../contract/ports/objects.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { FakeObjects } from '../../fakes/objects.ts';

objectsSuite('fake', async () => ({
  objects: new FakeObjects(new FakeClock()),
  bucket: 'dumps',
  stop: async () => {},
}));
