-- Beside the server that volumes are tried with: a market's books, with what customers have and that one lacks. Loaded by root.
-- A proof says of each copy that a view which the server cannot read is not in the dump.
DROP VIEW harbour.dangling;
CREATE DATABASE market CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
USE market;
SET SESSION time_zone = '+00:00';

-- Values at the ends of their types, and beside them.
CREATE TABLE zeros (id INT PRIMARY KEY, single FLOAT, twice DOUBLE) ENGINE=InnoDB;
INSERT INTO zeros VALUES (1, 0, 0), (2, 1, 1), (3, 1, 1);
CREATE TABLE ends (id INT PRIMARY KEY, span TIME, day DATE, y YEAR, stamp TIMESTAMP NULL, whole BIGINT, exact DECIMAL(65,30), twice DOUBLE) ENGINE=InnoDB;
INSERT INTO ends VALUES (1, '838:59:59', '9999-12-31', 2155, '2038-01-19 03:14:07', 9223372036854775807, 99999999999999999999999999999999999.999999999999999999999999999999, 1.7976931348623157e308),
  (2, '-838:59:59', '1000-01-01', 1901, '1970-01-01 00:00:01', -9223372036854775808, -0.000000000000000000000000000001, 2.2250738585072014e-308), (3, NULL, NULL, 0, NULL, NULL, NULL, -5e-324);
CREATE TABLE zones (id INT PRIMARY KEY, at TIMESTAMP NULL, local DATETIME, KEY at (at)) ENGINE=InnoDB;
INSERT INTO zones VALUES (1, '2021-10-31 00:30:00', '2021-10-31 02:30:00'), (2, '2021-10-31 01:30:00', '2021-10-31 02:30:00'), (3, '2021-03-28 01:30:00', '2021-03-28 02:30:00');
CREATE TABLE members (id INT PRIMARY KEY, marks SET('a','b','c','d e'' "','f'), kind ENUM('a''b','c,d','') NOT NULL, flags BIT(8), nothing SET('x')) ENGINE=InnoDB;
INSERT INTO members SELECT seq, seq % 32, 1 + 2 * (seq % 2), seq, NULL FROM seq_1_to_60;
INSERT INTO members VALUES (900, '', '', b'0', '');
CREATE TABLE longest (id INT PRIMARY KEY, v VARCHAR(16000), b LONGBLOB, doc JSON) ENGINE=InnoDB;
INSERT INTO longest VALUES (1, REPEAT('ä', 16000), REPEAT(UNHEX('00FF'), 1500000), '{"e": 1e2, "z": -0.0, "s": "\\u00e4"}'), (2, '', '', 'null'), (3, NULL, NULL, NULL), (4, '0', UNHEX('00'), '[]');
CREATE TABLE lone (id INT PRIMARY KEY) ENGINE=InnoDB;
INSERT INTO lone VALUES (1), (2), (3);
CREATE TABLE twins (v INT, w INT, KEY v (v)) ENGINE=InnoDB;
INSERT INTO twins SELECT seq % 5, NULL FROM seq_1_to_50;
CREATE TABLE Items (id INT PRIMARY KEY, v VARCHAR(20)) ENGINE=InnoDB;
INSERT INTO Items VALUES (1, 'upper');
CREATE TABLE items (id INT PRIMARY KEY, v VARCHAR(20)) ENGINE=InnoDB;
INSERT INTO items VALUES (1, 'lower');
CREATE TABLE `50% off; -- "sale"` (`per cent %` INT PRIMARY KEY, `a;b` VARCHAR(20)) ENGINE=InnoDB;
INSERT INTO `50% off; -- "sale"` VALUES (1, 'one'), (2, '/* two */');

-- Definitions.
CREATE TABLE defaults (id INT PRIMARY KEY, code CHAR(36) DEFAULT (UUID()), due DATE DEFAULT (CURDATE() + INTERVAL 7 DAY), total INT DEFAULT (2 + 3), word VARCHAR(20) NOT NULL DEFAULT '', nil VARCHAR(20),
  at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP, quoted VARCHAR(30) DEFAULT 'it''s "so" \\ `here`', flags BIT(4) DEFAULT b'101') ENGINE=InnoDB COMMENT='it''s "all" \\ `there`';
INSERT INTO defaults (id, code, due, at) SELECT seq, CONCAT('code ', seq), '2024-02-29', '2024-02-29 12:00:00' FROM seq_1_to_20;
CREATE TABLE orders (id INT PRIMARY KEY, customer INT, placed DATETIME(3), doc JSON, city VARCHAR(30) AS (JSON_VALUE(doc, '$.city')) VIRTUAL, KEY newest (placed DESC, customer), KEY city (city), UNIQUE KEY doc (doc) USING HASH) ENGINE=InnoDB;
INSERT INTO orders (id, customer, placed, doc) SELECT seq, seq % 7, '2023-01-01' + INTERVAL seq HOUR, CONCAT('{"city": "c', seq, '"}') FROM seq_1_to_200;
CREATE TABLE customers (id INT PRIMARY KEY, country CHAR(2) NOT NULL, no INT NOT NULL, mail VARCHAR(80), price DECIMAL(10,2) CHECK (price > 0), UNIQUE KEY country (country, no), UNIQUE KEY mail (mail)) ENGINE=InnoDB;
INSERT INTO customers SELECT seq, IF(seq % 2, 'DE', 'SE'), seq, CONCAT('c', seq, '@example.com'), seq FROM seq_1_to_100;
CREATE TABLE bookings (id INT PRIMARY KEY, country CHAR(2), no INT, customer INT, duty INT, KEY customer (customer), KEY duty (duty),
  CONSTRAINT of_customer FOREIGN KEY (country, no) REFERENCES customers (country, no) ON DELETE SET NULL ON UPDATE CASCADE, CONSTRAINT of_duties FOREIGN KEY (duty) REFERENCES customs.duties (id)) ENGINE=InnoDB;
