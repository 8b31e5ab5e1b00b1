-- A draft is of one part of a KPI that is broken down (empty: the whole), so that parts do not mix.

CREATE TABLE draft_of_part (
    account  TEXT NOT NULL,
    kpi      TEXT NOT NULL,
    period   TEXT NOT NULL,
    breakdown TEXT NOT NULL DEFAULT '',
    value    TEXT NOT NULL,
    quality  TEXT NOT NULL,
    note     TEXT NOT NULL,
    saved_at TIMESTAMP NOT NULL,
    PRIMARY KEY (account, kpi, period, breakdown)
);
INSERT INTO draft_of_part SELECT account, kpi, period, '', value, quality, note, saved_at FROM draft;
DROP TABLE draft;
ALTER TABLE draft_of_part RENAME TO draft;
COMMENT ON TABLE draft IS 'What a coordinator typed and has not recorded yet; not part of the record';
