-- Another name under which a place comes in files, once somebody has said that it is this place.

CREATE TABLE place_alias_line (
    entry    BIGINT NOT NULL REFERENCES entry (entry),
    alias    TEXT NOT NULL,
    area_kind TEXT NOT NULL,
    city     TEXT NOT NULL REFERENCES city (city),
    basis    TEXT NOT NULL CHECK (basis IN ('stated', 'inferred')),
    source   TEXT NOT NULL REFERENCES source (source),
    PRIMARY KEY (entry, alias, area_kind)
);
COMMENT ON TABLE place_alias_line IS 'A name that files have for a scored place, beside the names on record: files that come later are read by it without a question';
COMMENT ON COLUMN place_alias_line.alias IS 'As the file had it';
COMMENT ON COLUMN place_alias_line.area_kind IS 'Among places of this kind: a city and its province may share a name';

CREATE VIEW place_alias_current AS
SELECT DISTINCT ON (alias, area_kind) * FROM place_alias_line
WHERE entry NOT IN (SELECT entry FROM undone) ORDER BY alias, area_kind, entry DESC;
