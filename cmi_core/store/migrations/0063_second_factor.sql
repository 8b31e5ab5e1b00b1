-- Beside the password: a secret shared with an app, recovery codes, and passwords that somebody else gave.

CREATE TABLE second_factor (
    account   TEXT PRIMARY KEY,
    secret    TEXT NOT NULL,
    since     TIMESTAMP NOT NULL,
    last_step BIGINT NOT NULL
);
COMMENT ON TABLE second_factor IS 'Secrets of the second factor (TOTP); not part of the record, which says only that there is one';
COMMENT ON COLUMN second_factor.secret IS 'Base32, shared with the app on the phone of the account''s owner';
COMMENT ON COLUMN second_factor.last_step IS 'The half minute, counted from 1970, whose code was used last: none is taken twice';

CREATE TABLE recovery_code (
    account TEXT NOT NULL,
    hash    TEXT NOT NULL,
    PRIMARY KEY (account, hash)
);
COMMENT ON TABLE recovery_code IS 'Argon2 hashes of codes that stand in for the second factor once; one that was used is gone';

CREATE TABLE password_given (
    account  TEXT PRIMARY KEY,
    given_at TIMESTAMP NOT NULL
);
COMMENT ON TABLE password_given IS 'Accounts whose password somebody else chose; it has to be changed before it opens anything';
