-- What an organisation answered about its files: the next one of the same kind is understood alike, and shows it.

CREATE TABLE remembered_answer (
    entry        BIGINT NOT NULL,
    organisation TEXT NOT NULL,
    kind         TEXT NOT NULL,
    question     TEXT NOT NULL,
    answer       TEXT NOT NULL,
    PRIMARY KEY (entry, question)
);
COMMENT ON TABLE remembered_answer IS 'Answers about files that were imported, the newest counts; not part of the record';
COMMENT ON COLUMN remembered_answer.entry IS 'The import with which it was given';
COMMENT ON COLUMN remembered_answer.organisation IS 'Code of the organisation whose files are read so, empty for people of none';
COMMENT ON COLUMN remembered_answer.kind IS 'What the file was about: values';
COMMENT ON COLUMN remembered_answer.question IS 'Such as heading:value or quality:ประมาณการ';
