-- Evidence that an administrator took out for cause. The file goes; its hash, who, when and why (the entry's note) stay.

CREATE TABLE evidence_removal_line (
    entry    BIGINT NOT NULL REFERENCES entry (entry),
    evidence_file TEXT NOT NULL CHECK (length(evidence_file) = 64),
    PRIMARY KEY (entry, evidence_file)
);
COMMENT ON TABLE evidence_removal_line IS 'Evidence files that were taken out for good; why is the note of the entry';
COMMENT ON COLUMN evidence_removal_line.evidence_file IS 'SHA-256 of the file, which is not kept again';

CREATE VIEW evidence_removal_current AS
SELECT DISTINCT ON (evidence_file) * FROM evidence_removal_line ORDER BY evidence_file, entry;
