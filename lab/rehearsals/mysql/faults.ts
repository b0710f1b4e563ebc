/** The faults of the MySQL backup. */
import { type Connection, createConnection } from 'mysql2/promise';
import type { Lab, Undo } from '../../lab.ts';
import { credentialsExpire, truncatedArchive } from '../common-faults.ts';
import { type NamedFault, retry } from '../fault.ts';

/** The server may end before the lab takes the fault back: then the connection's end is no error of the lab. */
async function connected(url: string): Promise<Connection> {
  const one = await createConnection(url);
  one.on('error', () => {});
  return one;
}

/**
 * Changes the restored copy while its second database is still being loaded: the first one, `crm`, is complete by then.
 * A copy of `crm` alone has no second one; faults are for the whole server.
 */
function changeCopy(statement: string): NamedFault['arrange'] {
  return ({ mysql }: Lab): Undo => {
    // The copy is there for a moment: to start a client for each look would take too long.
    let connection: Promise<Connection> | undefined;
    const stop = retry(5, async () => {
      const { scratch } = mysql ?? {};
      if (scratch === undefined) throw new Error('this lab has no MariaDB: it was started without the seed for it');
      connection ??= connected(scratch.url()).catch((error: unknown) => {
        connection = undefined;
        throw error;
      });
      const one = await connection;
      const [restored] = await one.query("SELECT 1 FROM information_schema.tables WHERE table_schema = 'shop' LIMIT 1");
      if ((restored as unknown[]).length === 0) return false;
      await one.query('USE crm');
      await one.query(statement);
      return true;
    });
    return () => {
      stop();
      connection?.then(
        (one) => one.destroy(),
        () => {},
      );
    };
  };
}

export const mysqlFaults: readonly NamedFault[] = [
  credentialsExpire,
  truncatedArchive,
  {
    name: 'lost-table',
    description: 'a table of the restored copy is missing',
    ends: 'bad',
    arrange: changeCopy('DROP TABLE archive'),
  },
  {
    name: 'lost-rows',
    description: 'rows of a restored table are missing',
    ends: 'bad',
    arrange: changeCopy('DELETE FROM contacts WHERE id % 500 = 0'),
  },
  {
    name: 'lost-trigger',
    description: 'a trigger of the restored copy is missing',
    ends: 'bad',
    arrange: changeCopy('DROP TRIGGER contacts_changed'),
  },
  {
    name: 'lost-routine',
    description: 'a procedure of the restored copy is missing',
    ends: 'bad',
    arrange: changeCopy('DROP PROCEDURE forget'),
  },
];
