-- People's names beside the record: what a seal covers of a person is their account's code, and a hash that proves the
-- name for as long as it is kept. The table of accounts is made anew, since a column cannot lose its NOT NULL while it
-- has other bounds; every line goes over as it stands, so every seal holds. It is not renamed: the tables that it refers to
-- would go on knowing it by the name before.

CREATE TABLE account_line_before AS SELECT * FROM account_line;
DROP TABLE account_line;
CREATE TABLE account_line (
    entry   BIGINT NOT NULL REFERENCES entry (entry),
    account TEXT NOT NULL CHECK (length(account) BETWEEN 2 AND 80),
    name    TEXT CHECK (length(trim(name)) > 0),
    role    TEXT NOT NULL CHECK (length(trim(role)) > 0),
    organisation TEXT REFERENCES organisation (organisation),
    email   TEXT,
    active  BOOLEAN NOT NULL,
    person_hash TEXT CHECK (length(person_hash) = 64),
    PRIMARY KEY (entry, account)
);
INSERT INTO account_line BY NAME SELECT * FROM account_line_before;
DROP TABLE account_line_before;
COMMENT ON TABLE account_line IS 'An account as it stood after an entry; passwords are never in the record';
COMMENT ON COLUMN account_line.name IS 'Only in lines older than the table `person`, as is the address';
COMMENT ON COLUMN account_line.person_hash IS 'SHA-256 of what `person` says of this line, with its salt';

CREATE TABLE person (
    entry   BIGINT NOT NULL,
    account TEXT NOT NULL,
    name    TEXT NOT NULL CHECK (length(trim(name)) > 0),
    email   TEXT,
    sign_in TEXT NOT NULL,
    salt    TEXT NOT NULL,
    PRIMARY KEY (entry, account)
);
COMMENT ON TABLE person IS 'Who an account''s line is about, outside the seals: gone once the account is closed for good';
COMMENT ON COLUMN person.sign_in IS 'What they type to sign in, beside their address';
COMMENT ON COLUMN person.salt IS 'Random, so that nobody finds a name by its hash once this row has gone';

CREATE TABLE closure_line (
    entry   BIGINT NOT NULL REFERENCES entry (entry),
    account TEXT NOT NULL,
    number  BIGINT NOT NULL CHECK (number > 0),
    PRIMARY KEY (entry, account)
);
COMMENT ON TABLE closure_line IS 'Accounts that are closed for good';
COMMENT ON COLUMN closure_line.number IS 'What stands in place of the name and the code: the how manieth that was closed';

CREATE OR REPLACE VIEW account_current AS
WITH newest AS (SELECT DISTINCT ON (account) * FROM account_line ORDER BY account, entry DESC),
     told AS (SELECT DISTINCT ON (account) * FROM person ORDER BY account, entry DESC),
     closed AS (SELECT account, min(number) AS number FROM closure_line GROUP BY account)
SELECT n.entry, n.account,
       CASE WHEN c.number IS NULL THEN coalesce(t.name, n.name) END AS name,
       n.role, n.organisation,
       CASE WHEN c.number IS NULL THEN coalesce(t.email, n.email) END AS email,
       CASE WHEN c.number IS NULL THEN coalesce(t.sign_in, n.account) END AS sign_in,
       n.active AND c.number IS NULL AS active, c.number AS closed
FROM newest n LEFT JOIN told t ON t.account = n.account LEFT JOIN closed c ON c.account = n.account;
