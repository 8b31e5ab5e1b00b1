-- What the report leaves open and only its authors can answer.

CREATE TABLE open_question (
    question TEXT PRIMARY KEY,
    position INTEGER NOT NULL UNIQUE,
    name_th  TEXT NOT NULL,
    name_en  TEXT NOT NULL,
    basis    TEXT NOT NULL CHECK (basis IN ('stated', 'inferred')),
    source   TEXT NOT NULL REFERENCES source (source)
);
COMMENT ON TABLE open_question IS 'Questions to the makers of the index (SPP CMU and NIA) that the sources do not answer';
COMMENT ON COLUMN open_question.basis IS 'inferred: the question is ours; the source is the text that leaves it open';
