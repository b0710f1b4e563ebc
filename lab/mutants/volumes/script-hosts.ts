/** Runs the host scripts in containers of the lab, past SSM, whose part is tried elsewhere. */
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { catalogue, type HostAnswer, type HostScript, parseAnswer } from '../../../src/host/catalogue/catalogue.ts';
import type { HostParameter } from '../../../src/host/catalogue/definition.ts';
import { parseOutput, type StoredAnswer } from '../../../src/host/catalogue/output.ts';
import { hostScripts } from '../../../src/host/texts.ts';
import type { HostCommand, Hosts } from '../../../src/ports/hosts.ts';
import { HostError } from '../../../src/runtime/errors.ts';
import type { LabHosts } from '../../hosts/host.ts';

/** Characters of a stored answer that are read at once. */
const pieceLength = 20_000;

export class ScriptHosts implements Hosts {
  readonly #hosts: LabHosts;

  constructor(hosts: LabHosts) {
    this.#hosts = hosts;
  }

  async reachable(instanceId: string): Promise<{ online: boolean; detail: string }> {
    return { online: this.#hosts.host(instanceId)?.running === true, detail: 'a container of the lab' };
  }

  async run<S extends HostScript>(instanceId: string, command: HostCommand<S>): Promise<HostAnswer<S>> {
    const { script } = command;
    const value = await this.#value(instanceId, command);
    const parsed = parseAnswer(script, value);
    if ('answer' in parsed) return parsed.answer;
    throw failed(script, instanceId, `its answer does not fit: ${parsed.problems.join('; ')}`);
  }

  async #value(instanceId: string, command: HostCommand): Promise<unknown> {
    const { script, timeoutSeconds } = command;
    const host = this.#hosts.host(instanceId);
    if (host === undefined) throw new Error(`the lab has no host ${instanceId}`);
    const signal = AbortSignal.timeout(timeoutSeconds * 1000);
    const { stdout, stderr, exitCode } = await host.run(hostScripts[script], environmentOf(command), signal);
    const output = parseOutput(stdout.trim());
    if (output.kind === 'failed') {
      const detail = `${output.error.detail}\n${stderr.slice(-4000)}`.trim();
      throw new HostError({ script, instanceId, ...output.error, detail });
    }
    if (output.kind === 'unreadable') throw failed(script, instanceId, `${output.why} (status ${exitCode})`, stderr);
    return output.kind === 'answer' ? output.value : this.#stored(instanceId, output.stored);
  }

  async #stored(instanceId: string, { key, sha256, length }: StoredAnswer): Promise<unknown> {
    let text = '';
    while (text.length < length) {
      const parameters = { Key: key, Offset: String(text.length), Length: String(pieceLength) };
      text += (await this.run(instanceId, { script: 'read-result', parameters, timeoutSeconds: 30 })).piece;
    }
    const bytes = gunzipSync(Buffer.from(text, 'base64'));
    if (createHash('sha256').update(bytes).digest('hex') !== sha256) throw new Error(`the answer ${key} is damaged`);
    return JSON.parse(bytes.toString('utf8'));
  }
}

/** The parameters as the SSM documents give them: each is there, those left out with their default. */
function environmentOf({ script, parameters }: HostCommand): Record<string, string> {
  const given: Readonly<Record<string, string | undefined>> = parameters;
  const known: Readonly<Record<string, HostParameter>> = catalogue[script].parameters;
  return Object.fromEntries(
    Object.entries(known).map(([name, one]) => [`SSM_${name}`, given[name] ?? one.default ?? '']),
  );
}

function failed(script: HostScript, instanceId: string, message: string, detail = ''): HostError {
  return new HostError({ script, instanceId, code: 'unreadable-answer', message, detail });
}
