-- One row for each form in which an e-mail address may be written. Each address occurs once, or where it is referenced,
-- and is listed in canaries.ts.
INSERT INTO infinite.users
  (id, uuid, email, login, password_hash, name, phone, birthday, profile, raw, addresses, contact, contacts, settings, backup_email)
VALUES
  (1, '5e0d2c5c-1111-4c6e-9f00-000000000001', 'norbert@fjord.example', 'Norbert',
   crypt('secret', '$2a$04$abcdefghijklmnopqrstuu'), 'Norbert Ångström', '+49 30 901820', '1980-02-29',
   '{"email": "norbert.json@fjord.example", "nested": {"to": ["list.json@fjord.example", null, 7]}, "key.json@fjord.example": true}',
   '{"email":"jos\u00e9@fjord.example", "again" : "karl\u0040fjord.example","line":"\nnora@fjord.example", "a": 1, "a": 2}',
   ARRAY['array.one@fjord.example', NULL, 'array "two"@fjord.example', '', 'NULL', 'a\b,{c}'],
   ROW('home', 'composite@fjord.example', '+1 202-555-0143'),
   ARRAY[ROW('work, "main"', 'composite.array@fjord.example', NULL), ROW('', NULL, '')]::infinite.contact[],
   '"email"=>"hstore@fjord.example", "a b"=>NULL, "key-hstore@fjord.example"=>"1"',
   'Domain.Typed@Fjord.Example'),
  (2, '5e0d2c5c-1111-4c6e-9f00-000000000002', 'müller@bücher.example', 'login-citext@fjord.example', '', 'Jürgen Müller', NULL,
   NULL, '{"unicode": "japan\u0040fjord.example"}', '"slash\/escaped@fjord.example"', '{}', NULL, '{}', '', NULL),
  (3, '5e0d2c5c-1111-4c6e-9f00-000000000003', '用户@例子.公司', '用户', NULL, '用户', '+86 10 6552 9988', '0044-03-15 BC',
   '"scalar.json@fjord.example"', 'null', NULL, ROW(NULL, '', '"'), NULL, NULL, NULL),
  (4, '5e0d2c5c-1111-4c6e-9f00-000000000004', '"odd local"@host.example', 'odd', NULL, 'Odd "Nick" O''Local', '', 'infinity',
   '[]', '[ ]', NULL, NULL, NULL, NULL, 'o''hara+tag@sub.sub.fjord.example'),
  (5, '5e0d2c5c-1111-4c6e-9f00-000000000005', 'puny@xn--bcher-kva.example', 'puny', NULL, 'Puny', NULL, NULL, '{}', '{}', NULL,
   NULL, NULL, NULL, NULL),
  (6, '5e0d2c5c-1111-4c6e-9f00-000000000006', E'zoe\u0308@fjord.example', 'zoë', NULL, 'Zoë', NULL, NULL, '{}', '{}', NULL,
   NULL, NULL, NULL, NULL),
  (7, '5e0d2c5c-1111-4c6e-9f00-000000000007', 'SHOUT@UPPER.EXAMPLE', 'shout', NULL, 'SHOUT', NULL, NULL, '{}', '{}', NULL,
   NULL, NULL, NULL, NULL),
  (8, '5e0d2c5c-1111-4c6e-9f00-000000000008', 'shout@upper.example', 'shout2', NULL, 'shout, the other', NULL, NULL, '{}', '{}',
   NULL, NULL, NULL, NULL, NULL);
UPDATE infinite.users SET created_at = '2026-01-01 12:00Z' WHERE id < 1000;
INSERT INTO infinite.newsletter VALUES ('norbert@fjord.example', '2026-01-01', DEFAULT), ('müller@bücher.example', '2026-01-02', NULL),
  ('用户@例子.公司', '-infinity', '');
INSERT INTO infinite.subscribers (email, token) VALUES ('Case.Index@Fjord.Example', '\x00'), ('other.index@fjord.example', NULL);

INSERT INTO infinite.venues VALUES
  (1, 'Old Mill, "The" Hall', 'Mühlenweg 1', '(52.5,13.4)', 'venue@fjord.example', 'https://mill.example/?email=query%40fjord.example&x=1',
   '[2026-01-01 10:00Z,)', '[1,400)'),
  (2, '', NULL, NULL, NULL, 'mailto:mailto@fjord.example?subject=Hi%20there&cc=cc%2Bmailto%40fjord.example', 'empty', NULL);
INSERT INTO infinite.events VALUES
  (1, 1, 'Opening', '<p>Write to <a href="mailto:html@fjord.example">html.text&#64;fjord.example</a> &amp; <b>hex&#x40;fjord.example</b></p>',
   '[2026-03-01 18:00Z,2026-03-01 23:00Z]', 12.5, ARRAY['tag', 'tag-array@fjord.example']),
  (2, 2, 'Ask title@fjord.example', NULL, NULL, NULL, NULL);
