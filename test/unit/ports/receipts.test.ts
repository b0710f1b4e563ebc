import { receiptsSuite } from '../../contract/ports/receipts.ts';
import { FakeReceipts } from '../../fakes/receipts.ts';

receiptsSuite('the fake', async () => ({ receipts: new FakeReceipts(), stop: async () => {} }));
