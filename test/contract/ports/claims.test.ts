import { SsmClaims } from '../../../src/adapters/aws/claims.ts';
import { claimsSuite } from './claims.ts';
import { startServices } from './services.ts';

claimsSuite('SSM', async () => {
  const { session, stop } = await startServices();
  return { claims: new SsmClaims(session, new AbortController().signal), stop };
});
