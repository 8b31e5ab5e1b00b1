-- A point of a file is known by its source and by the id that it has there: two files may both number theirs from 1.

ALTER TABLE landmark_line ADD COLUMN source_id TEXT;
COMMENT ON COLUMN landmark_line.source_id IS 'The id that the point has in its source; empty where the source gives none';

-- A view keeps the columns it was made with.
CREATE OR REPLACE VIEW landmark_current AS
SELECT DISTINCT ON (landmark) * FROM landmark_line ORDER BY landmark, entry DESC;
