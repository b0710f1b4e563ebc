-- A replica of an advertising network's analytics database, as Infobright was used for: invented, the same every time.
CREATE DATABASE ads CHARACTER SET utf8mb4;
CREATE DATABASE billing CHARACTER SET utf8mb4;
USE ads;
CREATE TABLE publishers (
  id INT PRIMARY KEY, name VARCHAR(80) NOT NULL, country CHAR(2) NOT NULL, contact VARCHAR(120), created DATE NOT NULL
) ENGINE=InnoDB;
INSERT INTO publishers
  SELECT seq, CONCAT(ELT(1 + seq % 8, 'Harbour', 'Meadow', 'Northern', 'Café', 'Zürich', 'Blue', 'Old Mill', 'Summit'), ' ',
    ELT(1 + seq % 5, 'News', 'Sports', 'Weather', 'Recipes', 'Travel'), ' ', seq), ELT(1 + seq % 6, 'US', 'GB', 'DE', 'FR', 'CH', 'IN'),
    IF(seq % 11 = 0, NULL, CONCAT('ads', seq, '@example.com')), DATE_ADD('2012-03-01', INTERVAL seq DAY)
  FROM seq_1_to_400;
CREATE TABLE campaigns (
  id INT PRIMARY KEY, advertiser VARCHAR(60) NOT NULL, name VARCHAR(120) NOT NULL, budget DECIMAL(12,2) NOT NULL, starts DATE, ends DATE, settings TEXT
) ENGINE=InnoDB;
INSERT INTO campaigns
  SELECT seq, CONCAT('Advertiser ', seq % 90), CONCAT(ELT(1 + seq % 4, 'Spring', 'Summer', 'Autumn', 'Winter'), ' ', 2013 + seq % 10, ' #', seq),
    1000 + (seq * 7919) % 90000 + 0.37, DATE_ADD('2013-01-01', INTERVAL seq DAY), DATE_ADD('2013-02-01', INTERVAL seq DAY),
    CONCAT('{"cap":', seq % 12, ',"geo":["US","DE"],"note":"it''s \\"quoted\\"\\tand tabbed"}')
  FROM seq_1_to_1500;
CREATE TABLE impressions_daily (
  day DATE NOT NULL, campaign_id INT NOT NULL, publisher_id INT NOT NULL, impressions BIGINT NOT NULL, viewable BIGINT, revenue DECIMAL(14,4),
  PRIMARY KEY (day, campaign_id, publisher_id)
) ENGINE=InnoDB;
INSERT INTO impressions_daily
  SELECT DATE_ADD('2014-01-01', INTERVAL seq % 365 DAY), 1 + seq % 1499, 1 + seq % 397, 500 + (seq * 104729) % 250000, IF(seq % 17 = 0, NULL, 300 + seq % 9000), (seq % 5000) / 7
  FROM seq_1_to_60000;
CREATE TABLE clicks (
  id BIGINT PRIMARY KEY, at DATETIME NOT NULL, campaign_id INT NOT NULL, ip VARBINARY(16), agent VARCHAR(160)
) ENGINE=InnoDB;
INSERT INTO clicks
  SELECT seq, DATE_ADD('2014-06-01', INTERVAL seq * 13 SECOND), 1 + seq % 1499, UNHEX(LPAD(HEX(seq * 2654435761 % 4294967295), 8, '0')),
    CONCAT('Mozilla/5.0 (', ELT(1 + seq % 3, 'Windows NT 6.1', 'Macintosh', 'X11; Linux x86_64'), ') build/', seq % 800)
  FROM seq_1_to_40000;
CREATE TABLE `odd, name``s` (`key, part` INT PRIMARY KEY, `wert €` VARCHAR(40)) ENGINE=MyISAM;
INSERT INTO `odd, name``s` SELECT seq, CONCAT('value ', seq) FROM seq_1_to_500;
CREATE VIEW active_campaigns AS SELECT id, name FROM campaigns WHERE ends > '2015-01-01';
USE billing;
CREATE TABLE invoices (id INT PRIMARY KEY, publisher_id INT NOT NULL, month DATE NOT NULL, amount DECIMAL(12,2) NOT NULL, paid TINYINT NOT NULL) ENGINE=InnoDB;
INSERT INTO invoices SELECT seq, 1 + seq % 400, DATE_ADD('2014-01-01', INTERVAL seq % 24 MONTH), (seq * 31 % 90000) / 10, seq % 3 > 0 FROM seq_1_to_8000;
CREATE TABLE rates (country CHAR(2) PRIMARY KEY, cpm DECIMAL(8,4)) ENGINE=Aria;
INSERT INTO rates VALUES ('US', 2.1), ('GB', 1.9), ('DE', 1.75), ('FR', 1.5), ('CH', 2.4), ('IN', 0.4);
