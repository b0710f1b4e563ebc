/** Parts as hosts upload them: with curl, and with the options of src/host/scripts/dump-upload.sh. */
import { spawn } from 'node:child_process';

export interface SignedPart {
  /** Without part number and signature. */
  readonly url: string;
  readonly signature: string;
  readonly number: number;
  /** Hexadecimal; undefined sends no checksum. */
  readonly sha256: string | undefined;
}

export interface PartAnswer {
  readonly status: number;
  readonly etag: string;
  /** S3's code of an error; empty where there is none. */
  readonly code: string;
}

export function putPart({ url, signature, number, sha256 }: SignedPart, body: Buffer): Promise<PartAnswer> {
  const checksum = sha256 === undefined ? '' : Buffer.from(sha256, 'hex').toString('base64');
  const address = `${url}&partNumber=${number}${signature === '' ? '' : `&X-Amz-Signature=${signature}`}`;
  const headers = ['Content-Type:', 'Expect:', ...(checksum ? [`x-amz-checksum-sha256: ${checksum}`] : [])];
  return put(address, headers, body);
}

/** @param headers as curl takes them; a name with a colon and nothing more leaves its own out */
export async function put(url: string, headers: readonly string[], body: Buffer): Promise<PartAnswer> {
  const options = ['--silent', '--show-error', '--upload-file', '-', '--dump-header', '/dev/stderr', '--output', '-'];
  // A length, as from a file: S3 takes no part in chunks.
  const given = [...headers, 'Transfer-Encoding:', `Content-Length: ${body.length}`].flatMap((one) => [
    '--header',
    one,
  ]);
  const child = spawn('curl', [...options, '--noproxy', '*', ...given, url], { stdio: 'pipe' });
  let [head, text] = ['', ''];
  child.stderr.on('data', (chunk: Buffer) => (head += chunk.toString('latin1')));
  child.stdout.on('data', (chunk: Buffer) => (text += chunk));
  child.stdin.on('error', () => {});
  child.stdin.end(body);
  await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  return {
    status: Number([...head.matchAll(/^HTTP\/\S+ (\d+)/gm)].at(-1)?.[1] ?? 0),
    etag: /^etag: *"?([0-9a-f]+)"?\r?$/im.exec(head)?.[1] ?? '',
    code: /<Code>([A-Za-z]+)</.exec(text)?.[1] ?? '',
  };
}
