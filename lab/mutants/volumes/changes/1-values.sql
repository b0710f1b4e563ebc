-- data @harbour.numbers: a TINYINT by one
UPDATE harbour.numbers SET tiny = tiny + 1 WHERE id = 17;

-- data @harbour.counts: a SMALLINT UNSIGNED lost one of its bits
UPDATE harbour.counts SET small = small & ~4096 WHERE id = 220;

-- data @harbour.numbers: a MEDIUMINT changed its sign
UPDATE harbour.numbers SET middle = -middle WHERE id = 3;

-- data @harbour.counts: an INT by one
UPDATE harbour.counts SET whole = whole + 1 WHERE id = 250;

-- data @harbour.numbers: a negative BIGINT by one
UPDATE harbour.numbers SET big = big - 1 WHERE id = 200;

-- data @harbour.counts: last digit of a BIGINT UNSIGNED beyond the signed ones
UPDATE harbour.counts SET huge = huge - 1 WHERE id = 5;

-- data @harbour.numbers: last digit of a DECIMAL
UPDATE harbour.numbers SET exact = exact + 0.000001 WHERE id = 44;

-- data @harbour.counts: two decimals moved between rows, the sum as before
UPDATE harbour.counts SET exact = exact + 0.5 WHERE id = 44; UPDATE harbour.counts SET exact = exact - 0.5 WHERE id = 45;

-- data @harbour.numbers: NULL became 0
UPDATE harbour.numbers SET whole = 0 WHERE id = 900;

-- data @harbour.counts: a truth became another
UPDATE harbour.counts SET yes = 1 - yes WHERE id = 100;

-- data @harbour.numbers: a value moved to the column beside it
UPDATE harbour.numbers SET whole = middle, middle = whole WHERE id = 9;

-- data @harbour.counts: NULL moved to the column beside it
UPDATE harbour.counts SET tiny = 1, small = NULL WHERE id = 51; UPDATE harbour.counts SET tiny = NULL, small = 1 WHERE id = 52;

-- data @harbour.floats: last bit of a FLOAT
UPDATE harbour.floats SET single = single + 1e-6 WHERE id = 50;

-- data @harbour.floats: a large FLOAT by its smallest step
UPDATE harbour.floats SET single = 16777218 WHERE id = 901;

-- data @harbour.floats: last bit of a DOUBLE
UPDATE harbour.floats SET twice = twice + 4e-16 WHERE id = 3;

-- data @harbour.floats: a large DOUBLE by its smallest step
UPDATE harbour.floats SET twice = 9007199254740994 WHERE id = 901;

-- data @harbour.floats: the smallest DOUBLE there is instead of 0
UPDATE harbour.floats SET twice = 4.9406564584124654e-324 WHERE id = 900;

-- data @harbour.floats: last digit of a FLOAT with decimals
UPDATE harbour.floats SET scaled = scaled + 0.001 WHERE id = 9;

-- data @harbour.bits: a single BIT
UPDATE harbour.bits SET one = 1 - one WHERE id = 7;

-- data @harbour.bits: the highest of 33 bits
UPDATE harbour.bits SET many = many ^ (1 << 32) WHERE id = 8;

-- data @harbour.bits: the lowest of 64 bits
UPDATE harbour.bits SET full = full ^ 1 WHERE id = 9;

-- data @harbour.texts: a letter of a CHAR
UPDATE harbour.texts SET fixed = 'g12' WHERE id = 12;

-- data @harbour.notes: a blank at the end of a VARCHAR
UPDATE harbour.notes SET words = 'end ' WHERE id = 902;

-- data @harbour.texts: a blank at the end of a TEXT
UPDATE harbour.texts SET plain = 'end ' WHERE id = 902;

-- data @harbour.notes: an empty text became NULL
UPDATE harbour.notes SET words = NULL WHERE id = 900;

-- data @harbour.texts: NULL became an empty text
UPDATE harbour.texts SET plain = '' WHERE id = 901;

-- data @harbour.notes: the word NULL became NULL
UPDATE harbour.notes SET words = NULL WHERE id = 905;

