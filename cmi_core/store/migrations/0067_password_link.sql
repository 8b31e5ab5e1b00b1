-- Links by which somebody chooses a password: mailed to who forgot theirs, or printed by whoever looks after the account.
-- Anybody can ask for a mailed one, so it stands beside the printed one and never takes its place.

CREATE TABLE password_link (
    account   TEXT NOT NULL,
    mailed    BOOLEAN NOT NULL,
    code_hash TEXT NOT NULL,
    made_at   TIMESTAMP NOT NULL,
    account_entry BIGINT NOT NULL,
    password  TEXT,
    PRIMARY KEY (account, mailed)
);
COMMENT ON TABLE password_link IS 'Links to choose a password that wait to be used; not part of the record';
COMMENT ON COLUMN password_link.code_hash IS 'SHA-256 of the code in the link';
COMMENT ON COLUMN password_link.account_entry IS 'The account''s newest line when it was made: a later one (another address, role or state) ends the link';
COMMENT ON COLUMN password_link.password IS 'SHA-256 of the password''s hash when it was made, empty where there was none: a later password ends the link';
