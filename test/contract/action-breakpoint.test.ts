/** `npm run action`, with a debugger: over the network of this computer alone. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, expect, test } from '@jest/globals';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'holdfast-action-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const dump = `--
-- PostgreSQL database dump
--
CREATE TABLE public.users (
    id integer NOT NULL,
    email text
);
COPY public.users (id, email) FROM stdin;
1\tnorbert@firma.example
\\.
--
-- PostgreSQL database dump complete
--
`;

interface Finished {
  readonly status: number | null;
  readonly output: string;
}

function start(parameters: readonly string[]): { child: ChildProcess; output(): string; finished: Promise<Finished> } {
  const child = spawn(join(root, 'scripts', 'node24'), ['scripts/action.ts', ...parameters], { cwd: root });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data));
  const finished = new Promise<Finished>((resolve) => child.once('close', (status) => resolve({ status, output })));
  return { child, output: () => output, finished };
}

/** The few words of the Chrome DevTools Protocol that a breakpoint needs. */
class Debugger {
  static async connect(url: string): Promise<Debugger> {
    const socket = new WebSocket(url);
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve, { once: true });
      socket.addEventListener('error', reject, { once: true });
    });
    return new Debugger(socket);
  }

  readonly #socket: WebSocket;
  readonly #waiting = new Map<string | number, (value: Record<string, unknown>) => void>();
  #sent = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    this.#socket.addEventListener('message', ({ data }) => {
      const { id, method, params, result } = JSON.parse(String(data));
      this.#waiting.get(id ?? method)?.(result ?? params);
    });
  }

  next(event: string): Promise<Record<string, unknown>> {
    return new Promise((resolve) => this.#waiting.set(event, resolve));
  }

  send(method: string, params: object = {}): Promise<Record<string, unknown>> {
    this.#sent += 1;
    this.#socket.send(JSON.stringify({ id: this.#sent, method, params }));
    return new Promise((resolve) => this.#waiting.set(this.#sent, resolve));
  }

  close(): void {
    this.#socket.close();
  }
}

test('an action runs from its TypeScript sources, and a breakpoint in them stops on its line', async () => {
  const [from, to] = [join(folder, 'small.sql'), join(folder, 'small.anon.sql')];
  writeFileSync(from, dump);
  const source = join(root, 'src', 'actions', 'anonymize', 'run.ts');
  const lines = readFileSync(source, 'utf8').split('\n');
  // The last step of the action; the debugger counts lines from 0. Far enough down that a shift of lines would show.
  const line = lines.findLastIndex((text) => text.includes('timeline.step('));
  expect(line).toBeGreaterThan(20);
  const { child, output, finished } = start([
    ...['anonymize', '--input', `from=${from}`, '--input', `to=${to}`],
    ...['--inspect', '--inspect-port', '0'],
  ]);
  let client: Debugger | undefined;
  try {
    let address: string | undefined;
    for (let n = 0; n < 2400 && address === undefined; n += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      address = /Debugger listening on (ws:\S+)/.exec(output())?.[1];
    }
    client = await Debugger.connect(address ?? '');
    const start = client.next('Debugger.paused');
    await client.send('Debugger.enable');
    await client.send('Runtime.runIfWaitingForDebugger');
    await start;
    const url = pathToFileURL(source).href;
    const { breakpointId } = await client.send('Debugger.setBreakpointByUrl', { lineNumber: line, url });
    const stop = client.next('Debugger.paused');
    await client.send('Debugger.resume');
    const { hitBreakpoints, callFrames } = await stop;
    expect(hitBreakpoints).toEqual([breakpointId]);
    expect((callFrames as object[])[0]).toMatchObject({ location: { lineNumber: line } });
  } finally {
    // Without a debugger the action runs on to its end.
    client?.close();
    if (client === undefined) child.kill();
  }
  const { status, output: all } = await finished;
  expect(all).toContain(`output to=${to}\noutput changes=1\n`);
  expect(all).not.toContain('::warning');
  expect(status).toBe(0);
  expect(readFileSync(to, 'utf8')).toContain('nobody@example.com');
});
