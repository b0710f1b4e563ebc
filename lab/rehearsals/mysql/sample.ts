/** The sample of the MySQL backup: two databases and an empty one, with everything that a dump has to carry. */
import type { MysqlServer } from '../../hosts/mysql/server.ts';
import type { Addresses } from '../dump-files.ts';

/** What the account that dumps needs, word for word as docs/mysql.md asks for it. */
export const grants = 'SELECT, SHOW VIEW, TRIGGER, EVENT, LOCK TABLES, RELOAD, PROCESS, REPLICATION CLIENT';

/** The addresses in rows: each in a column of its own kind, or beside characters that have a meaning in SQL. */
const written: Readonly<Record<string, string>> = {
  'plain@canary.example': 'plain@canary.example',
  "o'hara@canary.example": "o\\'hara@canary.example",
  'json@canary.example': 'json@canary.example',
  'lines@canary.example': '\\nlines@canary.example\\n',
  'archived@canary.example': 'archived@canary.example',
};

export const addresses: Addresses = {
  canaries: Object.values(written).map((text) => ({ written: [text] })),
  bulk: /[a-z]+\.\d{9}@[a-z]+-post\.example/,
  readable: ['archive', 'anonymised'],
};

/** @param megabytes about the size of the dump, 1 or more */
export async function fillSample(server: MysqlServer, megabytes: number): Promise<void> {
  const orders = Math.round(megabytes * 4000);
  // The first of both by name, restored before the other begins.
  await server.sql(crm);
  await server.sql(shop(orders));
  await server.sql('CREATE DATABASE void');
  await server.sql(`CREATE USER backup@'%' IDENTIFIED BY '${server.password}'; GRANT ${grants} ON *.* TO backup@'%'`);
}

const address = (n: string): string =>
  `CONCAT(ELT(1 + ${n} % 4, 'anna', 'ben', 'carla', 'emil'), '.', 100000000 + ${n}, '@', ELT(1 + ${n} % 3, 'fjell', 'hafen', 'tal'), '-post.example')`;

const crm = `
CREATE DATABASE crm CHARACTER SET utf8mb4;
USE crm;
CREATE TABLE archive (id INT NOT NULL PRIMARY KEY, mail VARCHAR(100) CHARACTER SET latin1, taken TIMESTAMP NULL) ENGINE=InnoDB;
INSERT INTO archive VALUES (1, 'archived@canary.example', '2018-04-04 11:37:00'), (2, 'Müller', NULL);
CREATE TABLE contacts (id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, mail VARCHAR(190) NOT NULL UNIQUE, note TEXT,
  more JSON, score DECIMAL(12, 4), changed DATETIME(6) NOT NULL, kind ENUM('person', 'firm') NOT NULL DEFAULT 'person',
  KEY by_kind (kind, changed)) COMMENT 'people and firms';
INSERT INTO contacts (mail, note, more, score, changed) VALUES
  ('plain@canary.example', 'a\\tb\\\\c', '{"mail": "json@canary.example", "n": [1, null]}', 1.5, '2026-01-01 00:00:00.000001'),
  ('o\\'hara@canary.example', 'first\\nlines@canary.example\\nlast', NULL, -0.0001, '2026-01-02');
INSERT INTO contacts (mail, note, score, changed)
  SELECT ${address('seq')}, NULL, seq / 7, '2026-01-01' + INTERVAL seq SECOND FROM seq_1_to_2000;
CREATE VIEW firms AS SELECT id, mail FROM contacts WHERE kind = 'firm';
CREATE TRIGGER contacts_changed BEFORE UPDATE ON contacts FOR EACH ROW SET NEW.changed = NOW(6);
CREATE FUNCTION domain(mail VARCHAR(190)) RETURNS VARCHAR(190) DETERMINISTIC RETURN SUBSTRING_INDEX(mail, '@', -1);
CREATE PROCEDURE forget(IN who INT) DELETE FROM contacts WHERE id = who;
CREATE EVENT tidy ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01' DO DELETE FROM archive WHERE taken < '2000-01-01';`;

const shop = (orders: number): string => `
CREATE DATABASE shop CHARACTER SET utf8mb4;
USE shop;
CREATE TABLE customers (id INT UNSIGNED NOT NULL PRIMARY KEY, mail VARCHAR(190) NOT NULL, name VARCHAR(100) NOT NULL, photo BLOB, KEY (name));
INSERT INTO customers SELECT seq, ${address('seq')}, CONCAT('Name ', seq), UNHEX(MD5(seq)) FROM seq_1_to_5000;
CREATE TABLE orders (id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, customer INT UNSIGNED NOT NULL, at DATETIME NOT NULL,
  total DECIMAL(10, 2) NOT NULL, text LONGTEXT, CONSTRAINT of_customer FOREIGN KEY (customer) REFERENCES customers (id), KEY by_time (at));
INSERT INTO orders (customer, at, total, text)
  SELECT 1 + seq % 5000, '2026-01-01' + INTERVAL seq MINUTE, seq / 100, REPEAT(CONCAT('line ', seq, ' '), 1 + seq % 24) FROM seq_1_to_${orders};
CREATE VIEW totals AS SELECT customer, SUM(total) AS total FROM orders GROUP BY customer;
CREATE VIEW best AS SELECT c.name, t.total FROM totals t JOIN customers c ON c.id = t.customer;`;
