-- Which parts of the index a means is to move: the plan itself says nothing of the kind.

CREATE TABLE means_link_line (
    entry    BIGINT NOT NULL REFERENCES entry (entry),
    means    TEXT NOT NULL REFERENCES means (means),
    node     TEXT NOT NULL,
    confidence TEXT NOT NULL CHECK (confidence IN ('high', 'medium', 'low')),
    active   BOOLEAN NOT NULL,
    basis    TEXT NOT NULL CHECK (basis IN ('stated', 'inferred')),
    source   TEXT NOT NULL REFERENCES source (source),
    PRIMARY KEY (entry, means, node)
);
COMMENT ON TABLE means_link_line IS 'A node of the index that a means is meant to move, beside the nodes that its KPIs are tied to';
COMMENT ON COLUMN means_link_line.active IS 'False takes the tie back';

CREATE VIEW means_link_current AS
SELECT * FROM (SELECT DISTINCT ON (means, node) * FROM means_link_line ORDER BY means, node, entry DESC)
WHERE active;
