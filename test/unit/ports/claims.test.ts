import { claimsSuite } from '../../contract/ports/claims.ts';
import { FakeClaims } from '../../fakes/claims.ts';

claimsSuite('the fake', async () => ({ claims: new FakeClaims(), stop: async () => {} }));
