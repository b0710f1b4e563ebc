import { freezeScripts, holdSuite, hostsSuite, quiesceScripts } from '../../contract/ports/hosts.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { FakeHosts } from '../../fakes/hosts.ts';
import { FakeFreezer } from '../../fakes/quiesce.ts';

const instanceId = 'i-0a5be1d9c3f2e7a01';
const stop = async () => {};

hostsSuite('the fake', async () => {
  const hosts = new FakeHosts(new FakeClock(), instanceId);
  return {
    hosts,
    instanceId,
    setOffline: (offline) => {
      hosts.offline = offline;
    },
    stop,
  };
});

holdSuite('quiesce and resume of the fake', quiesceScripts, async () => {
  const clock = new FakeClock();
  const hosts = new FakeHosts(clock, instanceId);
  const pass = async (seconds: number) => clock.advance(seconds * 1000);
  return { hosts, instanceId, clock, pass, stop, isHeld: async () => !hosts.serves };
});

holdSuite('freeze and thaw of the fake', freezeScripts('vol-0bbbbbbbbbbbbbbb1'), async () => {
  const clock = new FakeClock();
  const hosts = new FakeFreezer(clock);
  const pass = async (seconds: number) => clock.advance(seconds * 1000);
  return { hosts, instanceId, clock, pass, stop, isHeld: async () => hosts.frozen.includes(instanceId) };
});
