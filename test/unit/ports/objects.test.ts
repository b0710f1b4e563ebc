import { objectsSuite } from '../../contract/ports/objects.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { FakeObjects } from '../../fakes/objects.ts';

objectsSuite('fake', async () => {
  const objects = new FakeObjects(new FakeClock());
  return {
    objects,
    bucket: 'dumps',
    sendPart: async (signed, part, body) => objects.receivePart(signed, part, body),
    configure: ({ versioned, rules }) => void Object.assign(objects, { keepsVersions: versioned, rules }),
    lock: (days) => {
      objects.lock = { mode: 'COMPLIANCE', days };
    },
    stop: async () => {},
  };
});
