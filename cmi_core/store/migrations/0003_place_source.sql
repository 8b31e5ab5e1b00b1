-- Further evidence for a place, beside the one source of its description.

CREATE TABLE place_source (
    place    TEXT NOT NULL REFERENCES place (place),
    basis    TEXT NOT NULL CHECK (basis IN ('stated', 'inferred')),
    source   TEXT NOT NULL REFERENCES source (source),
    PRIMARY KEY (place, source)
);
COMMENT ON TABLE place_source IS 'Published pages that tell of a place';
