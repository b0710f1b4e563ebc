/** The engine for MySQL and MariaDB against a real server: what a dump holds, and what its proof says. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ensurePrerequisites } from '../../lab/hosts/prerequisites.ts';
import { MysqlDatabases, proveArchive, proveBoth } from './support-mysql.ts';

const databases = new MysqlDatabases();

beforeAll(async () => {
  ensurePrerequisites();
  await databases.start();
}, 120_000);
afterAll(() => databases.stop());

/** What a server can hold. */
const everything = `CREATE DATABASE shop CHARACTER SET latin1; USE shop;
CREATE TABLE kinds (id bigint unsigned PRIMARY KEY AUTO_INCREMENT, a float, d double, n decimal(30,10), b bit(5), g geometry, j json,
  e enum('x','y'), s set('a','b'), ts timestamp NULL, dt datetime(6), da date, ti time(3), y year, bl longblob, vb varbinary(20),
  bi binary(4), tx longtext CHARACTER SET utf8mb4, c char(3), u uuid, k int, v int AS (k+1) VIRTUAL, st int AS (k*2) STORED,
  hidden int INVISIBLE DEFAULT 7, KEY (dt), FULLTEXT KEY ft (tx)) AUTO_INCREMENT=50;
SET sql_mode='ALLOW_INVALID_DATES'; INSERT INTO kinds (a,d,n,b,g,j,e,s,ts,dt,da,ti,y,bl,vb,bi,tx,c,u) VALUES
 (0.1234567, 0.1+0.2, 1234567890.0123456789, 3, ST_GeomFromText('POINT(1 2)', 4326), '{"a":  [1, "q\\\\"''"]}', 'y', 'a,b', '2024-01-01 00:00:00',
  '2024-02-30 00:00:00.123456', '0000-00-00', '-12:34:56.789', 2024, x'00FF27225C0A0D1A', x'00', x'01', 'Käse 😀 \\\\ \\' " \\n;\\n-- x', 'ä', UUID()),
 (NULL,-0.0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
SET sql_mode='NO_AUTO_VALUE_ON_ZERO'; INSERT INTO kinds (id) VALUES (0); SET sql_mode=DEFAULT;
CREATE TABLE parent (id int PRIMARY KEY, name varchar(20) UNIQUE, CHECK (id > 0)) ENGINE=InnoDB COMMENT='it''s; \\n/* x */';
CREATE TABLE child (id int PRIMARY KEY, parent int, CONSTRAINT fk FOREIGN KEY (parent) REFERENCES parent (id) ON DELETE CASCADE);
INSERT INTO parent VALUES (1,'one'),(2,'two'); INSERT INTO child VALUES (1,1),(2,2),(3,NULL);
CREATE TABLE parts (id int, at date) PARTITION BY RANGE (YEAR(at)) (PARTITION a VALUES LESS THAN (2000), PARTITION b VALUES LESS THAN MAXVALUE);
INSERT INTO parts VALUES (1,'1999-01-01'),(2,'2020-01-01');
CREATE TABLE past (id int PRIMARY KEY, x int) WITH SYSTEM VERSIONING; INSERT INTO past VALUES (1,1),(2,2); UPDATE past SET x=5 WHERE id=1;
CREATE TABLE plain (id int, t text) ENGINE=MyISAM; INSERT INTO plain VALUES (1,'a'),(2,NULL);
CREATE TABLE crashsafe (id int) ENGINE=Aria; INSERT INTO crashsafe VALUES (1); CREATE TABLE fleeting (id int) ENGINE=MEMORY; INSERT INTO fleeting VALUES (9);
CREATE TABLE \`odd name.with-\`\`tick\` (\`a b\` int, \`select\` int); INSERT INTO \`odd name.with-\`\`tick\` VALUES (1,2);
CREATE SEQUENCE numbers START WITH 5; DO NEXTVAL(numbers);
CREATE VIEW a_names AS SELECT id, name FROM parent WHERE name LIKE '%o%'; CREATE VIEW b_names AS SELECT * FROM a_names; CREATE VIEW a_late AS SELECT * FROM b_names WITH CASCADED CHECK OPTION;
DELIMITER //
CREATE DEFINER='nobody; here'@'%' PROCEDURE p(IN x int) BEGIN SELECT 'a;
CREATE DEFINER=\`x\`@\`y\`; -- not a comment'; /* b */ END//
CREATE FUNCTION f(x int) RETURNS int DETERMINISTIC RETURN x + 1//
CREATE TRIGGER t1 BEFORE INSERT ON child FOR EACH ROW SET NEW.parent = NULLIF(NEW.parent, 0)//
CREATE TRIGGER t0 BEFORE INSERT ON child FOR EACH ROW FOLLOWS t1 SET NEW.id = NEW.id//
CREATE EVENT e ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 00:00:00' DISABLE COMMENT 'x' DO DELETE FROM child//
SET sql_mode=ORACLE//
CREATE PACKAGE pk AS FUNCTION one RETURN int; END//
CREATE PACKAGE BODY pk AS FUNCTION one RETURN int AS BEGIN RETURN 1; END; END//
SET sql_mode=DEFAULT//
DELIMITER ;`;

