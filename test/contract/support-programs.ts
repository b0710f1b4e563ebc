/** `npm run deploy` in a clone, as somebody at a shell runs it, against the lab's account. */
import { join } from 'node:path';
import { region } from '../../lab/services/aws/account.ts';
import { type AccountUnderTest, startAccountUnderTest } from './support-account.ts';

export interface Finished {
  readonly status: number;
  /** What it printed on both outputs. */
  readonly text: string;
}

export interface DeployUnderTest extends AccountUnderTest {
  /** For clients of the SDK with the administrator's keys. */
  readonly settings: {
    readonly region: string;
    readonly endpoint: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
  run(program: string, args: readonly string[], more?: Readonly<Record<string, string>>): Promise<Finished>;
  /** `npm run deploy -- ARGS`. */
  deploy(args: readonly string[], more?: Readonly<Record<string, string>>): Promise<Finished>;
}

const command = join(process.cwd(), 'scripts', 'deploy.ts');
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** In an empty account. */
export async function startDeployUnderTest(): Promise<DeployUnderTest> {
  const lab = await startAccountUnderTest({ stack: 'none' });
  const { accessKeyId, secretAccessKey } = lab.aws.administrator;
  const run: DeployUnderTest['run'] = async (program, args, more = {}) => {
    const { status, stdout, stderr } = await lab.shell([program, ...args].map(quoted).join(' '), more);
    return { status, text: stdout + stderr };
  };
  return {
    ...lab,
    settings: { region, endpoint: lab.aws.url, credentials: { accessKeyId, secretAccessKey } },
    run,
    // The SDK for JavaScript takes no notice of proxies.
    deploy: (args, more = {}) =>
      run(process.execPath, ['--disable-warning=ExperimentalWarning', command, ...args], {
        ...{ AWS_ENDPOINT_URL: lab.aws.url, NO_COLOR: '1' },
        ...more,
      }),
  };
}
