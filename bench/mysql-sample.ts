/** A dump of MySQL for benchmarks, in the form in which mysqldump writes one. */
import { once } from 'node:events';
import type { Writable } from 'node:stream';

/** Bytes of one INSERT, as mysqldump's net_buffer_length has them. */
const statementBytes = 1_000_000;

const head = `-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)
--
-- Host: localhost    Database: bench
-- ------------------------------------------------------
/*!50503 SET NAMES utf8mb4 */;
/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;
/*!40111 SET @OLD_SQL_NOTES=@@SQL_NOTES, SQL_NOTES=0 */;
`;
const foot = '/*!40111 SET SQL_NOTES=@OLD_SQL_NOTES */;\n\n-- Dump completed on 2024-01-02  3:04:05\n';

interface Sample {
  readonly name: string;
  readonly columns: string;
  readonly row: (id: number) => string;
}

const words = 'the order was sent to another street and came back after two weeks without a note from anybody'.split(
  ' ',
);
const sentence = (id: number): string =>
  Array.from({ length: 24 }, (_, index) => words[(id * 7 + index * 5) % words.length]).join(' ');

const samples: readonly Sample[] = [
  {
    name: 'users',
    columns:
      '`id` int NOT NULL,\n  `email` varchar(120) NOT NULL,\n  `name` varchar(80),\n  `phone` varchar(40),\n  `born` date,\n  `profile` json,\n  PRIMARY KEY (`id`),\n  UNIQUE KEY `email` (`email`)',
    row: (id) =>
      `(${id},'user.${id}@mail${id % 97}.example.org','Nora O\\'Brien ${id}','+49 30 ${1_000_000 + id}','19${10 + (id % 89)}-0${1 + (id % 9)}-11','{\\"plan\\": \\"basic\\", \\"score\\": ${id % 1000}}')`,
  },
  {
    name: 'orders',
    columns:
      '`id` bigint NOT NULL,\n  `user_id` int,\n  `amount` decimal(12,2),\n  `state` varchar(20),\n  `at` datetime,\n  `code` binary(8),\n  PRIMARY KEY (`id`)',
    row: (id) =>
      `(${id},${id % 5000},${id}.${10 + (id % 89)},'shipped','2024-01-0${1 + (id % 9)} 10:00:00',_binary 'a\\0b${1000 + (id % 9000)}')`,
  },
  {
    name: 'notes',
    columns: '`id` bigint NOT NULL,\n  `text` mediumtext,\n  PRIMARY KEY (`id`)',
    row: (id) =>
      `(${id},'${sentence(id)}\\n${id % 2 === 0 ? `write to agent${id % 400}@desk.example.net` : "it\\'s done"} ${sentence(id + 1)}')`,
  },
];

/** @returns the bytes of SQL */
export async function writeMysqlSample(out: Writable, megabytes: number): Promise<number> {
  let bytes = 0;
  const write = async (text: string): Promise<void> => {
    bytes += Buffer.byteLength(text);
    if (!out.write(text)) await once(out, 'drain');
  };
  await write(head);
  for (const { name, columns, row } of samples) {
    await write(
      `DROP TABLE IF EXISTS \`${name}\`;\nCREATE TABLE \`${name}\` (\n  ${columns}\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;\n`,
    );
    const until = bytes + (megabytes * 1e6) / samples.length;
    for (let id = 1; bytes < until; ) {
      const rows: string[] = [];
      for (let size = 0; size < statementBytes; id += 1) {
        const one = row(id);
        rows.push(one);
        size += one.length + 1;
      }
      await write(`INSERT INTO \`${name}\` VALUES ${rows.join(',')};\n`);
    }
  }
  await write(foot);
  out.end();
  await once(out, 'finish');
  return bytes;
}
