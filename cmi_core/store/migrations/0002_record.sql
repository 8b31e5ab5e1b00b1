-- The record: an entry says who, when and why; its lines say what. Rows are only ever added.
-- The current state is a view of the lines; so is the audit log.

CREATE TABLE entry (
    entry       BIGINT PRIMARY KEY,
    deed        TEXT NOT NULL CHECK (length(trim(deed)) > 0),
    recorded_by TEXT NOT NULL CHECK (length(trim(recorded_by)) > 0),
    recorded_at TIMESTAMP NOT NULL,
    note        TEXT NOT NULL CHECK (length(trim(note)) > 0),
    undoes      BIGINT REFERENCES entry (entry)
);
COMMENT ON COLUMN entry.entry IS 'Numbered from 1 without gaps';
COMMENT ON TABLE entry IS 'One deed: who did what, when (UTC) and why';
COMMENT ON COLUMN entry.deed IS 'Short code of the deed: record_value, define_kpi, import_values, undo …';
COMMENT ON COLUMN entry.undoes IS 'The entry that this one takes back';

CREATE TABLE seal (
    entry BIGINT PRIMARY KEY REFERENCES entry (entry),
    seal  TEXT NOT NULL CHECK (length(seal) = 64)
);
COMMENT ON TABLE seal IS 'The chain over the record: an entry without its seal, or with another, was not written by this program';
COMMENT ON COLUMN seal.seal IS 'SHA-256 of the previous seal, the entry and all its lines';

-- Accounts ------------------------------------------------------------------------------------------

CREATE TABLE account_line (
    entry   BIGINT NOT NULL REFERENCES entry (entry),
    account TEXT NOT NULL CHECK (length(account) BETWEEN 2 AND 80),
    name    TEXT NOT NULL CHECK (length(trim(name)) > 0),
    role    TEXT NOT NULL CHECK (role IN ('viewer', 'coordinator', 'editor', 'admin')),
    organisation TEXT REFERENCES organisation (organisation),
    email   TEXT,
    active  BOOLEAN NOT NULL,
    PRIMARY KEY (entry, account)
);
COMMENT ON TABLE account_line IS 'An account as it stood after an entry; passwords are never in the record';

CREATE TABLE credential (
    account TEXT PRIMARY KEY,
    hash    TEXT NOT NULL,
    epoch   TEXT NOT NULL,
    changed_at TIMESTAMP NOT NULL
);
COMMENT ON TABLE credential IS 'Argon2 password hashes; not part of the record';
COMMENT ON COLUMN credential.epoch IS 'Random mark inside every session cookie; a new one ends all sessions of the account';

CREATE TABLE setting (
    setting TEXT PRIMARY KEY,
    value   TEXT NOT NULL
);
COMMENT ON TABLE setting IS 'Secrets and marks of this database: cookie key, set-up code, kind of data (real or demonstration)';

-- KPIs ----------------------------------------------------------------------------------------------

CREATE TABLE kpi (
    kpi TEXT PRIMARY KEY CHECK (length(kpi) BETWEEN 2 AND 60)
);
COMMENT ON TABLE kpi IS 'Codes of all KPIs ever defined';

