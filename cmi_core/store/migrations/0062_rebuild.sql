-- What stood in a table or view that follows from the record, where it said something else and was made anew.

CREATE TABLE rebuild_line (
    entry    BIGINT NOT NULL REFERENCES entry (entry),
    kind     TEXT NOT NULL CHECK (kind IN ('value', 'table', 'view', 'macro', 'trigger', 'comment')),
    relation TEXT NOT NULL,
    row_key  TEXT NOT NULL,
    stood    TEXT,
    stands   TEXT,
    PRIMARY KEY (entry, kind, relation, row_key),
    CHECK (stood IS NOT NULL OR stands IS NOT NULL)
);
COMMENT ON TABLE rebuild_line IS 'What stood where the screens read, and what the record says, when a table or view was made anew from the record';
COMMENT ON COLUMN rebuild_line.kind IS 'value: a row of kpi_value_now; otherwise the definition of what is named';
COMMENT ON COLUMN rebuild_line.relation IS 'Name of the table or view, of the macro, or of what the comment is on';
COMMENT ON COLUMN rebuild_line.row_key IS 'The row, as JSON; empty for a definition';
COMMENT ON COLUMN rebuild_line.stood IS 'As JSON; empty where nothing stood';
COMMENT ON COLUMN rebuild_line.stands IS 'What the record says, as JSON; empty where it knows nothing of it';