test('everything that a server can hold is dumped, restored by the plain client, and found the same', async () => {
  const { verdict, findings, compared, notes, dump } = await databases.prove(everything, { database: 'shop' });
  expect({ verdict, findings, refusals: notes }).toEqual({
    verdict: 'good',
    findings: [],
    refusals: expect.anything(),
  });
  expect(compared).toBeGreaterThan(40);
  expect(dump.sql).not.toMatch(/DEFINER=`(lab|nobody)/);
  expect(dump.sql).toContain('CREATE DEFINER=`x`@`y`; -- not a comment');
  expect(dump.sql).not.toContain('sandbox');
  expect(dump.source.position).toEqual({
    binlog: expect.stringMatching(/^b\.\d+:\d+$/),
    gtid: expect.stringMatching(/^0-1-\d+$/),
  });
  expect(dump.source.after).toBeUndefined();
  expect(dump.facts.notes.join('\n')).toMatch(/rows of tables without transactions may move .*shop\.crashsafe/);
});

test('a default that draws from a sequence and columns of a period of any name are restored and compared, history included', async () => {
  const setup = `CREATE DATABASE drawn; USE drawn; CREATE SEQUENCE s; CREATE TABLE t (id bigint DEFAULT nextval(s) PRIMARY KEY);
INSERT INTO t VALUES (DEFAULT),(DEFAULT);
CREATE TABLE h (id int PRIMARY KEY, x int, \`from\` timestamp(6) GENERATED ALWAYS AS ROW START, \`till\` timestamp(6) GENERATED ALWAYS AS ROW END,
  PERIOD FOR SYSTEM_TIME(\`from\`, \`till\`)) WITH SYSTEM VERSIONING; INSERT INTO h (id, x) VALUES (1,1),(2,2); UPDATE h SET x=5 WHERE id=1;`;
  const { dump, ...proof } = await databases.prove(setup, { database: 'drawn' });
  expect(proof).toMatchObject({ verdict: 'good', findings: [] });
  // Two rows of now, and one of former times.
  expect(dump.source.tables).toContainEqual(expect.objectContaining({ name: 'drawn.h', rows: '3' }));
}, 60_000);

test('transaction-precise history, which no tool dumps, is left out with a note, and the rows of now are proven', async () => {
  const setup = `CREATE DATABASE precise; USE precise; CREATE TABLE h (id int PRIMARY KEY, x int, s bigint unsigned GENERATED ALWAYS AS ROW START,
  e bigint unsigned GENERATED ALWAYS AS ROW END, PERIOD FOR SYSTEM_TIME(s, e)) WITH SYSTEM VERSIONING ENGINE=InnoDB;
INSERT INTO h (id, x) VALUES (1,1),(2,2); UPDATE h SET x=5 WHERE id=1;
CREATE TABLE other (id int PRIMARY KEY) WITH SYSTEM VERSIONING; INSERT INTO other VALUES (1); DELETE FROM other;`;
  const { dump, ...proof } = await databases.prove(setup, { database: 'precise' });
  expect(proof).toMatchObject({ verdict: 'good', findings: [] });
  expect(dump.facts.notes.join('\n')).toContain('as these tables have it: precise.h, and then none of any other');
  expect(dump.source.tables.map(({ name, rows }) => [name, rows])).toEqual([
    ['precise.h', '2'],
    ['precise.other', '0'],
  ]);
}, 60_000);

test("what gone accounts, ANSI_QUOTES, NO_BACKSLASH_ESCAPES, Oracle's mode and clients in latin1 made is proven, in the anonymised file, too", async () => {
  const setup = `CREATE DATABASE odd; USE odd; CREATE TABLE t (id int, e varchar(40)); INSERT INTO t VALUES (1,'jo@corp.com');
CREATE USER gone@x; GRANT ALL ON *.* TO gone@x; CREATE DEFINER=gone@x VIEW v AS SELECT id, e FROM t; CREATE VIEW w AS SELECT * FROM v;
CREATE DEFINER=gone@x PROCEDURE g() SELECT 1; DROP USER gone@x;
CREATE USER blind@x; CREATE DEFINER=blind@x VIEW b AS SELECT t.e FROM t;
DELIMITER //
SET sql_mode='ANSI_QUOTES'//
CREATE DEFINER="gone@corp.com"@"%" TRIGGER "t r" BEFORE INSERT ON "t" FOR EACH ROW BEGIN SET NEW."e" = 'a;b'; END//
CREATE DEFINER="gone@corp.com"@"%" PROCEDURE "p q"() BEGIN SELECT "e" FROM "t"; END//
CREATE DEFINER="gone@corp.com"@"%" EVENT "e v" ON SCHEDULE EVERY 1 DAY STARTS '2035-01-01' DO BEGIN DELETE FROM "t"; END//
SET sql_mode='NO_BACKSLASH_ESCAPES,ANSI_QUOTES'//
CREATE PROCEDURE n() BEGIN SELECT 'a\\', "e" FROM t; SELECT 'b;\\'; END//
SET sql_mode=ORACLE//
CREATE PACKAGE pk AS FUNCTION one RETURN int; END//
CREATE PACKAGE BODY pk AS FUNCTION one RETURN int AS BEGIN RETURN 1; END; END//
SET sql_mode=DEFAULT//
DELIMITER ;
SET NAMES latin1; SET @text = CONCAT('CREATE PROCEDURE l() SELECT ', QUOTE(CONVERT(x'5a6feb' USING latin1)));
EXECUTE IMMEDIATE @text; EXECUTE IMMEDIATE CONCAT('CREATE VIEW lv AS SELECT ', QUOTE(CONVERT(x'eb' USING latin1)), ' AS x');`;
  await databases.source.sql(setup);
  const dump = await databases.dump({ database: 'odd' });
  expect(dump.sql).not.toMatch(/DEFINER=/);
  const { archive, anonymised } = await proveBoth(dump, 'odd');
  expect(archive).toMatchObject({ verdict: 'good', findings: [] });
  expect(anonymised).toMatchObject({ verdict: 'good', findings: [] });
}, 60_000);

test('what another series words otherwise is compared in the words of the scratch server, or not at all', async () => {
  const setup = `CREATE DATABASE reworded; USE reworded; CREATE TABLE t (id int PRIMARY KEY, a varchar(9));
CREATE VIEW v AS SELECT id FROM t WHERE a IS NULL; CREATE VIEW w AS SELECT id FROM v WHERE id IS NULL;
CREATE FUNCTION f() RETURNS varchar(9) DETERMINISTIC RETURN 'x'; CREATE FUNCTION g() RETURNS int DETERMINISTIC RETURN 1;
CREATE EVENT e ON SCHEDULE EVERY 1 DAY STARTS '2035-01-01' DISABLE ON SLAVE DO SELECT 1; CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1;`;
  await databases.source.sql(setup);
  const dump = await databases.dump({ database: 'reworded' });
  const inWords = (
    changes: readonly (readonly [id: string, from: string | RegExp, to: string])[],
    serverVersion = '10.5.1-MariaDB',
  ) => {
    const sql = new Map(dump.source.sql);
    const definitions: Record<string, string> = { ...dump.source.definitions };
    for (const [id, from, to] of changes) {
      const text = sql.get(id) ?? '';
      expect(text).toMatch(from);
      sql.set(id, text.replace(from, to));
      definitions[id] = `other ${id}`;
    }
    return proveArchive(dump, {
      request: { source: { ...dump.source, serverVersion, sql, definitions } },
    });
  };
  const older = [
    ['VIEW reworded.v', '`t`.`a` is null', 'isnull(`t`.`a`)'],
    ['VIEW reworded.w', '`v`.`id` is null', 'isnull(`v`.`id`)'],
    ['FUNCTION reworded.f', / CHARSET (\w+) COLLATE \w+/, ' CHARSET $1'],
    ['FUNCTION reworded.g', 'int(11)', 'int'],
    ['EVENT reworded.e', 'DISABLE ON SLAVE', '/* as */ DISABLE ON SLAVE'],
  ] as const;
  expect(await inWords(older)).toMatchObject({ verdict: 'good', findings: [] });
  // The log that this one keeps makes it no other series; only programs may have the words of the series before an upgrade.
  expect(dump.source.serverVersion).toMatch(/-log$/);
  const programs = older.filter(([id]) => !id.startsWith('VIEW '));
  expect(await inWords(programs, dump.source.serverVersion)).toMatchObject({ verdict: 'good', findings: [] });
  const views = await inWords(older, dump.source.serverVersion);
  expect(views).toMatchObject({
    verdict: 'bad',
    findings: [/VIEW reworded.v/, /VIEW reworded.w/].map((word) => expect.stringMatching(word)),
  });
  // A difference that is one in any words.
  const other = await inWords([...older, ['VIEW reworded.v', 'isnull(`t`.`a`)', '(`t`.`a` = 2)']]);
  expect(other).toMatchObject({ verdict: 'bad', findings: [expect.stringContaining('definition of VIEW reworded.v')] });
  const refused = await inWords([['TRIGGER reworded.x', 'NEW.a', 'NEW . a']]);
  expect(refused).toMatchObject({
    verdict: 'unproven',
    findings: expect.arrayContaining([expect.stringContaining('servers of two versions word it otherwise')]),
  });
}, 60_000);

test('a dump of one database is proven as it is, and restored into one of any name by the plain client', async () => {
  const setup = `CREATE DATABASE orders CHARACTER SET latin1; USE orders;
CREATE TABLE orders (id int PRIMARY KEY); CREATE TABLE items (id int PRIMARY KEY, order_id int);
INSERT INTO orders VALUES (1), (2), (3); INSERT INTO items VALUES (2, 2), (10, 1);
CREATE VIEW opened AS SELECT orders.id FROM orders WHERE EXISTS (SELECT 1 FROM items WHERE items.order_id = orders.id);
CREATE VIEW joined AS SELECT orders.id FROM orders JOIN items ON items.order_id = orders.id;
CREATE FUNCTION orders.f() RETURNS int DETERMINISTIC RETURN 1; CREATE VIEW called AS SELECT orders.f() AS n, orders.orders.id FROM orders.orders;
CREATE TRIGGER \`orders\`.\`qualified\` BEFORE INSERT ON \`orders\`.\`items\` FOR EACH ROW SET NEW.order_id = 1;
CREATE EVENT orders.e ON SCHEDULE EVERY 1 DAY STARTS '2035-01-01' DO DELETE FROM orders.items; CREATE PROCEDURE orders.p() SELECT 1;
ALTER DATABASE orders CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;`;
  await databases.source.sql(setup);
  const dump = await databases.dump({ database: 'orders' });
  const good = { verdict: 'good', findings: [] };
  expect(await proveBoth(dump, 'orders')).toMatchObject({ archive: good, anonymised: good });
  const { scratch } = databases;
  await scratch.sql('CREATE DATABASE orders CHARACTER SET greek; CREATE DATABASE elsewhere');
  await scratch.sql(dump.sql, 'elsewhere');
  expect(
    (await scratch.sql('SELECT id FROM opened ORDER BY id; SELECT COUNT(*) FROM called', 'elsewhere')).trim(),
  ).toBe('1\n2\n3');
  const collation = (of: string): string => `SELECT ${of} FROM information_schema.`;
  const collations = await scratch.sql(
    `${collation('database_collation')}triggers WHERE trigger_schema = 'elsewhere';
     ${collation('database_collation')}routines WHERE routine_schema = 'elsewhere' AND routine_name = 'p';
     ${collation('default_collation_name')}schemata WHERE schema_name IN ('elsewhere', 'orders') ORDER BY schema_name`,
  );
  expect(collations.trim().split('\n')).toEqual([
    'latin1_swedish_ci',
    'latin1_swedish_ci',
    'utf8mb4_unicode_ci',
    'greek_general_ci',
  ]);
  await scratch.sql('DROP DATABASE elsewhere; DROP DATABASE orders');
}, 60_000);

test('views of every form keep their meaning in a database that is called as tables, aliases and columns of theirs', async () => {
  const views = [
    'SELECT o.id FROM t o',
    'SELECT o.o.id, o.o.o FROM o.o',
    'SELECT o.f(o.id) AS x, f(o.o) AS y FROM o',
    'WITH o AS (SELECT id FROM t) SELECT o.id FROM o JOIN t ON t.id = o.id',
    'SELECT o.id FROM (SELECT o.id, o.o FROM o UNION SELECT t.id, t.o FROM t) o',
    'SELECT EXTRACT(YEAR FROM o.d) AS y, TRIM(BOTH o.n FROM o.n) AS n, SUBSTRING(o.n FROM 1 FOR 2) AS s FROM o',
    'SELECT STRAIGHT_JOIN o.id FROM o STRAIGHT_JOIN t ON t.id = o.id',
    'SELECT o.id FROM o, t WHERE o.id = t.id AND (o.id) IN (SELECT o.id FROM t o WHERE o.id IN (o.o, o.id))',
    'SELECT o.id FROM (o LEFT JOIN t ON o.id = t.id) LEFT JOIN (t AS u JOIN t AS w ON u.id = w.id) ON u.id = o.id',
    'SELECT o.id, ROW_NUMBER() OVER (PARTITION BY o.o ORDER BY o.id) AS r FROM o',
    "SELECT GROUP_CONCAT(o.n ORDER BY o.id, o.o SEPARATOR '`o`.') AS g FROM o GROUP BY o.d, o.n HAVING MAX(o.id) > MIN(o.o) ORDER BY o.n, o.d",
    'SELECT NEXTVAL(o.s) AS n, LASTVAL(s) AS l, o.id FROM o',
    "SELECT j.x FROM o, JSON_TABLE(o.n, '$' COLUMNS (x int PATH '$')) j",
    'SELECT o.id FROM o WHERE NOT EXISTS (SELECT 1 FROM (SELECT o.id FROM o) o WHERE o.id = 1)',
    '(SELECT o.id FROM o) UNION ALL (SELECT o.o FROM o) ORDER BY id',
  ];
  const setup = `CREATE DATABASE o; USE o; CREATE SEQUENCE s; CREATE TABLE t (id int PRIMARY KEY, o int); CREATE TABLE m (id int) ENGINE=MyISAM;
CREATE TABLE o (id int PRIMARY KEY, o int, n varchar(20), d datetime, s int DEFAULT NEXTVAL(o.s), CHECK (o.o > 0), g int AS (o.o + 1) STORED);
CREATE TABLE merged (id int) ENGINE=MERGE UNION=(o.m); CREATE FUNCTION f(x int) RETURNS int DETERMINISTIC RETURN x + 1;
${views.map((view, at) => `CREATE VIEW v${at} AS ${view}; CREATE DEFINER='gone'@'%' VIEW gone${at} AS ${view};`).join('\n')}`;
  const { verdict, findings, dump } = await databases.prove(setup, { database: 'o' });
  expect({ verdict, findings }).toEqual({ verdict: 'good', findings: [] });
  expect(dump.source.objects).toMatchObject({ views: 2 * views.length });
}, 60_000);

test('a row that is larger than the scratch server took is restored, and an event with a comment that no dump holds is a doubt', async () => {
  await databases.scratch.sql('SET GLOBAL max_allowed_packet = 1048576');
  const setup = `CREATE DATABASE large; USE large; CREATE TABLE t (id int, a longblob, b longtext); INSERT INTO t VALUES (1, REPEAT(x'00ff275c', 500000), REPEAT('it\\'s', 500000));`;
  expect(await databases.prove(setup, { database: 'large' })).toMatchObject({ verdict: 'good', findings: [] });
  const event = `CREATE DATABASE garbled; USE garbled; SET NAMES latin1;
EXECUTE IMMEDIATE CONCAT("CREATE EVENT e ON SCHEDULE EVERY 1 DAY STARTS '2035-01-01' COMMENT ", QUOTE(CONVERT(x'eb' USING latin1)), " DO SELECT 1");`;
  expect(await databases.prove(event, { database: 'garbled' })).toMatchObject({
    verdict: 'unproven',
    findings: expect.arrayContaining([expect.stringContaining('write the comment of an event')]),
  });
}, 60_000);

test('a table that the server cannot read, and what hangs on it, is named and left out, and the rest is proven', async () => {
  const setup = `CREATE DATABASE damaged; USE damaged; CREATE TABLE kept (id int PRIMARY KEY); INSERT INTO kept VALUES (1);
CREATE TABLE lost (id int PRIMARY KEY); ALTER TABLE lost DISCARD TABLESPACE;
CREATE TRIGGER on_lost BEFORE INSERT ON lost FOR EACH ROW SET NEW.id = 1; CREATE TRIGGER on_kept BEFORE INSERT ON kept FOR EACH ROW SET NEW.id = NEW.id;
CREATE TABLE part (id int) ENGINE=MyISAM; CREATE TABLE merged (id int) ENGINE=MERGE UNION=(part); DROP TABLE part;
CREATE USER gone; GRANT ALL ON *.* TO gone; CREATE DEFINER=gone FUNCTION f() RETURNS int DETERMINISTIC RETURN 1; CREATE VIEW called AS SELECT f() AS x; DROP USER gone;`;
  const { dump, verdict, findings } = await databases.prove(setup, { database: 'damaged' });
  expect(verdict).toBe('unproven');
  expect(
    findings.map((finding) =>
      finding.replace(/ could not be read: .*; /, ': ').replace(/ could not.*not in/, ': not in'),
    ),
  ).toEqual([
    'VIEW damaged.called: make it again with a definer that exists, or drop it',
    'TABLE damaged.lost: bring the file of the table back, or drop the table and restore it from an older dump',
    'TABLE damaged.merged: drop the MERGE table, or alter its UNION to tables that are there',
    'TRIGGER damaged.on_lost: not in the dump, since its table is not',
    expect.stringMatching(/^(\d+) of \1 figures are the same$/),
  ]);
  const notes = dump.facts.notes.join('\n');
  for (const left of ['view damaged.called', 'table damaged.lost', 'table damaged.merged'])
    expect(notes).toContain(`the ${left} cannot be read, so it is not in the dump: `);
  expect(dump.source.after).toBeUndefined();
}, 60_000);

test('a directory of the volume that the server takes for a database does not keep a server from being dumped', async () => {
  mkdirSync(join(databases.folder, 'a', 'data', 'lost+found'), { mode: 0o700 });
  mkdirSync(join(databases.folder, 'a', 'data', '.snapshot'), { mode: 0o700 });
  expect(await databases.source.sql('SHOW DATABASES')).toContain('#mysql50#lost+found');
  const { sql, source, facts } = await databases.dump();
  expect(sql).toContain('-- Dump completed');
  expect([source.databases, facts.uncovered]).toEqual([
    expect.not.arrayContaining([expect.stringMatching(/^#/)]),
    undefined,
  ]);
  expect(facts.notes.filter((note) => note.includes('#mysql50#'))).toEqual([
    expect.stringContaining('not dumped: #mysql50#.snapshot ('),
  ]);
}, 60_000);

test('an empty ENUM or SET is proven, be it a member or an error value; another member is not the same', async () => {
  const setup = `CREATE DATABASE chosen; USE chosen; SET sql_mode = ''; CREATE TABLE t (id int PRIMARY KEY, e enum('','a','b'), s set('','a','b'), n enum('a'));
INSERT INTO t VALUES (1,'wrong',1,'wrong'),(2,'','',''),(3,'a','a','a'),(4,NULL,NULL,NULL),(5,'b',',b','a'); SELECT MIN(e+0), MAX(s+0) FROM t;`;
  const { dump, ...proof } = await databases.prove(setup, { database: 'chosen' });
  expect(proof).toMatchObject({ verdict: 'good', findings: [] });
  const change = async (): Promise<void> => {
    const at = "table_name = 't' AND column_name = 's' AND table_schema LIKE 'holdfast%'";
    const copy = await databases.scratch.sql(`SELECT table_schema FROM information_schema.columns WHERE ${at}`);
    await databases.scratch.sql("UPDATE t SET e = 'b' WHERE id = 3", copy.trim());
  };
  expect(await proveArchive(dump, { change })).toMatchObject({ verdict: 'bad' });
}, 60_000);
