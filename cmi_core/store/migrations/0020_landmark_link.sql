-- What an infrastructure point is tied to: the city's GIS database linked with the innovation-city index.

CREATE TABLE landmark_link_line (
    entry    BIGINT NOT NULL REFERENCES entry (entry),
    landmark TEXT NOT NULL REFERENCES landmark (landmark),
    kind     TEXT NOT NULL CHECK (kind IN ('index_node', 'goal', 'means')),
    target   TEXT NOT NULL,
    confidence TEXT NOT NULL CHECK (confidence IN ('high', 'medium', 'low')),
    active   BOOLEAN NOT NULL,
    basis    TEXT NOT NULL CHECK (basis IN ('stated', 'inferred')),
    source   TEXT NOT NULL REFERENCES source (source),
    PRIMARY KEY (entry, landmark, kind, target)
);
COMMENT ON TABLE landmark_link_line IS 'What a landmark or infrastructure point serves: nodes of an index, goals, means';
COMMENT ON COLUMN landmark_link_line.target IS 'Code of the node, goal or means';
COMMENT ON COLUMN landmark_link_line.active IS 'False takes the tie back';

CREATE VIEW landmark_link_current AS
SELECT * FROM (SELECT DISTINCT ON (landmark, kind, target) * FROM landmark_link_line
               ORDER BY landmark, kind, target, entry DESC)
WHERE active;
