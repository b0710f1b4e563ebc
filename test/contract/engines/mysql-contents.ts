/** What sources of MySQL and MariaDB hold: every type with its extremes, odd names, views on views. */

/** No character beyond U+FFFF, none at the end that is a space (MySQL manual, "Schema Object Names"). */
const odd = [
  'a `b`',
  'a "b"',
  "it's",
  'Zoë 数据',
  'SELECT',
  'a;b',
  'a.b',
  'tab\there',
  'two\nlines',
  'semi;\ncolon',
  'back\\slash',
  '100 %s',
  '-- comment',
  '/* c */',
  ' leading',
  '$$',
  'DELIMITER ;;',
  'x'.repeat(64),
];
const quoted = (name: string): string => `\`${name.replaceAll('`', '``')}\``;
const literal = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;

export const namesContent = {
  sql: odd
    .map((name, at) => {
      const [id, text] = [quoted(name), literal(name)];
      const other = (mark: string): string => quoted(`${mark}${name}`.slice(0, 63).trimEnd());
      return `CREATE TABLE ${id} (${id} varchar(100) PRIMARY KEY COMMENT ${text}, n int DEFAULT ${at}, KEY ${other('k')} (n)) COMMENT ${text};
INSERT INTO ${id} (${id}) VALUES (${text}), (CONCAT(${text}, ' again'));
CREATE VIEW ${other('v')} AS SELECT * FROM ${id};
CREATE TRIGGER ${other('t')} BEFORE INSERT ON ${id} FOR EACH ROW SET NEW.n = 1;
CREATE PROCEDURE ${other('p')}() SELECT * FROM ${id};`;
    })
    .join('\n'),
  tables: odd.length,
  rows: odd.length * 2,
};

/** Every type that a user may give a column (MySQL manual, "Data Types"), with its extremes. */
const columns: readonly (readonly [string, readonly string[]])[] = [
  ['tinyint', ['-128', '127']],
  ['tinyint unsigned', ['255']],
  ['smallint', ['-32768', '32767']],
  ['mediumint', ['-8388608']],
  ['int(6) zerofill', ['1']],
  ['bigint', ['-9223372036854775808', '9223372036854775807']],
  ['bigint unsigned', ['18446744073709551615']],
  ['decimal(65,30)', ["'-99999999999999999999999999999999999.999999999999999999999999999999'"]],
  ['float', ['-3.402823e38', '0.1', '1.175494351e-38']],
  ['double', ['-1.7976931348623157e308', '2.2250738585072014e-308', '0.1e0+0.2e0']],
  ['bit(64)', ["b'1111111111111111111111111111111111111111111111111111111111111111'", "b'0'"]],
  ['bit(1)', ["b'1'"]],
  ['boolean', ['true', 'false']],
  ['date', ["'1000-01-01'", "'9999-12-31'"]],
  ['datetime', ["'1000-01-01 00:00:00'", "'9999-12-31 23:59:59'"]],
  ['datetime(6)', ["'2026-03-29 02:30:00.000001'"]],
  ['timestamp NULL', ["'1970-01-02 00:00:01'", "'2038-01-18 03:14:07'"]],
  ['timestamp(6) NULL', ["'2026-03-29 02:30:00.999999'"]],
  ['time', ["'-838:59:59'", "'838:59:59'"]],
  ['time(3)', ["'00:00:00.001'"]],
  ['year', ['1901', '2155', '0']],
  ['char(5)', ["'a'", "''"]],
  ['varchar(9)', ["'ends '"]],
  ['char(5) CHARACTER SET latin1', ["'Zoë'"]],
  ['varchar(20) CHARACTER SET utf8mb4', ["'é 数 🐘'"]],
  ['varchar(20) CHARACTER SET ucs2', ["'é 数'"]],
  ['text CHARACTER SET utf8mb4', ["''", "'a\\0b\\t\\n\\r\\\\\\Z\\'\\\"'", "';\\n-- x\\n/* y */'"]],
  ['binary(4)', ["x'0001'", "x'ffffffff'"]],
  ['varbinary(300)', ["''", "x'00ff0a5c2722'"]],
  ['tinyblob', ["x'00'"]],
  ['blob', ["x'1a'", "''"]],
  ['mediumblob', ["REPEAT(x'00ff',1000)"]],
  ['longblob', ["x'5c'"]],
  ['tinytext', ["'x'"]],
  ['mediumtext', ["REPEAT('long ',1000)"]],
  ['longtext', ["'x'"]],
  ["enum('a','it''s \"fine\"','ü') CHARACTER SET utf8mb4", ["'it''s \"fine\"'", '3']],
  ["set('a','b','c')", ["'a,c'", "''"]],
  ['json', ['\'{"a": [1, null, "\\\\u00e9", 1.10]}\'']],
  ['geometry', ["ST_GeomFromText('GEOMETRYCOLLECTION(POINT(1 1),LINESTRING(0 0,1 1))')"]],
  ['point', ["ST_GeomFromText('POINT(1e-300 -1e300)')"]],
  ['linestring', ["ST_GeomFromText('LINESTRING(0 0,1 1)')"]],
  ['polygon', ["ST_GeomFromText('POLYGON((0 0,1 0,1 1,0 0))')"]],
  ['multipoint', ["ST_GeomFromText('MULTIPOINT(0 0,1 1)')"]],
  ['multilinestring', ["ST_GeomFromText('MULTILINESTRING((0 0,1 1),(2 2,3 3))')"]],
  ['multipolygon', ["ST_GeomFromText('MULTIPOLYGON(((0 0,1 0,1 1,0 0)))')"]],
  ['geometrycollection', ["ST_GeomFromText('GEOMETRYCOLLECTION(POINT(1 1))')"]],
  ['national varchar(9)', ["'é'"]],
];