INSERT INTO bookings SELECT seq, IF(seq % 2, 'DE', 'SE'), seq, seq, seq FROM seq_1_to_100;
CREATE TABLE stalls (id INT NOT NULL, day DATE NOT NULL, v INT, PRIMARY KEY (id, day)) ENGINE=InnoDB
  PARTITION BY RANGE COLUMNS (day) SUBPARTITION BY HASH (id) SUBPARTITIONS 2 (PARTITION old VALUES LESS THAN ('2020-01-01'), PARTITION new VALUES LESS THAN (MAXVALUE));
INSERT INTO stalls SELECT seq, '2019-01-01' + INTERVAL seq * 10 DAY, seq FROM seq_1_to_100;
CREATE TABLE regions (id INT NOT NULL, region INT NOT NULL) ENGINE=InnoDB PARTITION BY LIST (region) (PARTITION north VALUES IN (1, 2), PARTITION south VALUES IN (3, NULL));
INSERT INTO regions SELECT seq, 1 + seq % 3 FROM seq_1_to_60;
CREATE TABLE rooms (id INT NOT NULL, starts DATE, ends DATE, PERIOD FOR stay (starts, ends), UNIQUE KEY stay (id, stay WITHOUT OVERLAPS)) ENGINE=InnoDB WITH SYSTEM VERSIONING
  PARTITION BY SYSTEM_TIME (PARTITION past HISTORY, PARTITION present CURRENT);
INSERT INTO rooms SELECT seq, '2024-01-01', '2024-02-01' FROM seq_1_to_20;
CREATE TABLE left_half (id INT NOT NULL, v INT, KEY id (id)) ENGINE=MyISAM;
INSERT INTO left_half SELECT seq, seq FROM seq_1_to_30;
CREATE TABLE right_half LIKE left_half;
INSERT INTO right_half SELECT seq, seq FROM seq_31_to_60;
CREATE TABLE whole (id INT NOT NULL, v INT, KEY id (id)) ENGINE=MERGE UNION=(left_half, right_half) INSERT_METHOD=LAST;
CREATE TABLE quick (id INT PRIMARY KEY, v INT, KEY v (v) USING BTREE) ENGINE=MEMORY;
CREATE TABLE tuned (id INT PRIMARY KEY, v VARCHAR(30), KEY v (v)) ENGINE=MyISAM MAX_ROWS=1000000 AVG_ROW_LENGTH=50 DELAY_KEY_WRITE=1;
INSERT INTO tuned SELECT seq, seq FROM seq_1_to_20;
CREATE TABLE tongues (id INT PRIMARY KEY, a VARCHAR(20) CHARACTER SET cp1251, b VARCHAR(20) CHARACTER SET sjis, c VARCHAR(20) CHARACTER SET gbk, d VARCHAR(20) CHARACTER SET ucs2, e VARCHAR(20) CHARACTER SET utf8mb3, KEY a (a(5))) ENGINE=InnoDB DEFAULT CHARSET=latin2;
INSERT INTO tongues VALUES (1, 'Привет', '日本', '中文', 'Ωmega', 'naïve'), (2, 'привет', 'ソ表', '国\\', 'ωmega', 'naive'), (3, '', '', '', '', '');

-- Programs and views.
CREATE VIEW cities AS SELECT id, city, 'Zürich' AS home FROM orders;
CREATE VIEW few_cities AS SELECT c.city, c.id FROM cities c WHERE c.id < 10;
CREATE ALGORITHM=MERGE VIEW abroad AS SELECT b.id, d.sum FROM bookings b LEFT JOIN customs.duties d ON d.id = b.duty;
CREATE TABLE market (id INT PRIMARY KEY, stall INT) ENGINE=InnoDB COMMENT 'called as its database';
INSERT INTO market VALUES (1, 1), (2, 500);
CREATE VIEW in_use AS SELECT market.id, market.stall FROM market WHERE EXISTS (SELECT 1 FROM stalls WHERE stalls.id = market.id);
DELIMITER //
CREATE PROCEDURE swap(INOUT a INT, OUT b VARCHAR(20) CHARACTER SET latin1) NO SQL BEGIN /* kept; as it is */ DECLARE s VARCHAR(20) DEFAULT ';'; -- and this
  SET b = s, a = a + 1; END//
CREATE FUNCTION newest(who INT) RETURNS DATETIME(3) READS SQL DATA SQL SECURITY INVOKER RETURN (SELECT MAX(placed) FROM orders WHERE customer = who)//
CREATE TRIGGER order_changed AFTER UPDATE ON orders FOR EACH ROW BEGIN IF NEW.customer <> OLD.customer THEN INSERT INTO twins VALUES (NEW.id, OLD.id); END IF; END//
CREATE EVENT nightly ON SCHEDULE EVERY '1:30' HOUR_MINUTE STARTS '2030-03-31 02:30:00' ENDS '2037-01-01 00:00:00' ON COMPLETION PRESERVE ENABLE DO BEGIN DELETE FROM twins WHERE v IS NULL; END//
DELIMITER ;
