/** A port of the loopback address that no program listens on. */
import { createServer } from 'node:net';

/**
 * Below those that Linux gives by itself to connections and to servers that leave the choice to it (net.ipv4.ip_local_port_range begins at
 * 32768): on a busy computer one of these would often have the port before the server has it that it was found for.
 */
const [first, last] = [10_000, 32_000] as const;

/** @param random from 0 to below 1 */
export async function freePort(host: string, random: () => number = Math.random): Promise<number> {
  for (;;) {
    const port = first + Math.floor(random() * (last - first));
    if (await isFree(host, port)) return port;
  }
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false);
      else reject(error);
    });
    probe.listen(port, host, () => probe.close(() => resolve(true)));
  });
}