const special = `CREATE TABLE zero (id int PRIMARY KEY AUTO_INCREMENT, d date, t datetime) AUTO_INCREMENT=100;
SET sql_mode='NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES'; INSERT INTO zero VALUES (0,'0000-00-00','2026-02-30 00:00:00'),(1,'2026-00-10',NULL);
SET sql_mode=DEFAULT;
CREATE TABLE generated (a int, b int GENERATED ALWAYS AS (a * 2) STORED, c int GENERATED ALWAYS AS (a + 1) VIRTUAL, KEY (b)); INSERT INTO generated (a) VALUES (1),(NULL);
CREATE TABLE parts (id int, n int) PARTITION BY LIST (n) (PARTITION p1 VALUES IN (1), PARTITION p2 VALUES IN (2,3)); INSERT INTO parts VALUES (1,1),(2,3);
CREATE TABLE words (id int, t text, FULLTEXT KEY ft (t)) CHARACTER SET utf8mb4; INSERT INTO words VALUES (1,'one two');
CREATE TABLE locked (id int PRIMARY KEY, t varchar(20)) ENGINE=MyISAM; INSERT INTO locked VALUES (1,'a'),(2,NULL);
CREATE TABLE empty (id int PRIMARY KEY, CHECK (id > 0));`;

/** What MariaDB alone has. */
const mariadb = `CREATE TABLE ids (u uuid, six inet6, four inet4); INSERT INTO ids VALUES ('ffffffff-ffff-ffff-ffff-ffffffffffff','::1','255.0.0.1');
CREATE TABLE past (id int PRIMARY KEY, x int) WITH SYSTEM VERSIONING; INSERT INTO past VALUES (1,1); UPDATE past SET x=2;
CREATE TABLE hidden (a int, b int INVISIBLE DEFAULT 3); INSERT INTO hidden (a) VALUES (1);
CREATE TABLE safe (id int) ENGINE=Aria; INSERT INTO safe VALUES (1);
CREATE SEQUENCE numbers START WITH 7 INCREMENT BY 3; DO NEXTVAL(numbers);`;

export const typesContent = (isMariaDb: boolean) => ({
  sql: `${columns
    .map(
      ([type, values], at) =>
        `CREATE TABLE type_${at} (value ${type}); INSERT INTO type_${at} VALUES (NULL), ${values.map((value) => `(${value})`).join(', ')};`,
    )
    .join('\n')}\n${special}\n${isMariaDb ? mariadb : ''}`,
  tables: columns.length + 6,
  // The second row of `past` is one of former times.
  rows: columns.reduce((sum, [, values]) => sum + values.length + 1, 0) + 9 + (isMariaDb ? 5 : 0),
});

export const viewsContent = {
  sql: `CREATE TABLE person (id int PRIMARY KEY, boss int, name varchar(20), FOREIGN KEY (boss) REFERENCES person (id));
INSERT INTO person VALUES (1, 1, 'Ada'), (2, 1, 'Grace');
CREATE VIEW z AS SELECT id, name FROM person WHERE id > 0; CREATE VIEW y AS SELECT id, UPPER(name) AS name FROM z;
CREATE FUNCTION first_name() RETURNS varchar(20) READS SQL DATA RETURN (SELECT name FROM y ORDER BY id LIMIT 1);
CREATE VIEW c AS SELECT y.*, first_name() AS first FROM y; CREATE VIEW b AS SELECT COUNT(*) AS n FROM c;
CREATE VIEW a AS SELECT id, name FROM z WHERE id < 100 WITH CASCADED CHECK OPTION;
CREATE ALGORITHM=MERGE VIEW m AS SELECT id FROM z; CREATE ALGORITHM=TEMPTABLE VIEW t AS SELECT id FROM a;
CREATE TRIGGER second BEFORE INSERT ON person FOR EACH ROW SET NEW.name = TRIM(NEW.name);
CREATE TRIGGER first BEFORE INSERT ON person FOR EACH ROW PRECEDES second SET NEW.boss = COALESCE(NEW.boss, 1);
CREATE PROCEDURE fill() INSERT INTO person VALUES (3, 1, 'x'); CREATE EVENT never ON SCHEDULE EVERY 1 DAY STARTS '2035-01-01' DO CALL fill();
CREATE TABLE conformance_views (id int PRIMARY KEY); INSERT INTO conformance_views VALUES (1), (3);
CREATE VIEW own AS SELECT conformance_views.id FROM conformance_views WHERE EXISTS (SELECT 1 FROM person WHERE person.boss = conformance_views.id);
CREATE VIEW joined AS SELECT conformance_views.id FROM conformance_views JOIN person ON person.id = conformance_views.id WHERE conformance_views.first_name() > '';
CREATE TRIGGER conformance_views.third AFTER INSERT ON conformance_views.person FOR EACH ROW SET @inserted = NEW.id;
ALTER DATABASE conformance_views CHARACTER SET latin2;`,
  tables: 2,
  rows: 4,
  definitions: ['a', 'b', 'c', 'm', 'own', 'joined'].map((name) => `VIEW conformance_views.${name}`),
};
