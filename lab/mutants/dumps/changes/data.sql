-- Changes to rows. Each has a line "-- CLASS: what it is".
-- data: a row is missing
DELETE FROM lib.reader WHERE id = 200;
-- data: the last row is missing
DELETE FROM lib.loan WHERE id = (SELECT max(id) FROM lib.loan);
-- data: all rows of a table are missing
TRUNCATE lib.same;
-- data: a row more
INSERT INTO lib.same VALUES (1, 'same');
-- data: one of equal rows is missing
DELETE FROM lib.same WHERE ctid = (SELECT min(ctid) FROM lib.same WHERE a = 2);
-- data: one of equal rows became another that is there, too
UPDATE lib.same SET a = 1 WHERE ctid = (SELECT min(ctid) FROM lib.same WHERE a = 2);
-- data: a value was exchanged between two rows
UPDATE lib.loan SET note = CASE id WHEN 160 THEN 'n161' ELSE 'n160' END WHERE id IN (160, 161);
-- data: two columns of one type were exchanged
UPDATE lib.note SET owner = body, body = owner;
-- data: NULL became an empty string
UPDATE lib.kinds SET g = '' WHERE id = 91;
-- data: an empty string became NULL
UPDATE lib.kinds SET g = NULL WHERE id = 90;
-- data: an empty string became a blank
UPDATE lib.kinds SET h = ' ' WHERE id = 90;
-- data: a blank at the end of a text
UPDATE lib.kinds SET g = g || ' ' WHERE id = 3;
-- data: upper case in a text that is compared without case
UPDATE lib.kinds SET ap = 'mixed' WHERE id = 3;
-- data: a character composed otherwise
UPDATE lib.kinds SET g = replace(g, 'ß', 'ss') WHERE id = 3;
-- data: a tabulator became blanks
UPDATE lib.kinds SET g = replace(g, E'\t', ' ') WHERE id = 3;
-- data: a backslash is missing
UPDATE lib.kinds SET g = replace(g, '\', '') WHERE id = 3;
-- data: an integer by one
UPDATE lib.kinds SET ah[1] = ah[1] + 1 WHERE id = 3;
-- data: a smallint's sign
UPDATE lib.kinds SET a = -a WHERE id = 3;
-- data: a bigint by one
UPDATE lib.kinds SET b = b + 1 WHERE id = 3;
-- data: last digit of a numeric
UPDATE lib.kinds SET c = c + 0.00000000000000001 WHERE id = 3;
-- data: scale of a numeric
UPDATE lib.kinds SET c = 0.1 WHERE id = 91;
-- data: NaN became NULL
UPDATE lib.kinds SET c = NULL WHERE id = 90;
-- data: last bit of a real
UPDATE lib.kinds SET e = 0.3333334 WHERE id = 1;
-- data: last bit of a double precision
UPDATE lib.kinds SET f = f + 3e-17 WHERE id = 1;
-- data: minus zero became zero
UPDATE lib.kinds SET f = '0' WHERE id = 91;
-- data: the smallest double precision became zero
UPDATE lib.kinds SET f = 0 WHERE id = 92;
-- data: a byte
UPDATE lib.kinds SET j = set_byte(j, 5, get_byte(j, 5) # 1) WHERE id = 3;
-- data: a microsecond
UPDATE lib.kinds SET k = k + interval '1 microsecond' WHERE id = 3;
-- data: an hour, as between summer and winter time
UPDATE lib.kinds SET l = l + interval '1 hour' WHERE id = 3;
-- data: infinity became NULL
UPDATE lib.kinds SET k = NULL WHERE id = 90;
-- data: before Christ became after
UPDATE lib.kinds SET k = '0044-03-15' WHERE id = 91;
-- data: a day of a date
UPDATE lib.kinds SET m = m + 1 WHERE id = 3;
-- data: the zone of a time
UPDATE lib.kinds SET o = '01:02:03+05:00' WHERE id = 3;
-- data: an interval of 30 days instead of a month
UPDATE lib.kinds SET p = '30 days' WHERE id = 1;
-- data: a boolean
UPDATE lib.kinds SET q = NOT q WHERE id = 3;
-- data: the order of keys in json
UPDATE lib.kinds SET r = '{"a":3, "z":1}' WHERE id = 3;
-- data: a blank in json
UPDATE lib.kinds SET r = '{"z":1,"a":3}' WHERE id = 3;
-- data: a number in jsonb
UPDATE lib.kinds SET s = jsonb_set(s, '{a}', '4') WHERE id = 3;
-- data: a number in jsonb became text
UPDATE lib.kinds SET s = jsonb_set(s, '{a}', '"3"') WHERE id = 3;
-- data: an element of xml
UPDATE lib.kinds SET t = '<i>3 </i>' WHERE id = 3;
-- data: a digit of a uuid
UPDATE lib.kinds SET u = md5('other')::uuid WHERE id = 3;
-- data: the mask of an address
UPDATE lib.kinds SET v = '10.1.2.3/17' WHERE id = 3;
-- data: a MAC address
UPDATE lib.kinds SET x = '08:00:2b:01:02:0b' WHERE id = 3;
-- data: a cent
UPDATE lib.kinds SET y = y + '0.01'::money WHERE id = 3;
-- data: a bit
UPDATE lib.kinds SET z = B'1011' WHERE id = 3;
-- data: a bit string is longer
UPDATE lib.kinds SET aa = B'1100' WHERE id = 3;
-- data: a point
UPDATE lib.kinds SET ab = point(3, 3) WHERE id = 3;
-- data: a corner of a polygon
UPDATE lib.kinds SET ad = '((0,0),(1,0),(1,2))' WHERE id = 3;
-- data: a position in a tsvector
UPDATE lib.kinds SET af = 'book:1 3:3' WHERE id = 3;
-- data: NULL in an array became a value
UPDATE lib.kinds SET ai[3] = 'NULL' WHERE id = 3;
-- data: lower bound of an array
UPDATE lib.kinds SET ah = '[0:2]={3,NULL,-3}' WHERE id = 3;
-- data: another label of an enum
UPDATE lib.book SET state = 'new' WHERE id = 4;
-- data: a field of a composite value
UPDATE lib.kinds SET ak.place = 99 WHERE id = 3;
-- data: a bound of a range
UPDATE lib.kinds SET al = int4range(3, 13) WHERE id = 3;
-- data: a value of hstore
UPDATE lib.kinds SET ao = 'k=>w, n=>NULL' WHERE id = 3;
-- data: a name of a relation
UPDATE lib.kinds SET ass = 'pg_type' WHERE id = 3;
-- data: a column beside one that is called t
UPDATE lib.alias SET value = 'LOST' WHERE value = 'v7';
-- data: the column that is called t
UPDATE lib.alias SET t = 'other' WHERE value = 'v7';
-- data: a column that is called oid
UPDATE lib.alias SET oid = 7 WHERE value = 'v7';
-- data: a row without columns is missing
DELETE FROM lib.no_columns WHERE ctid = (SELECT min(ctid) FROM lib.no_columns);
-- data: a row in a table that is empty in the source
INSERT INTO lib.never_filled VALUES (1);
-- data: an unlogged table is empty, as after a crash
TRUNCATE lib.volatile;
-- data: a value in a table with an odd name
UPDATE "Reading Room"."Book's ""list"" %s \ ß" SET "two words" = 'v' WHERE "ID" = 3;
-- data: a value behind a column that was dropped
UPDATE lib.without_one SET c = 6 WHERE a = 3;
-- data: a row under row level security
UPDATE lib.note SET body = 'lost' WHERE id = 3;
-- data: a row of a partition is missing
DELETE FROM lib.visit_2021_a WHERE id = (SELECT min(id) FROM lib.visit_2021_a);
-- data: a value in the default partition
UPDATE lib.visit_other SET id = id + 1000 WHERE id = (SELECT min(id) FROM lib.visit_other);
-- data: a row moved between partitions of a hash
UPDATE lib.spread SET id = 1000 WHERE id = 1;
-- data: a row of a parent moved to its heir
WITH moved AS (DELETE FROM ONLY lib.medium WHERE id = 1 RETURNING id, label) INSERT INTO lib.disc (id, label) SELECT id, label FROM moved;
-- data: a value of an heir
UPDATE lib.disc SET minutes = 0 WHERE id = 7;
-- data: a generated value, made wrong behind the server's back
ALTER TABLE lib.reader ALTER COLUMN gross DROP EXPRESSION; UPDATE lib.reader SET gross = 0 WHERE id = 105;
-- data: a large object is missing
SELECT lo_unlink(800002);
-- data: one large object more
SELECT lo_from_bytea(800009, 'more');
-- data: a byte of a large object
SELECT lo_put(800001, 1100000, '\x00');
-- data: a large object was cut off
SELECT lo_truncate(lo_open(800001, 131072), 1048576);
-- data: an empty large object is not empty
SELECT lo_put(800003, 0, '\x00');
-- data: two large objects were exchanged
SELECT lo_put(800002, 0, 'tr'), lo_truncate(lo_open(800002, 131072), 0);
-- data: rows in a configuration table of an extension are missing
DELETE FROM public.systems WHERE id = 900001;
-- data: a value in a configuration table of an extension
UPDATE public.systems SET name = 'theirs' WHERE id = 900002;
-- data: the sequence of an extension
SELECT setval('public.system_ids', 900000);
-- data: a materialised view is empty
ALTER TABLE lib.book RENAME TO book_; CREATE TABLE lib.book (LIKE lib.book_); REFRESH MATERIALIZED VIEW lib.per_state WITH NO DATA; DROP TABLE lib.book; ALTER TABLE lib.book_ RENAME TO book;
-- data: rows of a materialised view other than its definition gives
UPDATE lib.book SET price = price + 1 WHERE id = 3; REFRESH MATERIALIZED VIEW lib.per_state; UPDATE lib.book SET price = price - 1 WHERE id = 3;
-- data: a sequence was set back
SELECT setval('lib.tickets', 37);
-- data: a sequence has another value, one step on
SELECT nextval('lib.tickets');
-- data: a sequence that was never used was used
SELECT nextval('lib.unused');
-- data: a sequence forgot that it was used
SELECT setval('lib.tickets', 40, false);
-- data: the sequence of an identity column
SELECT setval(pg_get_serial_sequence('lib.reader', 'id'), 100);
-- data: the sequence of a serial column
SELECT setval('lib.book_id_seq', 1);
-- data: a sequence that counts down
SELECT setval('lib.downwards', -5);
