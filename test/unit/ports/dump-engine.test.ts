import { text } from 'node:stream/consumers';
import { dumpEngineSuite } from '../../contract/ports/dump-engine.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { FakeEngine } from '../../fakes/dump-engine.ts';

dumpEngineSuite('the fake', async () => {
  const engine = new FakeEngine(new FakeClock());
  return {
    engine,
    contentOf: async (archive, definitionsOnly) => text(engine.sql(archive, definitionsOnly)),
    scratchCount: async () => engine.scratchOwners.size,
    addRow: async () => {
      engine.content = engine.content.replace('\\.\n', '3\tlinus@company.com\n\\.\n');
    },
    stop: async () => {},
  };
});