INSERT INTO infinite.orders VALUES
  (1, '2026-01-31 23:59:59.999999Z', 1, 1, 'paid', 0, 'EUR', 'order.january@fjord.example', NULL, 'for <order.note@fjord.example>'),
  (2, '2026-02-01 00:00Z', 2, 2, 'it''s lost', 99999999.99, 'CHF', 'order.february@fjord.example', '', ''),
  (3, '1999-12-31', 3, NULL, 'sent out', 1.10, 'JPY', 'order.default@fjord.example', E'Line 1\nLine 2\tTab', NULL),
  (4, 'infinity', 4, NULL, 'new', 1, 'USD', NULL, NULL, NULL);
INSERT INTO infinite.messages (id, thread, sent_at, sender, recipient, subject, body, headers) VALUES
  (1, NULL, '2026-01-01Z', '"Norbert" <display.name@fjord.example>', 'to.one@fjord.example, to.two@fjord.example;to.three@fjord.example',
   'Fwd: (subject@fjord.example)', E'> On Monday, quoted@fjord.example wrote:\r\n> Hi\r\n\r\nBye,\tsentence.end@fjord.example.\r\n',
   '{"Message-ID": "<20260101.1@id.fjord.example>", "Reply-To": "\"R\" <reply.header@fjord.example>"}');
INSERT INTO infinite.inbox VALUES ('hash.zero@fjord.example', 1, 'inbox', true, '2026-01-01Z'),
  ('hash.two@fjord.example', 2, 'it''s', false, NULL), ('hash.three@fjord.example', 3, '', true, NULL),
  ('hash.four@fjord.example', 4, 'a', true, NULL), ('hash.five@fjord.example', 5, 'b', true, NULL), ('hash.six@fjord.example', 6, 'c', true, NULL);
INSERT INTO infinite.payments VALUES
  (1, 'Norbert Ångström', 'DE89370400440532013000', '4111111111111111', '+49 30 901820', 'payment@fjord.example'),
  (2, 'Ann Example', 'GB82 WEST 1234 5698 7654 32', '5555 5555 5555 4444', '(202) 555-0143', NULL),
  (3, 'Jean', 'FR1420041010050500013M02606', '378282246310005', '+33 1 99 00 12 34', ''),
  (4, 'Urs', 'CH9300762011623852957', '6011-1111-1111-1117', '0041 44 668 18 00', 'IBAN CH93 0076 2011 6238 5295 7'),
  (5, 'Piet', 'NL91ABNA0417164300', NULL, NULL, NULL), (6, 'Eva', 'AT611904300234573201', '4242424242424242', NULL, NULL);

INSERT INTO infinite.attachments VALUES
  (1, 'letter.txt', 'text/plain', convert_to('Dear bytea.text@fjord.example, hello', 'UTF8')),
  (2, 'image.bin', 'application/octet-stream', '\x89504e470d0a1a0a00ff'::bytea || 'bytea.binary@fjord.example'::bytea || '\x00fffe0a'),
  (3, 'empty', NULL, ''), (4, 'attached by name@fjord.example.pdf', NULL, NULL),
  (5, 'noise', NULL, (SELECT string_agg(sha256(n::text::bytea), '') FROM generate_series(1, 64) AS n));
-- In the first object the address crosses the end of the first 16 KiB: pg_dump reads pieces of that size.
SELECT lo_from_bytea(910001, convert_to(repeat('x', 16384 - 12) || ' largeobject.border@fjord.example ' || repeat('y', 20000), 'UTF8')),
  lo_from_bytea(910002, '\x0001'::bytea || 'largeobject.small@fjord.example'::bytea || '\xff'), lo_from_bytea(910003, '') \g /dev/null
COMMENT ON LARGE OBJECT 910002 IS 'from "largeobject-comment@canary.example"';
INSERT INTO infinite.documents VALUES (1, 'border', 910001), (2, 'small', 910002), (3, 'empty', 910003), (4, 'none', NULL);

