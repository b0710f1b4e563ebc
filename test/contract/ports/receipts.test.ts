import { S3Receipts } from '../../../src/adapters/aws/receipts.ts';
import { receiptsSuite } from './receipts.ts';
import { startServices } from './services.ts';

receiptsSuite('S3', async () => {
  const services = await startServices();
  return { receipts: new S3Receipts(services.session, services.aws.receiptBucket), stop: services.stop };
});
