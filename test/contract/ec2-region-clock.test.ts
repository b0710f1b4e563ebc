/** What the port Ec2Region knows of AWS's clock, against a server whose clock is wrong. */
import { expect, test } from '@jest/globals';
import { AwsEc2Region } from '../../src/adapters/aws/ec2-region.ts';
import { AwsSession } from '../../src/adapters/aws/session.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { FakeLogger } from '../fakes/clock.ts';
import { serve } from './http-server.ts';

test.each([
  ['agrees', 0, 0],
  ['is a minute off', 60_000, 60_000],
  ['is ahead', 3_600_000, 3_600_000],
  ['is behind', -86_400_000, -86_400_000],
])('a clock that %s', async (_name, difference, expected) => {
  const server = await serve(() => ({
    status: 200,
    headers: { date: new Date(Date.now() + difference).toUTCString(), 'content-type': 'text/xml' },
    body: '<DescribeRegionsResponse><regionInfo/></DescribeRegionsResponse>',
  }));
  const given = {
    AWS_ENDPOINT_URL: server.url,
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'example',
  };
  Object.assign(process.env, given);
  try {
    const common = {
      identity: undefined,
      apiTimeoutSeconds: 5,
      transferTimeoutSeconds: 30,
      userAgent: 'test',
      clock: systemClock,
    };
    const session = new AwsSession({ ...common, region: 'us-east-1', logger: new FakeLogger() });
    const region = new AwsEc2Region({ session, tagsToKeep: new Set() });
    expect(region.clockOffset()).toBe(0);
    await region.enabledRegions();
    // The header has whole seconds.
    expect(Math.abs(region.clockOffset() - expected)).toBeLessThan(5_000);
  } finally {
    for (const name of Object.keys(given)) delete process.env[name];
    await server.close();
  }
});
