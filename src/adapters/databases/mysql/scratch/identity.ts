/** What tells one server from another, however it is reached. */
import type { Session } from '../session.ts';

/** Of a server of old, name, port and folder; a copy of a machine has another name, whatever its identifiers. */
export async function identityOf(session: Session): Promise<string> {
  const [row = []] = await session.mustAsk('SELECT @@hostname, @@port, @@datadir, @@socket');
  const uuid = (await session.value('SELECT @@server_uuid')) ?? (await session.value('SELECT @@server_uid')) ?? '';
  return [...row, uuid].join('|');
}