-- data @harbour.texts: a letter moved into the text beside it
UPDATE harbour.texts SET fixed = 'ab', words = 'c' WHERE id = 903;

-- data @harbour.notes: a tabulator became a blank
UPDATE harbour.notes SET fixed = 'tab x' WHERE id = 904;

-- data @harbour.texts: a new line became backslash and n
UPDATE harbour.texts SET words = 'line\\nx' WHERE id = 904;

-- data @harbour.notes: a NUL byte is missing
UPDATE harbour.notes SET plain = 'nulx' WHERE id = 904;

-- data @harbour.texts: last letter of a long text
UPDATE harbour.texts SET far = CONCAT(LEFT(far, CHAR_LENGTH(far) - 2), 'x ') WHERE id = 70;

-- data @harbour.notes: umlaut in a latin1 column
UPDATE harbour.notes SET western = REPLACE(western, 'ü', 'u') WHERE id = 7;

-- data @harbour.texts: case in a binary collation
UPDATE harbour.texts SET exact = LOWER(exact) WHERE id = 7;

-- data @harbour.notes: a letter in UTF-16
UPDATE harbour.notes SET wide = 'weiT 9' WHERE id = 9;

-- data @harbour.texts: ss for a letter that its collation equals with it
UPDATE harbour.texts SET national = REPLACE(national, 'ß', 'ss') WHERE id = 11;

-- data @harbour.sayings: an accent that the collation does not see
UPDATE harbour.sayings SET v = 'Cafe au lait' WHERE id = 1;

-- data @harbour.sayings: case that the collation does not see
UPDATE harbour.sayings SET v = 'Anchor' WHERE id = 2;

-- data @harbour.sayings: a character composed otherwise
UPDATE harbour.sayings SET w = CONVERT(0x6E6169CC887665 USING utf8mb4) WHERE id = 4;

-- data @harbour.sayings: one emoji for another, alike for the collation
UPDATE harbour.sayings SET v = '🐋' WHERE id = 6;

-- data @harbour.sayings: two blanks at the end became one
UPDATE harbour.sayings SET v = 'ship ' WHERE id = 5;

-- data @harbour.sayings: texts of two columns exchanged
UPDATE harbour.sayings SET v = 'columns', w = 'two' WHERE id = 7;

-- data @harbour.letters: the letters of one column moved into the next, in all rows
UPDATE harbour.letters SET b = CONCAT(a, b), a = '';

-- data @harbour.letters: a separator character between two texts
UPDATE harbour.letters SET a = CONCAT(a, '|') WHERE a = 'left5';

-- data @harbour.binaries: last byte of a BINARY
UPDATE harbour.binaries SET fixed = CONCAT(LEFT(fixed, 7), CHAR(ORD(RIGHT(fixed, 1)) ^ 1)) WHERE id = 4;

-- data @harbour.binaries: a zero byte at the end of a VARBINARY
UPDATE harbour.binaries SET free = CONCAT(free, CHAR(0)) WHERE id = 5;

-- data @harbour.binaries: last byte of a BLOB
UPDATE harbour.binaries SET plain = CONCAT(LEFT(plain, LENGTH(plain) - 1), 'x') WHERE id = 6;

-- data @harbour.binaries: a byte in the middle of a LONGBLOB
UPDATE harbour.binaries SET far = INSERT(far, 20000, 1, 'x') WHERE id = 7;

-- data @customs.papers: last byte of a BLOB that fills many pages
UPDATE customs.papers SET scan = CONCAT(LEFT(scan, LENGTH(scan) - 1), 'x') WHERE id = 3;

-- data @customs.papers: a large BLOB ends early
UPDATE customs.papers SET scan = LEFT(scan, 163840) WHERE id = 4;

-- data @harbour.times: a DATE by a day
UPDATE harbour.times SET day = day + INTERVAL 1 DAY WHERE id = 9;

-- data @harbour.dates: a DATETIME by a second
UPDATE harbour.dates SET at = at + INTERVAL 1 SECOND WHERE id = 9;

