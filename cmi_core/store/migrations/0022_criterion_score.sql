-- Scores of districts by selection criteria; empty until somebody scores.

CREATE TABLE criterion_score_line (
    entry    BIGINT NOT NULL REFERENCES entry (entry),
    place    TEXT NOT NULL REFERENCES place (place),
    criterion TEXT NOT NULL CHECK (criterion IN ('critical_mass', 'competitive_edge', 'quality_of_place',
                                                 'diversity_inclusion', 'culture_collaboration', 'leadership')),
    score    DOUBLE CHECK (score IS NULL OR score BETWEEN 0 AND 10),
    quality  TEXT NOT NULL CHECK (quality IN ('measured', 'survey', 'higher_level', 'estimate',
                                              'personal_estimate', 'untraceable', 'withdrawn')),
    evidence TEXT,
    evidence_link TEXT,
    PRIMARY KEY (entry, place, criterion),
    CHECK ((score IS NULL) = (quality = 'withdrawn'))
);
COMMENT ON TABLE criterion_score_line IS 'A district''s score (0 to 10) by one selection criterion, with its evidence';
COMMENT ON COLUMN criterion_score_line.quality IS 'How the score was obtained: the six marks of U4SSC, or withdrawn';

CREATE VIEW criterion_score_current AS
SELECT * FROM (SELECT DISTINCT ON (place, criterion) * FROM criterion_score_line ORDER BY place, criterion, entry DESC)
WHERE score IS NOT NULL;