CREATE TABLE kpi_line (
    entry     BIGINT NOT NULL REFERENCES entry (entry),
    kpi       TEXT NOT NULL REFERENCES kpi (kpi),
    position  INTEGER NOT NULL,
    goal      TEXT NOT NULL REFERENCES goal (goal),
    name_th   TEXT NOT NULL CHECK (length(trim(name_th)) > 0),
    name_en   TEXT NOT NULL CHECK (length(trim(name_en)) > 0),
    definition_th TEXT,
    definition_en TEXT,
    unit_th   TEXT NOT NULL,
    unit_en   TEXT NOT NULL,
    direction TEXT NOT NULL CHECK (direction IN ('higher', 'lower', 'band')),
    band_lower DOUBLE,
    band_upper DOUBLE,
    kind      TEXT NOT NULL CHECK (kind IN ('input', 'output', 'outcome')),
    frequency TEXT NOT NULL CHECK (frequency IN ('monthly', 'quarterly', 'half-yearly', 'yearly',
                                                 'fiscal-quarterly', 'fiscal-yearly')),
    grace_days INTEGER NOT NULL DEFAULT 30 CHECK (grace_days BETWEEN 0 AND 730),
    cumulative BOOLEAN NOT NULL DEFAULT false,
    decimals  INTEGER NOT NULL DEFAULT 2 CHECK (decimals BETWEEN 0 AND 6),
    breakdown TEXT,
    data_owner TEXT,
    owner     TEXT REFERENCES organisation (organisation),
    baseline  DOUBLE,
    baseline_period TEXT,
    target    DOUBLE,
    target_period TEXT,
    starts_in TEXT,
    four_eyes BOOLEAN NOT NULL DEFAULT false,
    approval  TEXT NOT NULL CHECK (approval IN ('draft', 'adopted', 'retired')),
    idea_from TEXT,
    basis     TEXT NOT NULL CHECK (basis IN ('stated', 'inferred')),
    source    TEXT NOT NULL REFERENCES source (source),
    PRIMARY KEY (entry, kpi),
    CHECK ((baseline IS NULL) = (baseline_period IS NULL)),
    CHECK ((target IS NULL) = (target_period IS NULL)),
    CHECK (direction <> 'band' OR (band_lower IS NOT NULL AND band_upper IS NOT NULL AND band_lower < band_upper)),
    CHECK (isfinite(coalesce(baseline, 0)) AND isfinite(coalesce(target, 0)))
);
COMMENT ON TABLE kpi_line IS 'A KPI''s definition as it stood after an entry';
COMMENT ON COLUMN kpi_line.direction IS 'Which way is better; band: best kept between band_lower and band_upper';
COMMENT ON COLUMN kpi_line.grace_days IS 'Days after a period''s end before its value is due';
COMMENT ON COLUMN kpi_line.cumulative IS 'True where each value is the running total so far';
COMMENT ON COLUMN kpi_line.breakdown IS 'Disaggregation, for example "sex:female|male;age:under35|35up"; empty = none';
COMMENT ON COLUMN kpi_line.data_owner IS 'Who might hold the data, as suggested; free text';
COMMENT ON COLUMN kpi_line.owner IS 'Organisation that answers for the KPI; empty until someone sets it';
COMMENT ON COLUMN kpi_line.starts_in IS 'First period for which a value is expected; empty = from the baseline''s period';
COMMENT ON COLUMN kpi_line.four_eyes IS 'True where a second person verifies each value';

CREATE TABLE kpi_milestone_line (
    entry   BIGINT NOT NULL REFERENCES entry (entry),
    kpi     TEXT NOT NULL REFERENCES kpi (kpi),
    period  TEXT NOT NULL,
    value   DOUBLE CHECK (value IS NULL OR isfinite(value)),
    PRIMARY KEY (entry, kpi, period)
);
COMMENT ON TABLE kpi_milestone_line IS 'Values expected on the way from baseline to target; an empty value withdraws the milestone';

CREATE TABLE kpi_assignment_line (
    entry   BIGINT NOT NULL REFERENCES entry (entry),
    kpi     TEXT NOT NULL REFERENCES kpi (kpi),
    account TEXT NOT NULL,
    role    TEXT NOT NULL CHECK (role IN ('coordinator', 'stand_in', 'none')),
    ends_on DATE,
    PRIMARY KEY (entry, kpi, account)
);
COMMENT ON TABLE kpi_assignment_line IS 'Who may record a KPI; role none ends an assignment, a stand-in ends on a day';

CREATE TABLE kpi_link_line (
    entry   BIGINT NOT NULL REFERENCES entry (entry),
    kpi     TEXT NOT NULL REFERENCES kpi (kpi),
    kind    TEXT NOT NULL CHECK (kind IN ('means', 'place', 'index_node')),
    target  TEXT NOT NULL,
    confidence TEXT NOT NULL CHECK (confidence IN ('high', 'medium', 'low')),
    active  BOOLEAN NOT NULL,
    basis   TEXT NOT NULL CHECK (basis IN ('stated', 'inferred')),
    source  TEXT NOT NULL REFERENCES source (source),
    PRIMARY KEY (entry, kpi, kind, target)
);
COMMENT ON TABLE kpi_link_line IS 'What a KPI is tied to: means, places, nodes of an index';

CREATE TABLE kpi_value_line (
    entry   BIGINT NOT NULL REFERENCES entry (entry),
    kpi     TEXT NOT NULL REFERENCES kpi (kpi),
    period  TEXT NOT NULL CHECK (regexp_full_match(period,
                '(19|20)[0-9]{2}(-(Q[1-4]|S[12]|0[1-9]|1[0-2]))?|FY(19|20)[0-9]{2}(-Q[1-4])?')),
    breakdown TEXT NOT NULL DEFAULT '',
    value   DOUBLE CHECK (value IS NULL OR isfinite(value)),
    quality TEXT NOT NULL CHECK (quality IN ('measured', 'survey', 'higher_level', 'estimate',
                                             'personal_estimate', 'untraceable', 'withdrawn')),
    evidence_link TEXT,
    evidence_file TEXT,
    PRIMARY KEY (entry, kpi, period, breakdown),
    CHECK ((value IS NULL) = (quality = 'withdrawn'))
);
COMMENT ON TABLE kpi_value_line IS 'A KPI''s value for a period; a later line for the same period corrects or withdraws it';
COMMENT ON COLUMN kpi_value_line.quality IS 'How the value was obtained: the six marks of U4SSC, or withdrawn';
COMMENT ON COLUMN kpi_value_line.evidence_file IS 'SHA-256 of a file kept beside the database';