-- data @harbour.times: a DATETIME(6) by a microsecond
UPDATE harbour.times SET at6 = at6 + INTERVAL 1 MICROSECOND WHERE id = 9;

-- data @harbour.dates: a TIMESTAMP by an hour
UPDATE harbour.dates SET stamp = stamp + INTERVAL 1 HOUR WHERE id = 9;

-- data @harbour.times: a TIMESTAMP(6) by a microsecond
UPDATE harbour.times SET stamp6 = stamp6 - INTERVAL 1 MICROSECOND WHERE id = 9;

-- data @harbour.dates: a negative TIME(4) lost its sign
UPDATE harbour.dates SET span4 = -span4 WHERE id = 9;

-- data @harbour.times: last digit of a TIME(4)
UPDATE harbour.times SET span4 = ADDTIME(span4, '0:0:0.0001') WHERE id = 8;

-- data @harbour.dates: a YEAR
UPDATE harbour.dates SET y = y + 1 WHERE id = 7;

-- data @harbour.times: a zero date became NULL
UPDATE harbour.times SET day = NULL WHERE id = 900;

-- data @harbour.dates: NULL became a zero date
SET sql_mode = ''; UPDATE harbour.dates SET at = '0000-00-00 00:00:00' WHERE id = 902;

-- data @harbour.times: a date without its day got one
UPDATE harbour.times SET day = '2020-02-01' WHERE id = 901;

-- data @harbour.dates: a zero TIMESTAMP became the first second
UPDATE harbour.dates SET stamp = FROM_UNIXTIME(1) WHERE id = 900;

-- data @harbour.choices: another value of an ENUM
UPDATE harbour.choices SET kind = 'oil' WHERE id = 3;

-- data @harbour.choices: an ENUM's empty value for its error value
SET sql_mode = ''; UPDATE harbour.choices SET kind = '' WHERE id = 4;

-- data @harbour.choices: one member of a SET less
UPDATE harbour.choices SET marks = 'wet' WHERE id = 1;

-- data @harbour.choices: a number in a JSON document
UPDATE harbour.choices SET doc = JSON_REPLACE(doc, '$.n', 99) WHERE id = 1;

-- data @harbour.choices: keys of a JSON document in another order
UPDATE harbour.choices SET doc = '{"m": [1, 2], "n": 2}' WHERE id = 2;

-- data @harbour.choices: a JSON number written otherwise
UPDATE harbour.choices SET loose = '{"a": 1.00}' WHERE id = 2;

-- data @harbour.modern: a UUID
UPDATE harbour.modern SET ident = '00000000-0000-4000-8000-0000000000ff' WHERE id = 3;

-- data @harbour.modern: an INET6
UPDATE harbour.modern SET six = '2001:db8::ffff' WHERE id = 3;

-- data @harbour.modern: an INET4
UPDATE harbour.modern SET four = '10.0.1.3' WHERE id = 3;

-- data @harbour.modern: a value in an invisible column
UPDATE harbour.modern SET hidden = hidden + 1 WHERE id = 9;

-- data @harbour.modern: a text in a compressed column
UPDATE harbour.modern SET packed = CONCAT(packed, 'x') WHERE id = 9;

-- data @harbour.modern: a dynamic column
UPDATE harbour.modern SET loose = COLUMN_ADD(loose, 'depth', 0) WHERE id = 9;

-- data @harbour.shapes: a point by its smallest step
DELETE FROM harbour.shapes WHERE id = 3; INSERT INTO harbour.shapes SELECT 3, POINT(3, 1.5000000000000002), track, area FROM harbour.shapes WHERE id = 4;

-- data @harbour.shapes: the reference system of a geometry
UPDATE harbour.shapes SET area = ST_GeomFromWKB(ST_AsBinary(area), 3857) WHERE id = 5;

-- data @harbour.shapes: a line runs the other way
UPDATE harbour.shapes SET track = ST_LineFromText('LINESTRING(6 1,0 0)') WHERE id = 6;
