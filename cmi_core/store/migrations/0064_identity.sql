-- Who of the organisation's own sign-in an account belongs to, invitations to tie one, and when sessions ended.
-- Issuer and subject name a person elsewhere, so they stay out of the sealed lines: an entry says that it was tied.

CREATE TABLE identity (
    issuer  TEXT NOT NULL,
    subject TEXT NOT NULL,
    account TEXT NOT NULL UNIQUE,
    since   TIMESTAMP NOT NULL,
    PRIMARY KEY (issuer, subject)
);
COMMENT ON TABLE identity IS 'An account''s identity at the organisation''s own sign-in (OpenID Connect); not part of the record';
COMMENT ON COLUMN identity.issuer IS 'Claim iss of the ID token';
COMMENT ON COLUMN identity.subject IS 'Claim sub: who somebody is to that issuer, whatever their address becomes';

CREATE TABLE invitation (
    account TEXT PRIMARY KEY,
    code_hash TEXT NOT NULL,
    made_at TIMESTAMP NOT NULL
);
COMMENT ON TABLE invitation IS 'The one invitation of an account that waits to be used; not part of the record';
COMMENT ON COLUMN invitation.code_hash IS 'SHA-256 of the code in the link';

CREATE TABLE account_session (
    account TEXT PRIMARY KEY,
    sessions_from TIMESTAMP NOT NULL
);
COMMENT ON TABLE account_session IS 'When an account''s sessions were ended last: those begun at the organisation''s sign-in before then stand for nobody';