CREATE TABLE kpi_verdict_line (
    entry   BIGINT NOT NULL REFERENCES entry (entry),
    kpi     TEXT NOT NULL REFERENCES kpi (kpi),
    period  TEXT NOT NULL,
    breakdown TEXT NOT NULL DEFAULT '',
    value_entry BIGINT NOT NULL REFERENCES entry (entry),
    verdict TEXT NOT NULL CHECK (verdict IN ('verified', 'sent_back')),
    PRIMARY KEY (entry, kpi, period, breakdown)
);
COMMENT ON TABLE kpi_verdict_line IS 'A second person''s word on a recorded value';

-- The plan, as it is carried out --------------------------------------------------------------------

CREATE TABLE means_line (
    entry   BIGINT NOT NULL REFERENCES entry (entry),
    means   TEXT NOT NULL REFERENCES means (means),
    state   TEXT NOT NULL CHECK (state IN ('not_started', 'under_way', 'done', 'stopped', 'unknown')),
    owner   TEXT REFERENCES organisation (organisation),
    starts_on DATE,
    ends_on DATE,
    PRIMARY KEY (entry, means),
    CHECK (starts_on IS NULL OR ends_on IS NULL OR starts_on <= ends_on)
);
COMMENT ON TABLE means_line IS 'State, owner and dates of a means; none of these is in the report';

-- The index -----------------------------------------------------------------------------------------

CREATE TABLE framework_line (
    entry     BIGINT NOT NULL REFERENCES entry (entry),
    framework TEXT NOT NULL,
    index_code TEXT NOT NULL,
    release   TEXT NOT NULL,
    supersedes TEXT,
    name_th   TEXT NOT NULL,
    name_en   TEXT NOT NULL,
    area_kind TEXT NOT NULL,
    measure   TEXT NOT NULL DEFAULT 'score' CHECK (measure IN ('score', 'rank')),
    normalise TEXT,
    aggregate TEXT,
    min_coverage DOUBLE,
    decimals  INTEGER,
    remark_th TEXT,
    remark_en TEXT,
    basis     TEXT NOT NULL CHECK (basis IN ('stated', 'inferred')),
    source    TEXT NOT NULL REFERENCES source (source),
    PRIMARY KEY (framework)
);
COMMENT ON TABLE framework_line IS 'One release of an index; never edited, only superseded by another release';
COMMENT ON COLUMN framework_line.area_kind IS 'What a scored place is: municipality, city, province, smart_city_area, region';
COMMENT ON COLUMN framework_line.measure IS 'rank where the source publishes world ranks only';
COMMENT ON COLUMN framework_line.normalise IS 'Method as the engine names it; empty = not known';

CREATE TABLE framework_node_line (
    entry     BIGINT NOT NULL REFERENCES entry (entry),
    framework TEXT NOT NULL REFERENCES framework_line (framework),
    node      TEXT NOT NULL,
    parent    TEXT,
    position  INTEGER NOT NULL,
    name_th   TEXT NOT NULL,
    name_en   TEXT NOT NULL,
    definition_th TEXT,
    definition_en TEXT,
    direction TEXT CHECK (direction IN ('higher', 'lower')),
    weight    DOUBLE CHECK (weight IS NULL OR (weight >= 0 AND isfinite(weight))),
    unit_th   TEXT,
    unit_en   TEXT,
    lower     DOUBLE,
    upper     DOUBLE,
    scale     TEXT,
    target    DOUBLE,
    normalise TEXT,
    aggregate TEXT,
    basis     TEXT NOT NULL CHECK (basis IN ('stated', 'inferred')),
    source    TEXT NOT NULL REFERENCES source (source),
    PRIMARY KEY (framework, node)
);
COMMENT ON TABLE framework_node_line IS 'The tree of an index: the index itself, its dimensions, its indicators';
COMMENT ON COLUMN framework_node_line.weight IS 'Weight within the parent; empty = not known, never assumed';

