-- Participatory mapping: what people draw or drop, kept apart from facts until an editor accepts it.

CREATE TABLE proposal (
    proposal TEXT PRIMARY KEY
);
COMMENT ON TABLE proposal IS 'Codes of everything anybody proposed on the map';

CREATE TABLE proposal_line (
    entry    BIGINT NOT NULL REFERENCES entry (entry),
    proposal TEXT NOT NULL REFERENCES proposal (proposal),
    kind     TEXT NOT NULL CHECK (kind IN ('point', 'line', 'area')),
    geometry TEXT NOT NULL,
    title    TEXT NOT NULL CHECK (length(trim(title)) > 0),
    comment  TEXT,
    theme    TEXT NOT NULL,
    organisation TEXT REFERENCES organisation (organisation),
    workshop TEXT,
    state    TEXT NOT NULL CHECK (state IN ('open', 'accepted', 'declined', 'withdrawn')),
    became   TEXT,
    PRIMARY KEY (entry, proposal)
);
COMMENT ON TABLE proposal_line IS 'A proposal as it stood after an entry';
COMMENT ON COLUMN proposal_line.geometry IS 'GeoJSON, EPSG:4326';
COMMENT ON COLUMN proposal_line.workshop IS 'Meeting at which it was proposed, in words';
COMMENT ON COLUMN proposal_line.became IS 'Code of the landmark or place that an accepted proposal became';

CREATE VIEW proposal_current AS
SELECT DISTINCT ON (proposal) * FROM proposal_line ORDER BY proposal, entry DESC;
