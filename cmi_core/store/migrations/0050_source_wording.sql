-- How a source is told in each language, where its own title or its maker's name is in the other one.

CREATE TABLE source_wording (
    source      TEXT PRIMARY KEY REFERENCES source (source),
    producer_th TEXT,
    producer_en TEXT,
    title_th    TEXT,
    title_en    TEXT
);
COMMENT ON TABLE source_wording IS 'Our wording of a source for Thai and for English readers; a cell left empty leaves what the source itself says';
COMMENT ON COLUMN source_wording.title_th IS 'In [square brackets] where it describes a page rather than translating its title';

CREATE VIEW source_told AS
SELECT s.source, s.producer, s.title, s.url, s.page, s.published, s.accessed, s.licence,
       coalesce(w.producer_th, s.producer) AS producer_th, coalesce(w.producer_en, s.producer) AS producer_en,
       coalesce(w.title_th, s.title) AS title_th, coalesce(w.title_en, s.title) AS title_en
FROM source s LEFT JOIN source_wording w ON w.source = s.source;