CREATE TABLE level_line (
    entry     BIGINT NOT NULL REFERENCES entry (entry),
    framework TEXT NOT NULL REFERENCES framework_line (framework),
    level     TEXT NOT NULL,
    printed   TEXT NOT NULL,
    position  INTEGER,
    lower     DOUBLE,
    basis     TEXT NOT NULL CHECK (basis IN ('stated', 'inferred')),
    source    TEXT NOT NULL REFERENCES source (source),
    PRIMARY KEY (entry, framework, level)
);
COMMENT ON TABLE level_line IS 'Names of levels; position and lower cut point are empty until the rule is known';

CREATE TABLE assessment_line (
    entry     BIGINT NOT NULL REFERENCES entry (entry),
    assessment TEXT NOT NULL,
    framework TEXT NOT NULL REFERENCES framework_line (framework),
    year      INTEGER,
    assessed_on DATE,
    published TEXT,
    remark_th TEXT,
    remark_en TEXT,
    basis     TEXT NOT NULL CHECK (basis IN ('stated', 'inferred')),
    source    TEXT NOT NULL REFERENCES source (source),
    PRIMARY KEY (assessment)
);
COMMENT ON TABLE assessment_line IS 'One published or imported scoring of places by a framework';
COMMENT ON COLUMN assessment_line.year IS 'Common-era year the scores are for; empty when the source does not say';

CREATE TABLE city (
    city     TEXT PRIMARY KEY,
    name_th  TEXT NOT NULL,
    name_en  TEXT NOT NULL,
    area_kind TEXT NOT NULL,
    country  TEXT
);
COMMENT ON TABLE city IS 'Scored places: cities, provinces, smart-city areas; names only';

CREATE TABLE score_line (
    entry     BIGINT NOT NULL REFERENCES entry (entry),
    assessment TEXT NOT NULL REFERENCES assessment_line (assessment),
    city      TEXT NOT NULL REFERENCES city (city),
    node      TEXT NOT NULL,
    value     DOUBLE CHECK (value IS NULL OR isfinite(value)),
    level     TEXT,
    level_as_printed TEXT,
    flag_th   TEXT,
    flag_en   TEXT,
    quality   TEXT NOT NULL DEFAULT 'published' CHECK (quality IN ('published', 'measured', 'survey', 'higher_level',
                  'estimate', 'personal_estimate', 'untraceable', 'imputed')),
    basis     TEXT NOT NULL CHECK (basis IN ('stated', 'inferred')),
    source    TEXT NOT NULL REFERENCES source (source),
    PRIMARY KEY (entry, assessment, city, node)
);
COMMENT ON TABLE score_line IS 'A printed score or an indicator''s value, per place and node; a later line corrects it';
COMMENT ON COLUMN score_line.level IS 'Code of the level as printed; never derived here';

-- Places --------------------------------------------------------------------------------------------

CREATE TABLE place (
    place TEXT PRIMARY KEY
);
COMMENT ON TABLE place IS 'Codes of everything on the map that has an extent';

CREATE TABLE place_line (
    entry     BIGINT NOT NULL REFERENCES entry (entry),
    place     TEXT NOT NULL REFERENCES place (place),
    kind      TEXT NOT NULL CHECK (kind IN ('municipality', 'khwaeng', 'innovation_district', 'innovation_area')),
    name_th   TEXT NOT NULL,
    name_en   TEXT NOT NULL,
    focus_th  TEXT,
    focus_en  TEXT,
    lead_th   TEXT,
    lead_en   TEXT,
    rank_group INTEGER NOT NULL CHECK (rank_group BETWEEN 1 AND 4),
    status_th TEXT,
    status_en TEXT,
    extent_th TEXT,
    extent_en TEXT,
    area_km2  DOUBLE,
    active    BOOLEAN NOT NULL DEFAULT true,
    basis     TEXT NOT NULL CHECK (basis IN ('stated', 'inferred')),
    source    TEXT NOT NULL REFERENCES source (source),
    PRIMARY KEY (entry, place)
);
COMMENT ON TABLE place_line IS 'A place as described after an entry';
COMMENT ON COLUMN place_line.rank_group IS '1 candidate districts in front, 2 others named in the report, 3 since then, 4 administrative';
COMMENT ON COLUMN place_line.area_km2 IS 'As stated by the source, where it states one; drawn outlines are measured instead';

