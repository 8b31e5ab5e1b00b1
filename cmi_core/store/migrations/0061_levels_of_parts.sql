-- A level may begin at another score on a part of an index than on the whole.

CREATE TABLE level_cut_line (
    entry     BIGINT NOT NULL REFERENCES entry (entry),
    framework TEXT NOT NULL REFERENCES framework_line (framework),
    node      TEXT NOT NULL,
    level     TEXT NOT NULL,
    lower     DOUBLE CHECK (lower IS NULL OR isfinite(lower)),
    basis     TEXT NOT NULL CHECK (basis IN ('stated', 'inferred')),
    source    TEXT NOT NULL REFERENCES source (source),
    PRIMARY KEY (entry, framework, node, level)
);
COMMENT ON TABLE level_cut_line IS 'Score at which a level begins on one part of an index; names and order of the levels are those of level_line';
COMMENT ON COLUMN level_cut_line.lower IS 'Empty for the lowest level, and for all where the rule of the part is not known (any more)';

CREATE VIEW level_cut_current AS
SELECT DISTINCT ON (framework, node, level) * FROM level_cut_line
WHERE entry NOT IN (SELECT entry FROM undone) ORDER BY framework, node, level, entry DESC;
