-- What MariaDB from 10.5 and MySQL from 8.0 on both know.
CREATE DATABASE modern DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;
USE modern;
SET NAMES utf8mb4;
CREATE TABLE worked_out (a int, b int GENERATED ALWAYS AS (a * 2) STORED, c varchar(30) GENERATED ALWAYS AS (CONCAT('n ', a)) VIRTUAL, d int DEFAULT (1 + 2), u varchar(36) DEFAULT (LOWER('ABC')), KEY b (b), KEY c (c));
INSERT INTO worked_out (a) VALUES (1), (NULL), (-7);
CREATE TABLE papers (id int PRIMARY KEY AUTO_INCREMENT, doc json, CHECK (JSON_VALID(doc)), name varchar(20) GENERATED ALWAYS AS (JSON_UNQUOTE(JSON_EXTRACT(doc, '$.name'))) VIRTUAL);
INSERT INTO papers (doc) VALUES ('{"a": [1, null, true], "name": "x y"}'), ('[]'), (NULL), ('{"name": "Zoë"}');
CREATE TABLE judged (n int CHECK (n > 0), m int, CONSTRAINT both_of CHECK (n < m OR m IS NULL), PRIMARY KEY (n));
INSERT INTO judged VALUES (1, 2), (3, NULL);
CREATE TABLE hidden (a int PRIMARY KEY, b int INVISIBLE DEFAULT 3); INSERT INTO hidden (a) VALUES (1); INSERT INTO hidden (a, b) VALUES (2, 9);
CREATE TABLE ordered (a int, b int, KEY down (a DESC, b)); INSERT INTO ordered VALUES (1, 2);
CREATE VIEW ranked AS WITH t AS (SELECT n, m FROM judged) SELECT n, ROW_NUMBER() OVER (ORDER BY n) AS r FROM t;
CREATE VIEW tree AS WITH RECURSIVE up (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM up WHERE n < 3) SELECT n FROM up;
CREATE TRIGGER second BEFORE INSERT ON judged FOR EACH ROW SET NEW.m = COALESCE(NEW.m, 100);
CREATE TRIGGER first BEFORE INSERT ON judged FOR EACH ROW PRECEDES second SET @n = NEW.n;
