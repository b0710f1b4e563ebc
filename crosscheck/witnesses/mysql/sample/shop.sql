-- What MariaDB and MySQL have both had for long.
CREATE DATABASE shop DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
CREATE DATABASE `odd-names` DEFAULT CHARACTER SET latin1;
USE shop;
SET NAMES utf8mb4;
CREATE TABLE goods (
  id int UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, label varchar(60) NOT NULL, price decimal(12,4) DEFAULT '0.0000', stock smallint(5) unsigned zerofill DEFAULT 7,
  weight double, flags bit(10) NOT NULL DEFAULT b'101', kind enum('a','it''s "fine"','ü') DEFAULT 'a', marks set('x','y','z'), made year(4), open time,
  changed timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP, precise datetime(6), photo longblob, code binary(4), note text,
  UNIQUE KEY label (label), KEY by_note (note(20)), KEY price (price, stock) COMMENT 'two; columns'
) ENGINE=InnoDB AUTO_INCREMENT=1000 COMMENT='it''s "all"; we -- have' ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
INSERT INTO goods (label, price, weight, flags, kind, marks, made, open, changed, precise, photo, code, note) VALUES
  ('first', 12.5, 0.1, b'1111111111', 'it''s "fine"', 'x,z', 2026, '-838:59:59', '2026-03-29 01:30:00', '2026-03-29 02:30:00.000001', REPEAT(x'00ff0a0d1a5c2722', 40000), x'00000001', 'tab\t line\n back\\slash \0 \Z quote'' "'),
  ('Zoë 数据 🐘', -99999999.9999, 1.7976931348623157e308, b'0', 'ü', '', 1901, '838:59:59', '1970-01-02 00:00:01', NULL, NULL, x'ffffffff', '/* c */ ; -- x\n# y\nDELIMITER ;;'),
  ('ends ', NULL, 2.2250738585072014e-308, b'1', 'a', NULL, 2155, '00:00:00', '2037-01-18 03:14:07', '9999-12-31 23:59:59.999999', '', x'30', '');
SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES';
CREATE TABLE zero (id int AUTO_INCREMENT PRIMARY KEY, d date DEFAULT '0000-00-00', t datetime NOT NULL DEFAULT '0000-00-00 00:00:00') ENGINE=InnoDB;
INSERT INTO zero VALUES (0, '0000-00-00', '0000-00-00 00:00:00'), (1, '2026-00-10', '2026-02-30 10:00:00');
SET sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION';
CREATE TABLE boss (id int PRIMARY KEY, team int, KEY team (team)) ENGINE=InnoDB;
CREATE TABLE team (id int PRIMARY KEY, boss int, KEY boss (boss), CONSTRAINT led FOREIGN KEY (boss) REFERENCES boss (id) ON DELETE SET NULL ON UPDATE CASCADE) ENGINE=InnoDB;
ALTER TABLE boss ADD CONSTRAINT member FOREIGN KEY (team) REFERENCES team (id);
INSERT INTO boss VALUES (1, NULL), (2, NULL); INSERT INTO team VALUES (1, 2), (2, 1); UPDATE boss SET team = id;
CREATE TABLE texts (id int PRIMARY KEY, t text, FULLTEXT KEY words (t)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
INSERT INTO texts VALUES (1, 'one two three'), (2, NULL);
CREATE TABLE old_texts (id int PRIMARY KEY, t varchar(50) CHARACTER SET latin1 COLLATE latin1_german1_ci, g varchar(9) CHARACTER SET ucs2, b varchar(9) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin, FULLTEXT KEY words (t)) ENGINE=MyISAM DEFAULT CHARSET=latin1;
INSERT INTO old_texts VALUES (1, 'Müller €', 'é 数', 'é 🐘');
CREATE TABLE places (id int PRIMARY KEY, at point NOT NULL, area geometry, SPATIAL KEY at (at)) ENGINE=MyISAM;
INSERT INTO places VALUES (1, ST_GeomFromText('POINT(1.5 -2.25)'), ST_GeomFromText('POLYGON((0 0,0 1,1 1,1 0,0 0))')), (2, ST_GeomFromText('POINT(0 0)'), ST_GeomFromText('GEOMETRYCOLLECTION(POINT(1 1),LINESTRING(0 0,1 1))'));
CREATE TABLE years (id int, day date NOT NULL, amount float, PRIMARY KEY (id, day)) ENGINE=InnoDB
  PARTITION BY RANGE (YEAR(day)) SUBPARTITION BY HASH (id) SUBPARTITIONS 2 (PARTITION p2024 VALUES LESS THAN (2025), PARTITION p2025 VALUES LESS THAN (2026) COMMENT = 'it''s', PARTITION rest VALUES LESS THAN MAXVALUE);
INSERT INTO years VALUES (1, '2024-02-29', 1.5), (2, '2025-01-01', -0.25), (3, '2031-01-01', NULL);
CREATE TABLE spread (region varchar(5) NOT NULL, n int NOT NULL) ENGINE=InnoDB PARTITION BY LIST COLUMNS (region) (PARTITION north VALUES IN ('no', 'sw'), PARTITION south VALUES IN ('it', 'es'));
INSERT INTO spread VALUES ('no', 1), ('es', 2);
CREATE TABLE many (id int AUTO_INCREMENT PRIMARY KEY, n bigint, t varchar(40), KEY t (t)) ENGINE=InnoDB;
INSERT INTO many (n, t) VALUES (9223372036854775807, 'x'), (-9223372036854775808, ''), (0, NULL), (1, 'y');
INSERT INTO many (n, t) SELECT a.id * b.id * c.id * d.id * e.id, CONCAT('row ', a.id, b.id) FROM many a, many b, many c, many d, many e;
-- Views that name later ones, and one that is checked.
CREATE VIEW z_all AS SELECT id, label, price FROM goods; CREATE VIEW a_dear AS SELECT * FROM z_all WHERE price > 1 WITH CASCADED CHECK OPTION;
CREATE ALGORITHM=MERGE SQL SECURITY INVOKER VIEW m AS SELECT g.id, g.label, t.boss FROM goods g LEFT JOIN team t ON t.id = g.id;
DELIMITER ;;
CREATE FUNCTION twice(n int) RETURNS int DETERMINISTIC COMMENT 'it''s twice' RETURN n * 2;;
CREATE PROCEDURE fill(IN much int, OUT done int) MODIFIES SQL DATA BEGIN DECLARE i int DEFAULT 0; -- counts
  each_one: WHILE i < much DO SET i = i + 1; IF i > 5 THEN LEAVE each_one; END IF; END WHILE; SET done = i; SELECT 'a;;b' /* c; */, "x'y"; END;;
CREATE TRIGGER trimmed BEFORE INSERT ON goods FOR EACH ROW BEGIN SET NEW.label = CONCAT(NEW.label, ''); IF NEW.price < -1e9 THEN SET NEW.price = 0; END IF; END;;
CREATE TRIGGER counted AFTER DELETE ON goods FOR EACH ROW SET @gone = OLD.id;;
CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY STARTS '2035-01-01 00:00:00' ON COMPLETION PRESERVE DISABLE COMMENT 'zz' DO CALL fill(1, @x);;
DELIMITER ;
CREATE VIEW with_function AS SELECT id, twice(id) AS twice_id FROM goods;
USE `odd-names`;
CREATE TABLE `a ``b``` (`SELECT` int PRIMARY KEY, `Zoë` varchar(20) COMMENT 'tab\there', `100 %s` int, KEY `a.b` (`100 %s`)) ENGINE=InnoDB COMMENT='two\nlines' DEFAULT CHARSET=latin1;
INSERT INTO `a ``b``` VALUES (1, 'Zoë ß', NULL), (2, '', 100);
CREATE TABLE `it's` (id int PRIMARY KEY) ENGINE=InnoDB; CREATE VIEW `-- v` AS SELECT t.* FROM `it's`, shop.team t;
CREATE TRIGGER `t;t` BEFORE UPDATE ON `it's` FOR EACH ROW SET NEW.id = OLD.id;