INSERT INTO infinite.pages SELECT row_number() OVER (), kind, content FROM (VALUES
  ('php', 's:' || octet_length('php@fjord.example') || ':"php@fjord.example";'),
  ('php', format('a:2:{s:5:"email";s:%s:"%s";s:4:"name";s:7:"Müller";}', octet_length('php.array@fjord.example'), 'php.array@fjord.example')),
  ('php', format('O:4:"User":1:{s:8:"%1$s*%1$semail";s:%2$s:"%3$s";}', '~', octet_length('php-müller@bücher.example'), 'php-müller@bücher.example')),
  ('php', format('s:%s:"%s";', octet_length('s:24:"php.nested@fjord.example";'), 's:24:"php.nested@fjord.example";')),
  ('html', '<span title="entity.named&commat;fjord.example">&#101;ntity.letter&#64;fjord.example</span>'),
  ('html', '<!-- comment.html@fjord.example --><a href=''mailto:href%2Bplus@fjord.example''>x</a>'),
  ('url', 'https://infinite.example/u/url.path@fjord.example/?email=url.query%40fjord.example#url.fragment@fjord.example'),
  ('url', 'ftp://url.user%40fjord.example:secret@ftp.example/ https://infinite.example/?next=%2F%3Femail%3Durl.twice%2540fjord.example'),
  ('csv', 'id,mail' || E'\n1,"csv ""quoted"" <csv@fjord.example>"'),
  ('vcard', E'BEGIN:VCARD\r\nEMAIL;TYPE=work:vcard@fjord.example\r\nEND:VCARD\r\n'),
  ('mime', 'From: =?UTF-8?Q?mime=40fjord.example?= <mime.plain@fjord.example>'),
  ('sql', 'INSERT INTO t VALUES (''it''''s sql@fjord.example'');'),
  ('none', 'user@localhost, a@b, @handle, 3@4.50, not@an address, git@github:x, a@@b.example, @.example')) AS given (kind, content);
INSERT INTO infinite.escapes VALUES
  (1, 'newline before', E'first line\nnils@fjord.example'), (2, 'tab before', E'column\ttom@fjord.example\tnext'),
  (3, 'Windows path', 'C:\backup@fjord.example'), (4, 'return before', E'\rrita@fjord.example\r'),
  (5, 'json in text', '{"text": "\nnina@fjord.example", "u": "\u0075schi@fjord.example"}'), (6, 'copy null', '\N'), (7, 'copy end', '\.'),
  (8, 'backslashes', '\\\'), (9, 'control', E'\b\f\x0b\x01bell@fjord.example\x7f'), (10, 'copy null inside', '\Nick@fjord.example'),
  (11, 'empty', ''), (12, 'null', NULL), (13, 'lines', E'\n\\.\nCOPY infinite.users FROM stdin;\nend.of.copy@fjord.example\n\\.\n'),
  (14, 'octal', '\144ora@fjord.example'), (15, 'zero width', E'\u200Bzero.width@fjord.example\uFEFF'), (16, 'spaces', '  ');
INSERT INTO infinite.long_texts
  SELECT 1, repeat('All work and no play. ', 45000) || 'long.middle@fjord.example ' || repeat('No play and all work. ', 50400) || 'long.end@fjord.example';
INSERT INTO infinite.audit VALUES (1, 'root-rule@canary.example', 'made', '2026-01-01Z'), (2, 'actor@fjord.example', '', 'infinity');

INSERT INTO infinite.kinds VALUES
  (1, '192.0.2.7/24', '192.0.2.0/24', '08:00:2b:01:02:03', '1 year 2 mons -3 days 04:05:06.789', 12345678901234567890.123456789, '[1,10)',
   '(,5.5]', '[2026-01-01,2026-02-01)', '{[1,3),[5,7)}', B'10101010', B'101', '-1234.56', 'infinity', '-infinity', 'infinity', '24:00',
   '12:00+05:30', 'NaN', '-Infinity', 'pad', 'x', true, '<mail to="xml.attribute@fjord.example">xml&#x40;fjord.example<![CDATA[cdata@fjord.example]]></mail>',
   to_tsvector('simple', 'mail vector@fjord.example'), '''tsquery@fjord.example'' & !b', '$.a ? (@.b == "path@fjord.example")', '(1,2),(0,0)', '<(0,0),1>',
   '16/B374D848', ARRAY['a "b"', 'c\d', NULL, 'null', '{}', 'text.array@fjord.example'], '{1,NULL,3}', '[0:1][1:2]={{1,2},{3,4}}', '{infinity}',
   ARRAY['{"m": "json.array@fjord.example"}', 'null', NULL]::jsonb[]),
  (2, '2001:db8::1', '::/0', NULL, '-00:00:01', 'NaN', 'empty', NULL, NULL, '{}', B'00000000', B'', '0', '-infinity', NULL, '4713-01-01 BC', '00:00',
   NULL, '-0', '1e-30', '', '', false, '', '', '', NULL, NULL, NULL, NULL, '{}', '{}', '{}', '{}', '{}');
INSERT INTO infinite.nothing DEFAULT VALUES;
INSERT INTO infinite.nothing DEFAULT VALUES;
INSERT INTO infinite.blanks VALUES ('', '', ''), (NULL, NULL, NULL), ('', NULL, '');
INSERT INTO infinite.one_blank VALUES (''), (NULL), ('');
INSERT INTO infinite.words VALUES ('column@fjord.example', 'order.word@fjord.example', '', 1);
INSERT INTO "Odd, name"."Table.with ""quotes"", (brackets) and Capitals" VALUES
  ('odd.table@fjord.example', 'Odd.Column@fjord.example', '', NULL, '"', '漢字', ' ', '\');
