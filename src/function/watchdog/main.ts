/** The watchdog inside the stack: what Lambda calls every hour. It reaches AWS alone, never GitHub. */
import { S3Documents } from '../../adapters/aws/documents.ts';
import { createEc2Regions } from '../../adapters/aws/ec2-regions.ts';
import { SnsNotices } from '../../adapters/aws/notices.ts';
import { AwsSession } from '../../adapters/aws/session.ts';
import { systemClock } from '../../runtime/clock.ts';
import { BackupError, explain } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import { tagsToKeep } from '../../watch/inventory/from-snapshot.ts';
import { type LookSummary, look } from '../../watch/stack/look.ts';

/** What Lambda gives beside the event (Lambda developer guide, "Using the Lambda context object"). */
interface LambdaContext {
  getRemainingTimeInMillis(): number;
}

/** Left to say why a look has not ended, before Lambda ends the process. */
const lastWords = 5_000;

/** Each line is an event of the log (Lambda developer guide, "Log and monitor Node.js Lambda functions"). */
const print = (line: string): void => void process.stdout.write(`${line}\n`);

const logger: Logger = {
  debug: () => {},
  info: print,
  warning: (message) => print(`WARNING ${message}`),
  error: (message) => print(`ERROR ${message}`),
  group: (_title, work) => work(),
};

/** @throws BackupError that Lambda counts under `Errors`, which the stack's alarm watches */
export async function handler(_event: unknown, context: LambdaContext): Promise<LookSummary> {
  const signal = AbortSignal.timeout(context.getRemainingTimeInMillis() - lastWords);
  try {
    const summary = await start(signal);
    print(JSON.stringify(summary));
    return summary;
  } catch (error) {
    const { what, likelyCause, fix } = explain(error);
    logger.error(JSON.stringify({ what, likelyCause, fix }));
    throw error;
  }
}

async function start(signal: AbortSignal): Promise<LookSummary> {
  const region = needed('AWS_REGION');
  const topicArn = needed('TOPIC_ARN');
  const account = topicArn.split(':')[4] ?? '';
  const sessionIn = (name: string): AwsSession =>
    new AwsSession({
      region: name,
      // Lambda gives the keys of the function's role in the environment.
      identity: undefined,
      apiTimeoutSeconds: 30,
      transferTimeoutSeconds: 60,
      userAgent: 'holdfast/watchdog-function',
      clock: systemClock,
      logger,
    });
  const home = sessionIn(region);
  return look(
    {
      region,
      account,
      stack: needed('STACK_NAME'),
      receiptBucket: needed('RECEIPT_BUCKET'),
      silentDays: Number(needed('SILENT_DAYS')),
    },
    {
      objects: new S3Documents(home, { logger, signal }),
      regions: createEc2Regions({
        session: (name) => (name === region ? home : sessionIn(name)),
        home: region,
        tagsToKeep,
        signal,
      }),
      notices: new SnsNotices(home, topicArn, signal),
    },
    { clock: systemClock, logger, signal },
  );
}

/** @throws BackupError for a variable that the template sets, and is not there */
function needed(name: string): string {
  const value = process.env[name];
  if (value) return value;
  throw new BackupError({
    what: `the environment variable ${name} of the function is not set`,
    fix: 'deploy the stack again: npm run deploy',
  });
}
