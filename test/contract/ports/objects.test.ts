import { S3Objects } from '../../../src/adapters/aws/objects.ts';
import { FakeLogger } from '../../fakes/clock.ts';
import { objectsSuite } from './objects.ts';
import { startServices } from './services.ts';

objectsSuite('S3', async () => {
  const services = await startServices();
  const objects = new S3Objects(services.session, { logger: new FakeLogger() });
  return { objects, bucket: services.aws.dumpBucket, stop: services.stop };
});
