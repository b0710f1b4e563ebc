-- What MySQL alone has, from 8.0 on.
CREATE DATABASE oracle DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci;
USE oracle;
CREATE TABLE functional (id int PRIMARY KEY, doc json, n int, KEY on_value ((n * 2)), KEY on_many ((CAST(doc->'$.a' AS UNSIGNED ARRAY)))); INSERT INTO functional VALUES (1, '{"a": [1, 2]}', 3);
CREATE TABLE earth (id int PRIMARY KEY, at point NOT NULL SRID 4326, SPATIAL KEY at (at)); INSERT INTO earth VALUES (1, ST_SRID(POINT(13.4, 52.5), 4326));
CREATE TABLE unseen (id int PRIMARY KEY, a int, b varchar(20) COLLATE utf8mb4_0900_as_cs DEFAULT (UUID()), KEY a (a) INVISIBLE); INSERT INTO unseen VALUES (1, 2, 'x');
CREATE TABLE vectors (id int PRIMARY KEY, v vector(3)); INSERT INTO vectors VALUES (1, TO_VECTOR('[1,2,3.5]'));
CREATE TABLE loose (n int, CONSTRAINT not_kept CHECK (n > 0) NOT ENFORCED); INSERT INTO loose VALUES (-1);
CREATE VIEW sideways AS SELECT f.id, t.x FROM functional f, JSON_TABLE(f.doc, '$.a[*]' COLUMNS (x int PATH '$')) t;
