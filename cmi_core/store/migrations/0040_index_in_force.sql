-- Indices: an undone entry no longer counts, and what a release left empty may be filled in later.

CREATE TABLE node_setting_line (
    entry     BIGINT NOT NULL REFERENCES entry (entry),
    framework TEXT NOT NULL REFERENCES framework_line (framework),
    node      TEXT NOT NULL,
    weight    DOUBLE CHECK (weight IS NULL OR (weight >= 0 AND isfinite(weight))),
    normalise TEXT,
    aggregate TEXT,
    basis     TEXT NOT NULL CHECK (basis IN ('stated', 'inferred')),
    source    TEXT NOT NULL REFERENCES source (source),
    PRIMARY KEY (entry, framework, node)
);
COMMENT ON TABLE node_setting_line IS 'What a release left empty and its makers told later: weights and methods; what a release lays down is never changed';
COMMENT ON COLUMN node_setting_line.weight IS 'Weight within the parent; used only where the release itself has none';

CREATE VIEW undone AS
SELECT undoes AS entry FROM entry WHERE undoes IS NOT NULL;

CREATE VIEW framework_current AS
SELECT * FROM framework_line WHERE entry NOT IN (SELECT entry FROM undone);

CREATE VIEW assessment_current AS
SELECT * FROM assessment_line WHERE entry NOT IN (SELECT entry FROM undone);

CREATE VIEW node_setting_current AS
SELECT DISTINCT ON (framework, node) * FROM node_setting_line
WHERE entry NOT IN (SELECT entry FROM undone) ORDER BY framework, node, entry DESC;

CREATE OR REPLACE VIEW level_current AS
SELECT DISTINCT ON (framework, level) * FROM level_line
WHERE entry NOT IN (SELECT entry FROM undone) ORDER BY framework, level, entry DESC;

CREATE OR REPLACE VIEW score_current AS
SELECT DISTINCT ON (assessment, city, node) * FROM score_line
WHERE entry NOT IN (SELECT entry FROM undone) ORDER BY assessment, city, node, entry DESC;