CREATE TABLE boundary_line (
    entry     BIGINT NOT NULL REFERENCES entry (entry),
    place     TEXT NOT NULL REFERENCES place (place),
    boundary_kind TEXT NOT NULL CHECK (boundary_kind IN ('indicative', 'official', 'user', 'none')),
    geometry  TEXT,
    accuracy_m DOUBLE,
    valid_from DATE,
    licence   TEXT,
    file_name TEXT,
    file_hash TEXT,
    source    TEXT NOT NULL REFERENCES source (source),
    PRIMARY KEY (entry, place),
    CHECK ((geometry IS NULL) = (boundary_kind = 'none'))
);
COMMENT ON TABLE boundary_line IS 'An outline (GeoJSON, EPSG:4326) of a place; a later line replaces it on the map, both stay';

CREATE TABLE landmark (
    landmark TEXT PRIMARY KEY
);
COMMENT ON TABLE landmark IS 'Codes of landmarks and infrastructure points';

CREATE TABLE landmark_line (
    entry     BIGINT NOT NULL REFERENCES entry (entry),
    landmark  TEXT NOT NULL REFERENCES landmark (landmark),
    name_th   TEXT NOT NULL,
    name_en   TEXT NOT NULL,
    category  TEXT NOT NULL,
    place     TEXT REFERENCES place (place),
    lon       DOUBLE NOT NULL CHECK (lon BETWEEN 90 AND 110),
    lat       DOUBLE NOT NULL CHECK (lat BETWEEN 0 AND 25),
    accuracy_m DOUBLE,
    coordinate_source TEXT,
    active    BOOLEAN NOT NULL DEFAULT true,
    basis     TEXT NOT NULL CHECK (basis IN ('stated', 'inferred')),
    source    TEXT NOT NULL REFERENCES source (source),
    PRIMARY KEY (entry, landmark)
);
COMMENT ON TABLE landmark_line IS 'A landmark or infrastructure point as it stood after an entry';

CREATE TABLE place_organisation (
    place    TEXT NOT NULL REFERENCES place (place),
    organisation TEXT NOT NULL REFERENCES organisation (organisation),
    role     TEXT NOT NULL CHECK (role IN ('lead', 'partner')),
    basis    TEXT NOT NULL CHECK (basis IN ('stated', 'inferred')),
    source   TEXT NOT NULL REFERENCES source (source),
    PRIMARY KEY (place, organisation)
);
COMMENT ON TABLE place_organisation IS 'Organisations that lead or take part in a place';

CREATE TABLE place_means (
    place    TEXT NOT NULL REFERENCES place (place),
    means    TEXT NOT NULL REFERENCES means (means),
    basis    TEXT NOT NULL CHECK (basis IN ('stated', 'inferred')),
    source   TEXT NOT NULL REFERENCES source (source),
    PRIMARY KEY (place, means)
);
COMMENT ON TABLE place_means IS 'Means whose wording names a place';

-- Views: the state after the last entry -------------------------------------------------------------

CREATE VIEW account_current AS
SELECT DISTINCT ON (account) * FROM account_line ORDER BY account, entry DESC;

CREATE VIEW kpi_current AS
SELECT DISTINCT ON (kpi) * FROM kpi_line ORDER BY kpi, entry DESC;

CREATE VIEW kpi_milestone_current AS
SELECT * FROM (SELECT DISTINCT ON (kpi, period) * FROM kpi_milestone_line ORDER BY kpi, period, entry DESC)
WHERE value IS NOT NULL;

CREATE VIEW kpi_assignment_current AS
SELECT * FROM (SELECT DISTINCT ON (kpi, account) * FROM kpi_assignment_line ORDER BY kpi, account, entry DESC)
WHERE role <> 'none';

CREATE VIEW kpi_link_current AS
SELECT * FROM (SELECT DISTINCT ON (kpi, kind, target) * FROM kpi_link_line ORDER BY kpi, kind, target, entry DESC)
WHERE active;

CREATE VIEW kpi_value_current AS
SELECT DISTINCT ON (kpi, period, breakdown) * FROM kpi_value_line ORDER BY kpi, period, breakdown, entry DESC;

CREATE VIEW means_current AS
SELECT DISTINCT ON (means) * FROM means_line ORDER BY means, entry DESC;

CREATE VIEW level_current AS
SELECT DISTINCT ON (framework, level) * FROM level_line ORDER BY framework, level, entry DESC;

CREATE VIEW score_current AS
SELECT DISTINCT ON (assessment, city, node) * FROM score_line ORDER BY assessment, city, node, entry DESC;

CREATE VIEW place_current AS
SELECT DISTINCT ON (place) * FROM place_line ORDER BY place, entry DESC;

CREATE VIEW boundary_current AS
SELECT DISTINCT ON (place) * FROM boundary_line ORDER BY place, entry DESC;

CREATE VIEW landmark_current AS
SELECT DISTINCT ON (landmark) * FROM landmark_line ORDER BY landmark, entry DESC;
